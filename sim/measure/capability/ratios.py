"""Availability and error rate of a capability: over the whole run, and in the worst window of a length.

Operations are counted in steps of the level's ``window``, by the time of their first send; windows have as
many steps as ``over``, and one begins at each. docs/measures.md defines what is good and what is an error.
"""

from collections.abc import Sequence

import numpy as np

from sim.core.quantity import format_duration, seconds
from sim.engine.compiled import compiled
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.journal.schema import OK
from sim.measure.capability.figures import RatioFigures, RatioSeries, WindowFigures
from sim.measure.store.setup import DomainSetup

KINDS = ("read", "write")
JUDGED, GOOD, ERRORS, TERMS = range(4)
SERIES_MAX = 1000  # steps of a series


class Worst:
    """The worst windows of one length, in steps, of one kind of operations."""

    def __init__(self, steps: int, first: int) -> None:
        self._steps, self._first = steps, first  # the step with which the next window begins
        self._tail = np.zeros((0, TERMS), np.int64)  # steps of which windows that are not over consist
        self.windows = 0  # that had an operation
        self.least: tuple[float, int] | None = None  # availability, and the first step of that window
        self.greatest: tuple[float, int] | None = None  # error rate, likewise

    def push(self, steps: np.ndarray) -> None:
        """Take in the counts of the steps that follow: int64 (n, TERMS)."""
        held = np.concatenate([self._tail, steps])
        complete = max(0, len(held) - self._steps + 1)
        sums = np.concatenate([np.zeros((1, TERMS), np.int64), held.cumsum(axis=0)])
        self._judge(sums[self._steps :] - sums[: -self._steps] if complete else sums[:0])
        self._tail = held[complete:]
        self._first += complete

    def _judge(self, windows: np.ndarray) -> None:
        """Keep the worst of windows, each a row of sums; the first of several that are as bad."""
        used = np.flatnonzero(windows[:, JUDGED])
        if not used.size:
            return
        judged = windows[used, JUDGED]
        good, errors = windows[used, GOOD] / judged, windows[used, ERRORS] / judged
        low, high = int(good.argmin()), int(errors.argmax())
        self.windows += len(used)
        if self.least is None or good[low] < self.least[0]:
            self.least = float(good[low]), self._first + int(used[low])
        if self.greatest is None or errors[high] > self.greatest[0]:
            self.greatest = float(errors[high]), self._first + int(used[high])

    def figures(self, window_ns: int) -> WindowFigures:
        """Return the worst ratios and when their windows begin; ``window_ns``: the length of a step."""
        (low, low_step), (high, high_step) = self.least or (None, None), self.greatest or (None, None)
        return WindowFigures(
            windows=self.windows,
            availability=low,
            availability_at_s=seconds(None if low_step is None else low_step * window_ns),
            error_rate=high,
            error_rate_at_s=seconds(None if high_step is None else high_step * window_ns),
        )


class Ratios:
    """Reducer of ``ops`` and ``open`` of one domain."""

    def __init__(self, setup: DomainSetup) -> None:
        self._setup = setup
        self._low = setup.warmup_ns // setup.window_ns  # the first step that is not handed on
        self._steps = np.zeros((0, len(KINDS), TERMS), np.int64)  # from ``_low`` on
        self._total = np.zeros((len(KINDS), TERMS), np.int64)
        self._worst = {
            (kind, over_ns): Worst(over_ns // setup.window_ns, self._low) for kind, over_ns in setup.windows
        }
        self._batch = max([1, *(over_ns // setup.window_ns for _, over_ns in setup.windows)])
        self._open: list[dict[str, np.ndarray]] = []
        count = -(-setup.duration_ns // setup.window_ns)
        self._stride = -(-count // SERIES_MAX)  # steps of the level in one of the series
        self._series = np.zeros((-(-count // self._stride), len(KINDS), TERMS), np.int64)

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        if part.rows("open"):
            self._open.append(part.table("open"))
        if part.rows("ops"):
            ops = part.table("ops")
            ok = ops["outcome"] == OK
            good = ok & (ops["end_ns"] - ops["send_ns"] <= self._setup.latency_ns)
            self._count(ops["send_ns"], ops["kind"], good, ~ok)
        settled = (part.until_ns - self._setup.op_life_ns) // self._setup.window_ns
        if settled - self._low >= self._batch:
            self._hand_on(settled)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:  # noqa: ARG002
        """Take in what was open too long when the run ended, and judge what is left."""
        for still in self._open:
            late = end_ns - still["send_ns"] > self._setup.latency_ns
            send = still["send_ns"][late]
            self._count(send, still["kind"][late], np.zeros(len(send), bool), np.ones(len(send), bool))
        self._hand_on(-(-end_ns // self._setup.window_ns))

    def figures(self) -> dict[str, RatioFigures]:
        """Return capability -> ratios over the whole run, and in the worst window of each length."""
        return {f"{self._setup.domain}.{name}": self._ratios(kind) for kind, name in enumerate(KINDS)}

    def _count(self, send: np.ndarray, kind: np.ndarray, good: np.ndarray, errors: np.ndarray) -> None:
        """Add operations to their steps."""
        if len(send):
            self._make_room(int(send.max()) // self._setup.window_ns + 1 - self._low)
        setup = self._setup
        within = count_steps(
            send, kind, good, errors, setup.warmup_ns, setup.window_ns, self._low, self._total, self._steps
        )
        assert within, "an operation outlived its bound"

    def _make_room(self, count: int) -> None:
        """Have at least so many steps."""
        if count > len(self._steps):
            more = np.zeros((count - len(self._steps), len(KINDS), TERMS), np.int64)
            self._steps = np.concatenate([self._steps, more])

    def _hand_on(self, until: int) -> None:
        """Let series and worst windows see every step before ``until``: none of its operations can end."""
        count = max(0, until - self._low)
        steps = np.zeros((count, len(KINDS), TERMS), np.int64)
        steps[: len(self._steps)] = self._steps[:count]
        for (kind, _), worst in self._worst.items():
            worst.push(steps[:, KINDS.index(kind)])
        np.add.at(self._series, np.arange(self._low, self._low + count) // self._stride, steps)
        self._steps, self._low = self._steps[count:], self._low + count

    def _ratios(self, kind: int) -> RatioFigures:
        judged, good, errors = self._total[kind].tolist()
        return RatioFigures(
            availability=good / judged if judged else None,
            error_rate=errors / judged if judged else None,
            series=self._over_time(kind),
            windows=self._windows(KINDS[kind]),
        )

    def _over_time(self, kind: int) -> RatioSeries:
        judged, good = self._series[:, kind, JUDGED].tolist(), self._series[:, kind, GOOD].tolist()
        return RatioSeries(
            step_s=self._stride * self._setup.window_ns / 1e9,
            operations=tuple(judged),
            availability=tuple(g / n if n else None for g, n in zip(good, judged, strict=True)),
        )

    def _windows(self, name: str) -> dict[str, WindowFigures]:
        """Return length, as ``5m`` -> the worst windows of that length."""
        return {
            format_duration(over_ns): worst.figures(self._setup.window_ns)
            for (kind, over_ns), worst in self._worst.items()
            if kind == name
        }


@compiled
def count_steps(send, kind, good, errors, warmup_ns, window_ns, low, total, steps):
    """Add operations (n,) to ``total`` (kinds, TERMS) and ``steps`` (n, kinds, TERMS).

    The first step is number ``low``. Return whether none belongs to an earlier one.
    """
    for i in range(len(send)):
        if send[i] < warmup_ns:
            continue
        k = kind[i]
        total[k, JUDGED] += 1
        total[k, GOOD] += good[i]
        total[k, ERRORS] += errors[i]
        step = send[i] // window_ns - low
        if step < 0:
            return False
        steps[step, k, JUDGED] += 1
        steps[step, k, GOOD] += good[i]
        steps[step, k, ERRORS] += errors[i]
    return True
