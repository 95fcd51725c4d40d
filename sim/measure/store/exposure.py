"""Exposure: what a crash or a cut would cost at each moment, per standby.

Two curves: *crash*, records committed and not yet handed to the wire; *cut*, records committed and not yet
received. Both in records and as the age of the oldest. A record leaves a curve when the standby's position
passes it, or when a promotion abandons it.
"""

import numpy as np

from sim.engine.compiled import compiled, inlined
from sim.engine.packing import lsn_of, timeline_of
from sim.journal.recorder import Table
from sim.measure.compiled import on_timeline
from sim.measure.store.figures import CurveFigures, ExposureFigures, ExposureSeries
from sim.measure.store.ledger import Cut, Ledger
from sim.measure.store.setup import DomainSetup

POINTS = 2000
SECOND = 1e9
CURVES = {"crash": ("sent", "copied"), "cut": ("received", "copied")}
# State of one curve, int64. SINCE: integrals start here; LEFT_AT: when the last record left it; LAGS:
# intervals written; SEEN: bins are filled up to here.
POSITION, LEFT_AT, SINCE, RECORDS_MAX, RECORDS_MAX_AT, AGE_MAX, AGE_MAX_AT, LAGS, SEEN, INTS = range(10)
RECORD_TIME, AGE_TIME, FLOATS = range(3)  # integrals over time, float64
P_WARMUP, P_BIN, P_THRESHOLD, P_GAP = range(4)
BIN_RECORDS, BIN_AGE = range(2)
NEVER = np.int64(2**62)


@inlined
def _bin_of(at, step, bins):
    return min(at // step, len(bins) - 1)


@compiled
def follow(commit_ns, base, first, at_ns, version, timeline, lineage, ints, floats, bins, lags, p):  # noqa: C901  (one pass, in scalars)
    """Merge new commits (from index ``first`` of the line) and positions in order of time.

    Looks at the curve after every commit and before every position; at equal times positions move first.
    Return -1, or the row of a position beyond what was committed. State is kept in locals: this loop sees
    every record twice a standby.
    """
    warmup, step, threshold, n, rows = p[P_WARMUP], p[P_BIN], p[P_THRESHOLD], len(commit_ns), len(at_ns)
    floor, left_at, top, peak = max(ints[SINCE], warmup), ints[LEFT_AT], ints[RECORDS_MAX], ints[AGE_MAX]
    record_time, age_time, wrong = floats[RECORD_TIME], floats[AGE_TIME], np.int64(-1)
    oldest, c = (
        ints[POSITION] + 1 - base,
        first,
    )  # index of the oldest record on the curve; of the next to come
    b, bin_end, bin_top, bin_peak, seen = np.int64(-1), warmup, np.int64(0), np.int64(0), ints[SEEN]
    for r in range(rows + 1):
        reached, until = NEVER, NEVER  # after the last position come the commits that are left
        if r < rows:
            reached, until = lsn_of(version[r]) - base, at_ns[r]
            other = timeline_of(version[r]) != timeline
            if reached < oldest or (other and not on_timeline(version[r], timeline, lineage)):
                continue
        while c < n and commit_ns[c] < until:
            at, c = commit_ns[c], c + 1
            if at >= warmup:
                if at >= bin_end:
                    _stand(commit_ns, oldest, c - 1, seen, at, bins, p)
                    b, bin_end, bin_top, bin_peak = _turn(b, bin_top, bin_peak, at, step, bins)
                records, age, seen = c - oldest, at - commit_ns[oldest], at
                bin_top, bin_peak = max(bin_top, records), max(bin_peak, age)
                if records > top:
                    top, ints[RECORDS_MAX_AT] = records, at
                if age > peak:
                    peak, ints[AGE_MAX_AT] = age, at
        if r == rows or reached >= c:
            wrong = np.int64(-1 if r == rows else r)
            break
        if until >= warmup:
            if until >= bin_end:
                _stand(commit_ns, oldest, c, seen, until, bins, p)
                b, bin_end, bin_top, bin_peak = _turn(b, bin_top, bin_peak, until, step, bins)
            age, seen = until - commit_ns[oldest], until
            bin_peak = max(bin_peak, age)
            if age > peak:
                peak, ints[AGE_MAX_AT] = age, until
        for i in range(oldest, reached + 1):
            start = max(commit_ns[i], floor)
            if until > start:
                record_time += until - start
                age_time += _age_time(commit_ns[i], max(start, left_at), until)
            if until > commit_ns[i] + threshold:
                _lag(commit_ns[i], until, ints, lags, p)
            left_at = until
        oldest = reached + 1
    _turn(b, bin_top, bin_peak, bin_end, step, bins)
    ints[POSITION], ints[LEFT_AT], ints[RECORDS_MAX], ints[AGE_MAX] = oldest + base - 1, left_at, top, peak
    ints[SEEN] = seen
    floats[RECORD_TIME], floats[AGE_TIME] = record_time, age_time
    return wrong


@inlined
def _age_time(committed, start, until):
    """Return the integral of a record's age from ``start`` to ``until``, in ns squared."""
    return (
        0.5 * np.float64(until - start) * np.float64(until - committed + start - committed)
        if until > start
        else 0.0
    )


@inlined
def _turn(b, records, age, at, step, bins):
    """Put the maxima of bin ``b`` (-1: none) away.

    Return the bin of ``at``, its end and its maxima so far.
    """
    if b >= 0:
        bins[b, BIN_RECORDS] = max(bins[b, BIN_RECORDS], records)
        bins[b, BIN_AGE] = max(bins[b, BIN_AGE], age)
    b = _bin_of(at, step, bins)
    return b, (b + 1) * step, np.int64(0), np.int64(0)


@compiled
def _stand(commit_ns, oldest, stop, since, until, bins, p):
    """Put what stood on the curve from ``since`` to ``until``, records [oldest, stop), into the bins between.

    Nothing happens there: it is as long as nobody commits, receives or decides that a figure stands still.
    """
    since, step = max(since, p[P_WARMUP]), p[P_BIN]
    if stop <= oldest or until <= since:
        return
    for b in range(_bin_of(since, step, bins), _bin_of(until - 1, step, bins) + 1):
        bins[b, BIN_RECORDS] = max(bins[b, BIN_RECORDS], stop - oldest)
        bins[b, BIN_AGE] = max(bins[b, BIN_AGE], min((b + 1) * step, until) - commit_ns[oldest])


@inlined
def _leave(committed, at, lagged, ints, floats, lags, p):
    """Add a record's time on the curve until ``at``, its age while it was the oldest, and, if ``lagged``.

    The time it was older than the threshold.
    """
    start = max(committed, ints[SINCE], p[P_WARMUP])
    if at > start:
        floats[RECORD_TIME] += at - start
        floats[AGE_TIME] += _age_time(committed, max(start, ints[LEFT_AT]), at)
    if lagged and at > committed + p[P_THRESHOLD]:
        _lag(committed, at, ints, lags, p)


@compiled
def _lag(committed, until, ints, lags, p):
    """Note that the standby lagged by more than the threshold; intervals closer than the gap are one."""
    start, n = committed + p[P_THRESHOLD], ints[LAGS]
    if n == 0 or start > lags[n - 1, 1] + p[P_GAP]:
        lags[n, 0] = start
        ints[LAGS] = n + 1
        n += 1
    lags[n - 1, 1] = max(lags[n - 1, 1], until)


@compiled
def integrate(commit_ns, base, at, kept, ints, floats, bins, lags, p):
    """Bring the integrals up to ``at``.

    What lies beyond log sequence number ``kept`` leaves the curve now.
    """
    oldest = max(ints[POSITION] + 1 - base, 0)
    _stand(commit_ns, oldest, len(commit_ns), ints[SEEN], at, bins, p)
    for i in range(oldest, len(commit_ns)):
        _leave(commit_ns[i], at, i == oldest and ints[POSITION] >= kept, ints, floats, lags, p)
        ints[LEFT_AT] = at
    if oldest < len(commit_ns) and at >= p[P_WARMUP]:
        age = at - commit_ns[oldest]
        if age > ints[AGE_MAX]:
            ints[AGE_MAX], ints[AGE_MAX_AT] = age, at
        b = _bin_of(at, p[P_BIN], bins)
        bins[b, BIN_AGE] = max(bins[b, BIN_AGE], age)
    ints[SINCE] = at


class ExposureCurve:
    """One curve of one standby."""

    def __init__(self, p: np.ndarray, duration_ns: int) -> None:
        self.ints = np.zeros(INTS, np.int64)
        self.floats = np.zeros(FLOATS, np.float64)
        self.bins = np.zeros((-(-duration_ns // int(p[P_BIN])), 2), np.int64)
        self.lags = np.zeros((duration_ns // int(p[P_GAP]) + 2, 2), np.int64)
        self.time_ns = 0  # spent as a standby, warm-up excluded
        self.emptied = False  # the standby lost its data: for a while nothing at all was there
        self._p = p

    def follow(self, ledger: Ledger, first: int, rows: Table) -> None:
        """Take in one stretch."""
        line = ledger.line
        wrong = self.ints[POSITION] + 1 < line.base or follow(
            line.all("commit_ns"), line.base, first, rows["at_ns"], rows["version"], ledger.timeline,
            ledger.lineage, self.ints, self.floats, self.bins, self.lags, self._p,
        ) >= 0  # fmt: skip
        if wrong:
            raise ValueError(
                f"{ledger.setup.domain}: a position passed what was committed, or was received before sent"
            )

    def integrate(self, ledger: Ledger, at_ns: int, kept: int | np.int64) -> None:
        """Bring the integrals up to ``at_ns``; records beyond ``kept`` leave."""
        self.time_ns += max(0, at_ns - max(int(self.ints[SINCE]), int(self._p[P_WARMUP])))
        view = ledger.line.all("commit_ns")
        integrate(view, ledger.line.base, at_ns, kept, self.ints, self.floats, self.bins, self.lags, self._p)

    def end(self, ledger: Ledger, end_ns: int) -> None:
        """Integrate to the end of the run; a standby that still lags does so for ever."""
        self.integrate(ledger, end_ns, NEVER)
        pending = ledger.line.all("commit_ns")[max(int(self.ints[POSITION]) + 1 - ledger.line.base, 0) :]
        if len(pending) and pending[0] + self._p[P_THRESHOLD] < end_ns:
            _lag(pending[0], NEVER, self.ints, self.lags, self._p)

    def lag_ends(self, by_ns: int) -> list[int]:
        """Return when the lags that had begun by ``by_ns`` ended; NEVER for one that had not at the end."""
        return [stop for start, stop in self.lags[: self.ints[LAGS]].tolist() if start <= by_ns]

    def start(self, at_ns: int, position: int) -> None:
        """Begin anew at ``position``."""
        self.ints[SINCE], self.ints[SEEN], self.ints[POSITION] = at_ns, at_ns, position
        self.ints[LEFT_AT] = max(at_ns, self.ints[LEFT_AT])

    def figures(self) -> CurveFigures:
        """Return maxima, time-weighted means and the series of maxima a bin."""
        ints, time_ns = self.ints.tolist(), self.time_ns
        return CurveFigures(
            records_max=ints[RECORDS_MAX],
            records_max_at_s=ints[RECORDS_MAX_AT] / SECOND,
            records_mean=float(self.floats[RECORD_TIME]) / time_ns if time_ns else None,
            age_max_s=ints[AGE_MAX] / SECOND,
            age_max_at_s=ints[AGE_MAX_AT] / SECOND,
            age_mean_s=float(self.floats[AGE_TIME]) / time_ns / SECOND if time_ns else None,
            emptied=self.emptied,
            series=ExposureSeries(
                step_s=int(self._p[P_BIN]) / SECOND,
                records=tuple(self.bins[:, BIN_RECORDS].tolist()),
                age_s=tuple((self.bins[:, BIN_AGE] / SECOND).tolist()),
            ),
        )


class Exposure:
    """Observer of one store's ledger: a crash and a cut curve for each node while it is a standby."""

    def __init__(self, setup: DomainSetup) -> None:
        step = max(setup.window_ns, -(-setup.duration_ns // POINTS))
        p = np.array([setup.warmup_ns, step, setup.latency_ns, max(setup.hold_ns, setup.window_ns)], np.int64)
        self._regions, self._threshold_ns = setup.regions, setup.latency_ns
        self._curves = {
            setup.regions.index(name): {curve: ExposureCurve(p, setup.duration_ns) for curve in CURVES}
            for name in setup.nodes
        }

    def stretch(self, ledger: Ledger, first: int, tables: dict[str, Table]) -> None:
        """Follow the standbys through one stretch between cuts."""
        for node, curves in self._curves.items():
            if node == ledger.primary:
                continue
            copied = tables.get(f"copied/{self._regions[node]}")
            if copied is not None and not copied["version"].all():
                for curve in curves.values():
                    curve.emptied = True
            for name, stages in CURVES.items():
                found = [
                    tables[f"{s}/{self._regions[node]}"]
                    for s in stages
                    if f"{s}/{self._regions[node]}" in tables
                ]
                curves[name].follow(ledger, first, _in_order(found))

    def cut(self, ledger: Ledger, cut: Cut) -> None:
        """Settle every curve: what the cut takes away leaves; a replaced primary becomes a standby."""
        for node, curves in self._curves.items():
            if node == cut.old and not cut.promoted:
                continue
            has = cut.cut if node == cut.old else min(int(ledger.received[node]), cut.cut)
            has = max(has, ledger.line.base - 1)  # of a store that was emptied nothing at all is left
            for curve in curves.values():
                if node != cut.old:
                    curve.integrate(ledger, cut.at_ns, cut.cut if node != cut.node else -1)
                curve.start(cut.at_ns, has)

    def finish(self, ledger: Ledger, end_ns: int) -> None:
        """Settle every curve at the end of the run."""
        for node, curves in self._curves.items():
            if node != ledger.primary:
                for curve in curves.values():
                    curve.end(ledger, end_ns)

    def figures(self) -> dict[str, ExposureFigures]:
        """Return standby -> figures for every node that was a standby."""
        return {
            self._regions[node]: ExposureFigures(crash=curves["crash"].figures(), cut=curves["cut"].figures())
            for node, curves in self._curves.items()
            if curves["cut"].time_ns
        }

    def caught_up_ns(self, serving_ns: int) -> int | None:
        """Return when every standby was within the level's latency of the primary again.

        ``serving_ns`` if none had fallen behind by then; None: one had not caught up when the run ended. Lags
        closer than ``hold`` count as one.
        """
        by_ns = serving_ns + self._threshold_ns
        ends = [stop for curves in self._curves.values() for stop in curves["cut"].lag_ends(by_ns)]
        latest = max(ends, default=0)
        return None if latest == NEVER else max(serving_ns, latest)


def _in_order(tables: list[Table]) -> Table:
    """Return the rows of a stage and of the copies, which are few, by time."""
    if not tables:
        return {"at_ns": np.zeros(0, np.int64), "version": np.zeros(0, np.int64)}
    if len(tables) == 1:
        return tables[0]
    stage, copied = tables
    places = np.searchsorted(stage["at_ns"], copied["at_ns"], side="right")
    return {name: np.insert(stage[name], places, copied[name]) for name in ("at_ns", "version")}
