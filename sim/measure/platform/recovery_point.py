"""The consistent recovery point of the platform: up to which commit time every store and stage agrees."""

from collections.abc import Iterable, Iterator, Mapping
from math import inf

import numpy as np

from sim.core.quantity import seconds
from sim.core.stages import REPLICA, ZONES, stage_of
from sim.measure.platform.delivery import Ghosts
from sim.measure.platform.figures import RecoveryLimit, RecoveryPointFigures
from sim.measure.platform.waterfall import Waterfall

# Commit time, when it broke, place in the flow, stage, what, version, rid.
Limit = tuple[int, int, int, str, str, int, int | None]


def recovery_point(
    falls: Mapping[str, Waterfall], ghosts: Mapping[str, Ghosts], end_ns: int
) -> RecoveryPointFigures:
    """Return the largest T such that nothing committed up to it is lost or a ghost, and what limits it."""
    emptied = [name for name, fall in falls.items() if fall.loss.emptied]
    complete_to_s = _complete_to(falls, end_ns)
    if emptied:
        limit = RecoveryLimit(stage=f"{emptied[0]}.{REPLICA.name}", what="lost", version=None, rid=None)
        return RecoveryPointFigures(
            at_s=None, age_s=inf, age_stranded_s=inf, limited_by=limit, complete_to_s=complete_to_s
        )
    limits = [limit for name, fall in falls.items() for limit in _limits(name, fall, ghosts[name])]
    nothing = (end_ns + 1, end_ns, 0, "", "", 0, None)
    commit_ns, at_ns, _, stage, what, version, rid = min(limits, key=lambda limit: limit[:4], default=nothing)
    return RecoveryPointFigures(
        at_s=seconds(commit_ns - 1),
        age_s=seconds(max(0, at_ns - (commit_ns - 1))),
        age_stranded_s=_with_stranded(falls.values(), at_ns=at_ns, commit_ns=commit_ns),
        limited_by=RecoveryLimit(stage=stage, what=what, version=version, rid=rid) if limits else None,
        complete_to_s=complete_to_s,
    )


def _with_stranded(falls: Iterable[Waterfall], *, at_ns: int, commit_ns: int) -> float:
    """Return the age if what is stranded in databases were lost, inf if it is without bound."""
    found = [fall.loss.stranded for fall in falls]
    if any(stranded.unbounded for stranded in found):
        return inf
    oldest = [(s.oldest_ns, max(s.since_ns, s.oldest_ns)) for s in found if s.records]
    commit, at = min([(commit_ns, at_ns), *oldest], key=lambda limit: limit[0])
    return seconds(max(0, at - (commit - 1), at_ns - (commit_ns - 1)))


def _limits(name: str, fall: Waterfall, ghosts: Ghosts) -> Iterator[Limit]:
    """Yield the oldest record that each store or stage of a domain lost, and the oldest ghost it holds."""
    yield from _store(name, fall)
    for i, terms in enumerate(fall.stages, start=1):
        lost = fall.first_lost(terms, after_replay=True)
        if lost is not None:
            of = f"{name}.{terms.name}"
            yield lost.commit_ns, max(lost.at_ns, lost.commit_ns), i, of, "lost", lost.version, lost.rid
        ghost = ghosts.oldest(terms.delivered)
        if ghost is not None:
            commit_ns, version, rid, at_ns = ghost
            yield commit_ns, at_ns, i, f"{name}.{terms.name}", "ghost", version, rid


def _store(name: str, fall: Waterfall) -> Iterator[Limit]:
    for lost in fall.first_gone(np.setdiff1d(fall.loss.lost, list(fall.redone))):
        yield lost.commit_ns, lost.at_ns, 0, f"{name}.{REPLICA.name}", "lost", lost.version, lost.rid


def _complete_to(falls: Mapping[str, Waterfall], end_ns: int) -> dict[str, float]:
    """Return, of each stage and each zone of all domains, up to which commit time nothing is in flight."""
    out: dict[str, float] = {}
    for name, fall in falls.items():
        for terms in fall.stages:
            since = fall.missing_since(terms)
            reached = seconds(end_ns if since is None else since - 1)
            out[f"{name}.{terms.name}"] = reached
            if terms.name in ZONES:
                of = stage_of(terms.name).capability
                out[of] = min(reached, out.get(of, reached))
    return out
