"""Recovery of the capabilities of the data path: events, consumers, the lake's zones, dashboards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.journal.milestones import Milestone
from sim.measure.capability.phases import path_phases
from sim.measure.capability.tested import FirstUse, Trouble
from sim.measure.platform.ages import SECOND, Ages, Span
from sim.measure.platform.watch import Track
from sim.measure.store.line import FOREVER


def combined(tracks: Iterable[Track], span: Span, level_ns: int) -> Ages:
    """Return how old the oldest of several stages is over time."""
    steps = [track.steps() for track in tracks]
    times = np.unique(np.concatenate([np.zeros(0, np.int64), *(at for at, _ in steps)]))
    oldest = np.full(len(times), FOREVER)
    for at, commit in steps:
        if len(at):
            row = np.searchsorted(at, times)  # the first step that ends at or after each time
            known = row < len(at)
            oldest[known] = np.minimum(oldest[known], commit[row[known]])
    ages = Ages(span, level_ns)
    ages.fold(times, oldest)
    return ages


@dataclass(frozen=True, slots=True)
class Judged:
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
    judged: Judged, *, end_ns: int, milestones: Sequence[Milestone], replays: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the recovery figures of one capability; ``replays``: ids of those into it."""
    series = judged.ages.recovery(end_ns, judged.operations)
    worst, rta, censored = series.worst(), series.rta_ns(), series.censored_after_ns(end_ns)
    spent, chain = path_phases(judged.domains, worst, milestones, replays) if worst else ({}, [])
    again = 0 if worst is None else worst.recovered_ns and worst.recovered_ns - worst.started_ns
    return {
        "rta_s": _seconds(rta),
        "rta_ns": rta,
        "censored_after_s": _seconds(censored),
        "downtime_s": series.downtime_ns / SECOND,
        "operations": judged.operations,
        "failed_requests": judged.failed,
        "slow_requests": 0,
        "tested": judged.tested(milestones, end_ns, series.recovered_ns(end_ns)),
        "episodes": [
            {
                "started_s": e.started_ns / SECOND,
                "recovered_s": _seconds(e.recovered_ns),
                "rta_s": _seconds(e.rta_ns),
                "downtime_s": e.downtime_ns / SECOND,
                "failed_requests": 0,
            }
            for e in series.episodes
        ],
        "serving_again_s": _seconds(again),
        "caught_up_s": _seconds(again),
        "phases": {name: ns / SECOND for name, ns in spent.items()},
        "phases_ns": spent,
        "chain": chain,
        "by_client": {},
    }


def _seconds(ns: int | None) -> float | None:
    return None if ns is None else ns / SECOND
