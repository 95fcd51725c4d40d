"""Recovery of the capabilities of the data path: events, consumers, the lake's zones, dashboards."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from sim.journal.milestones import Milestone
from sim.measure.path.ages import SECOND, Ages, Span
from sim.measure.path.line import FOREVER
from sim.measure.path.watch import Track
from sim.measure.phases import path_phases


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


def capability(
    ages: Ages,
    *,
    end_ns: int,
    operations: int,
    domains: Sequence[str],
    milestones: Sequence[Milestone],
    failed: int = 0,
    replays: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the recovery figures of one capability.

    ``operations``: records that had to arrive, or refreshes; ``failed``: refreshes that failed;
    ``replays``: ids of those into it.
    """
    series = ages.recovery(end_ns, operations)
    worst, rta, censored = series.worst(), series.rta_ns(), series.censored_after_ns(end_ns)
    spent, chain = path_phases(domains, worst, milestones, replays) if worst else ({}, [])
    again = 0 if worst is None else worst.recovered_ns and worst.recovered_ns - worst.started_ns
    return {
        "rta_s": _seconds(rta),
        "rta_ns": rta,
        "censored_after_s": _seconds(censored),
        "downtime_s": series.downtime_ns / SECOND,
        "operations": operations,
        "failed_requests": failed,
        "slow_requests": 0,
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
