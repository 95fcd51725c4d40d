"""Recovery time of each capability: episodes of bad windows, downtime, failed requests.

A window is good if at least ``good`` of the operations sent in it ended ok within ``latency``; an empty
window inherits from the one before. An episode runs from the send time of the first bad operation of its
first bad window to the send time of the first good operation after its last bad window that is followed by
``hold`` of good windows. The definition is design §6; docs/measures.md has it in full.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from sim.core.quantity import seconds
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.capability import windows as w
from sim.measure.capability.figures import EpisodeFigures, RecoveryFigures, SeenFigures
from sim.measure.capability.tested import FirstUse, Outset
from sim.measure.store.setup import DomainSetup

KINDS = ("read", "write")  # position: READ, WRITE


@dataclass(frozen=True, slots=True)
class Episode:
    """One loss of a capability. Times in ns.

    ``recovered_ns``: send time of the first good operation after the last bad window, None if there was none.
    ``held``: good windows then lasted for ``hold``; if not, the episode is censored.
    """

    started_ns: int
    recovered_ns: int | None
    downtime_ns: int
    failed: int
    held: bool

    @property
    def rta_ns(self) -> int | None:
        """Return the recovery time, None if censored."""
        return self.recovered_ns - self.started_ns if self.held and self.recovered_ns is not None else None

    def figures(self) -> EpisodeFigures:
        """Return it as documents have it."""
        return EpisodeFigures(
            started_s=seconds(self.started_ns), recovered_s=seconds(self.recovered_ns),
            rta_s=seconds(self.rta_ns), downtime_s=seconds(self.downtime_ns), failed_requests=self.failed,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CapabilitySeries:
    """What one capability saw, over all clients or from one client region."""

    episodes: tuple[Episode, ...]
    downtime_ns: int
    operations: int
    failed: int
    slow: int

    def rta_ns(self) -> int | None:
        """Return the largest recovery time, 0 if never bad, None if an episode is censored."""
        times = [episode.rta_ns for episode in self.episodes]
        known = [time for time in times if time is not None]
        return max(known, default=0) if len(known) == len(times) else None

    def censored_after_ns(self, end_ns: int) -> int | None:
        """Return how long the censored episode had lasted at the end, None if there is none."""
        return next((end_ns - e.started_ns for e in self.episodes if e.rta_ns is None), None)

    def recovered_ns(self, end_ns: int) -> int:
        """Return when it last recovered: 0 if it never was bad, the end if it still was."""
        times = [end_ns if e.rta_ns is None else e.started_ns + e.rta_ns for e in self.episodes]
        return max(times, default=0)

    def worst(self) -> Episode | None:
        """Return the censored episode, else the longest, else None."""
        return max(self.episodes, key=lambda e: (e.rta_ns is None, e.rta_ns or 0), default=None)

    def seen(self, end_ns: int) -> SeenFigures:
        """Return it as documents have it; ``end_ns``: the end of the run."""
        return SeenFigures(
            rta_s=seconds(self.rta_ns()), rta_ns=self.rta_ns(),
            censored_after_s=seconds(self.censored_after_ns(end_ns)),
            downtime_s=seconds(self.downtime_ns), operations=self.operations,
            failed_requests=self.failed, slow_requests=self.slow,
            episodes=tuple(episode.figures() for episode in self.episodes),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is known of the worst episode. Times in ns from its start, None: not before the run ended.

    ``spent``: phase -> ns; ``chain``: ids of the milestones that led to the recovery.
    """

    serving_again_ns: int | None = 0
    caught_up_ns: int | None = 0
    spent: Mapping[str, int] = field(default_factory=dict)
    chain: Sequence[int] = ()


def recovery_figures(
    seen: SeenFigures, after: Aftermath, *, tested: bool, by_client: Mapping[str, SeenFigures]
) -> RecoveryFigures:
    """Return the recovery of a capability over all clients."""
    return RecoveryFigures(
        seen=seen, tested=tested,
        serving_again_s=seconds(after.serving_again_ns), caught_up_s=seconds(after.caught_up_ns),
        phases={name: seconds(ns) for name, ns in after.spent.items()}, phases_ns=after.spent,
        chain=tuple(after.chain), by_client=by_client,
    )  # fmt: skip


class Recovery:
    """Reducer of ``ops`` and ``open`` of one domain."""

    def __init__(self, setup: DomainSetup) -> None:
        good = Fraction(setup.good)
        width = len(setup.clients) + 1
        self._setup, self._width = setup, width
        self._p = np.array(
            [setup.window_ns, setup.latency_ns, setup.hold_ns, setup.op_life_ns, good.numerator,
             good.denominator, setup.warmup_ns, len(setup.clients)], np.int64
        )  # fmt: skip
        self._ring = np.zeros((setup.op_life_ns // setup.window_ns + 3, 2 * width, w.CELLS), np.int64)
        self._state = np.zeros((2 * width, w.STATES), np.int64)
        self._episodes = np.zeros((64 + 2 * width, w.EPISODE), np.int64)
        self._cursor = np.array([setup.warmup_ns // setup.window_ns, 0], np.int64)
        self._horizon = np.full(2 * width, 2**62, np.int64)
        self._done: list[list[Episode]] = [[] for _ in range(2 * width)]
        self._open: list[dict[str, np.ndarray]] = []
        self._outset = Outset(setup.warmup_ns)
        self._first = [FirstUse(self._outset) for _ in KINDS]

    def fold(self, part: Slice) -> None:
        """Take in one slice. ValueError for an operation that outlived ``op_life_ns``."""
        self._outset.tell(part.onsets)
        if part.rows("open"):
            self._open.append(part.table("open"))
        if not part.rows("ops"):
            return
        ops, at, n = part.table("ops"), 0, part.rows("ops")
        self._use(ops["send_ns"], ops["kind"])
        while at < n:
            at = w.fold_windows(
                ops["send_ns"], ops["end_ns"], ops["kind"], ops["outcome"], ops["client"], at,
                self._ring, self._state, self._p, self._episodes, self._cursor, self._horizon,
            )  # fmt: skip
            if at < 0:
                raise ValueError(
                    f"operation {ops['rid'][-1 - at]} of {part.domain} outlived {self._setup.op_life_ns} ns"
                )
            self._drain()

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Close every window. ValueError if slices did not tell of the faults that began."""
        self._outset.check(milestones)
        self._close(w.close_windows, end_ns)
        for table in self._open:
            self._unanswered(table, end_ns)
        self._close(w.finish_windows, end_ns)

    def _close(self, kernel: Callable[..., bool], end_ns: int) -> None:
        """Let a kernel close windows until it has no more to close."""
        while not kernel(
            self._ring, self._state, self._p, self._episodes, self._cursor, self._horizon, end_ns
        ):
            self._drain()
        self._drain()

    def first_use_ns(self, kind: str) -> int | None:
        """Return when a judged read or write was first sent since a fault began, None if none was."""
        return self._first[KINDS.index(kind)].at_ns

    def series(self, kind: str, client: str | None = None) -> CapabilitySeries:
        """Return what ``read`` or ``write`` saw, from one client region or over all."""
        s = KINDS.index(kind) * self._width + (0 if client is None else 1 + self._setup.clients.index(client))
        row = self._state[s]
        return CapabilitySeries(
            episodes=tuple(self._done[s]),
            downtime_ns=int(row[w.BAD_NS]),
            operations=int(row[w.TOTAL]),
            failed=int(row[w.TOTAL_FAILED]),
            slow=int(row[w.TOTAL_SLOW]),
        )

    def _use(self, send_ns: np.ndarray, kind: np.ndarray) -> None:
        """Note when operations were sent, of each kind."""
        for i, first in enumerate(self._first):
            if first.may_be_in(send_ns):
                first.see(send_ns[kind == i])

    def _unanswered(self, table: dict[str, np.ndarray], end_ns: int) -> None:
        """An operation open for longer than ``latency`` is bad.

        For a younger one nothing is known, so no good time counts from its window on.
        """
        setup, send = self._setup, table["send_ns"]
        kind, client = table["kind"].astype(np.int64), table["client"].astype(np.int64)
        known = (end_ns - send > setup.latency_ns) & (send >= setup.warmup_ns)
        series = kind * self._width + 1 + client
        self._use(send[known], kind[known])
        if not w.count_unanswered(send[known], series[known], self._ring, self._p, self._cursor):
            raise ValueError(f"an open operation of {setup.domain} is older than {setup.op_life_ns} ns")
        young = ~known & (send >= setup.warmup_ns)
        starts = send[young] // setup.window_ns * setup.window_ns
        np.minimum.at(self._horizon, series[young], starts)
        np.minimum.at(self._horizon, kind[young] * self._width, starts)

    def _drain(self) -> None:
        for row in self._episodes[: self._cursor[w.EPISODES]].tolist():
            recovered = row[w.E_RECOVERED]
            self._done[row[w.E_SERIES]].append(
                Episode(
                    started_ns=row[w.E_STARTED],
                    recovered_ns=None if recovered < 0 else recovered,
                    downtime_ns=row[w.E_BAD_NS],
                    failed=row[w.E_FAILED],
                    held=bool(row[w.E_HELD]),
                )
            )
        self._cursor[w.EPISODES] = 0
