"""The consistent recovery point of the platform: up to which commit time every store and stage agrees."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from sim.measure.platform.ages import SECOND
from sim.measure.platform.delivery import Ghosts
from sim.measure.platform.setup import ZONES
from sim.measure.platform.waterfall import Waterfall
from sim.measure.store.loss import judge

# Commit time, when it broke, place in the flow, stage, what, version, rid.
Limit = tuple[int, int, int, str, str, int, int | None]


def recovery_point(
    falls: Mapping[str, Waterfall], ghosts: Mapping[str, Ghosts], end_ns: int
) -> dict[str, Any]:
    """Return the largest T such that nothing committed up to it is lost or a ghost, and what limits it."""
    limits = [limit for name, fall in falls.items() for limit in _limits(name, fall, ghosts[name])]
    emptied = [name for name, fall in falls.items() if fall.ledger.emptied_ns is not None]
    if emptied:
        return {
            "at_s": None, "age_s": None, "age_stranded_s": None,
            "limited_by": {"stage": f"{emptied[0]}.replica", "what": "lost", "version": None, "rid": None},
            "complete_to_s": _complete_to(falls, end_ns),
        }  # fmt: skip
    nothing = (end_ns + 1, end_ns, 0, "", "", 0, None)
    commit_ns, at_ns, _, stage, what, version, rid = min(limits, key=lambda limit: limit[:4], default=nothing)
    limited = {"stage": stage, "what": what, "version": version, "rid": rid}
    return {
        "at_s": (commit_ns - 1) / SECOND,
        "age_s": max(0, at_ns - (commit_ns - 1)) / SECOND,
        "age_stranded_s": _with_stranded(falls.values(), at_ns=at_ns, commit_ns=commit_ns),
        "limited_by": limited if limits else None,
        "complete_to_s": _complete_to(falls, end_ns),
    }


def _with_stranded(falls: Iterable[Waterfall], *, at_ns: int, commit_ns: int) -> float | None:
    """Return the age if what is stranded in databases were lost, None if it is without bound."""
    found = [fall.stranded for fall in falls]
    if any(stranded.unbounded for stranded in found):
        return None
    oldest = [(s.oldest_ns, max(s.since_ns, s.oldest_ns)) for s in found if s.records]
    commit, at = min([(commit_ns, at_ns), *oldest], key=lambda limit: limit[0])
    return max(0, at - (commit - 1), at_ns - (commit_ns - 1)) / SECOND


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
    for lost in fall.first_gone(np.setdiff1d(judge(fall.ledger)[0], list(fall.redone))):
        yield lost.commit_ns, lost.at_ns, 0, f"{name}.replica", "lost", lost.version, lost.rid


def _complete_to(falls: Mapping[str, Waterfall], end_ns: int) -> dict[str, float]:
    """Return, of each stage and each zone of all domains, up to which commit time nothing is in flight."""
    out: dict[str, float] = {}
    for name, fall in falls.items():
        for terms in fall.stages:
            since = fall.missing_since(terms)
            reached = (end_ns if since is None else since - 1) / SECOND
            out[f"{name}.{terms.name}"] = reached
            if terms.name in ZONES:
                out[f"lake.{terms.name}"] = min(reached, out.get(f"lake.{terms.name}", reached))
    return out
