"""Recovery of the capabilities of the data path: events, consumers, the lake's zones, dashboards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.journal.milestones import Milestone
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.capability.phases import path_phases
from sim.measure.capability.recovery import Aftermath, recovery_figures
from sim.measure.capability.tested import FirstUse, Trouble
from sim.measure.platform.ages import Ages, Span
from sim.measure.platform.watch import Track
from sim.measure.store.line import FOREVER


def combined(tracks: Iterable[Track], span: Span, level_ns: int) -> Ages:
    """Return how old the oldest of several stages is over time."""
    ages = Ages(span, level_ns)
    ages.fold(*oldest_of(tracks))
    return ages


def oldest_of(tracks: Iterable[Track]) -> tuple[np.ndarray, np.ndarray]:
    """Return times and commit times (n,) int64: until each time that was the oldest missing anywhere."""
    steps = [track.steps() for track in tracks]
    times = np.unique(np.concatenate([np.zeros(0, np.int64), *(at for at, _ in steps)]))
    oldest = np.full(len(times), FOREVER)
    for at, commit in steps:
        if len(at):
            row = np.searchsorted(at, times)  # the first step that ends at or after each time
            known = row < len(at)
            oldest[known] = np.minimum(oldest[known], commit[row[known]])
    return times, oldest


@dataclass(frozen=True, slots=True)
class JudgedFlows:
    """What one capability is judged by.

    ``operations``: records that had to arrive, or refreshes; ``failed``: refreshes that failed; ``domains``:
    those that it needs; ``uses``: when there were operations since the first fault.
    """

    ages: Ages
    operations: int
    domains: tuple[str, ...]
    uses: tuple[FirstUse, ...]
    failed: int = 0

    def tested(self, milestones: Sequence[Milestone], end_ns: int, recovered_ns: int) -> bool:
        """Return whether faults put it to the test."""
        first = min((use.at_ns for use in self.uses if use.at_ns is not None), default=None)
        return Trouble.of(milestones, end_ns).tested(
            first, operations=self.operations, recovered_ns=recovered_ns
        )


def capability(
    judged: JudgedFlows, *, end_ns: int, milestones: Sequence[Milestone], replays: Sequence[str] = ()
) -> RecoveryFigures:
    """Return the recovery figures of one capability; ``replays``: ids of those into it."""
    series = judged.ages.recovery(end_ns, judged.operations, judged.failed)
    worst, after = series.worst(), Aftermath()
    if worst is not None:
        again_ns = None if worst.recovered_ns is None else worst.recovered_ns - worst.started_ns
        after = Aftermath(again_ns, again_ns, *path_phases(judged.domains, worst, milestones, replays))
    tested = judged.tested(milestones, end_ns, series.recovered_ns(end_ns))
    return recovery_figures(series.seen(end_ns), after, tested=tested, by_client={})
