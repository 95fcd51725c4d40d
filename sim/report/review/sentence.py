"""What a manager needs of a run, in a few sentences: how long, why, what is lost, what is near its limit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim.core.milestones.failover import FailoverCancelled, NoCandidate, PrimaryKept
from sim.core.milestones.flows import ReplayStarted
from sim.core.stages import REPLICA
from sim.report.quantities import count, duration, plural
from sim.report.review.capabilities import lasted, slowness
from sim.report.review.records import CapabilityRow, ObjectiveRow

Document = Mapping[str, Any]
# phase -> what the time was spent on, after "28.0 s of it"
SPENT_ON = {
    "detect": "until the failure was noticed",
    "decide": "waiting for a person to decide",
    "fence": "until the old primary was fenced",
    "promote": "promoting the new primary",
    "reroute": "until clients and consumers were sent there",
    "repair": "until the fault was over",
    "replay": "replaying",
    "reconcile": "reconciling",
    "catch_up": "catching up",
}
WITHOUT_PERSON = {  # decisions that waited for these
    kind.kind.name for kind in (NoCandidate, FailoverCancelled, PrimaryKept, ReplayStarted)
}
WANTING = "until a replica could take over"
LIMIT_NAMES = 3


def sentences(document: Document, rows: Sequence[CapabilityRow]) -> Iterator[str]:
    """Yield what a run comes to: the longest recoveries and the loss; ``rows``: its capabilities."""
    down = [row for row in rows if row.episodes]
    asked = [row for row in down if row.group in ("write", "read")]
    aged = [row for row in down if row not in asked]
    if not down:
        yield "Nothing was down."
    for found, was in ((asked, "down"), (aged, "too old")):
        if found:
            yield _longest(document, found, was)
    yield _lost(document)
    yield from _missing(document)


def limits(judged: Sequence[ObjectiveRow]) -> Iterator[str]:
    """Yield which objectives are missed or undecided; if none is, which is closest to its limit.

    ``judged``: the objectives, worst first.
    """
    told = {v: [row.id for row in judged if row.verdict == v] for v in ("missed", "undecided")}
    for verdict, ids in told.items():
        if ids:
            more = f" and {len(ids) - LIMIT_NAMES} more" if len(ids) > LIMIT_NAMES else ""
            yield f"{verdict.capitalize()}: {', '.join(ids[:LIMIT_NAMES])}{more}."
    closest = judged[0] if judged and not any(told.values()) else None
    if closest is not None and closest.margin is not None and closest.margin < 1:
        yield f"Closest to its limit: {closest.id}, {1 - closest.margin:.0%} of it used."


def spent_on(document: Document, name: str, phase: str) -> str:
    """Say what a phase of a capability's recovery was spent on.

    A decision takes long for want of a replica, or of a person.
    """
    kinds = {document["milestones"][i]["kind"] for i in document["recovery"][name]["chain"]}
    return WANTING if phase == "decide" and kinds & WITHOUT_PERSON else SPENT_ON[phase]


def _longest(document: Document, rows: Sequence[CapabilityRow], was: str) -> str:
    """Say how long the slowest of some capabilities took, and what most of that was."""
    row = max(rows, key=slowness)
    if row.rta_s is None:
        others = sum(slowness(other)[:2] == slowness(row)[:2] for other in rows) - 1
        if row.serving_again_s is None:
            more = f", and so {'was' if others == 1 else 'were'} {others} more" if others else ""
            return f"{row.name} was still {was} when the run ended, after {duration(lasted(row))}{more}."
        more = f"; nor had {others} more" if others else ""
        return (
            f"{row.name} was {was} for {duration(lasted(row))} at least, and had not been good again for "
            f"long enough when the run ended{more}."
        )
    phase, spent = max(row.phases.items(), key=lambda item: item[1], default=("", 0.0))
    why = f": {duration(spent)} of it {spent_on(document, row.name, phase)}" if spent else ""
    return f"{row.name} was {was} for {duration(row.rta_s)}{why}."


def _lost(document: Document) -> str:
    """Say how many acknowledged records are gone, and how many are out of reach."""
    bounds = {store: one["bounds"]["records"] for store, one in document["loss"].items()}
    gone = [store for store, one in bounds.items() if one["low"] is None]
    if gone:
        number = sum(one["records"] for one in document["loss"].values())
        known = f"{plural(number, 'acknowledged record')} of this run and all that lay before it"
        return f"Lost: all that {' and '.join(gone)} had: {known}."
    sure = sum(one["low"] for one in bounds.values())
    worst = [one["high"] for one in bounds.values()]
    names = ", ".join(f"{store} {count(one['low'])}" for store, one in bounds.items() if one["low"])
    of = f" ({names})" if names else ""
    if None in worst:
        return f"Lost: at least {plural(sure, 'acknowledged record')}{of}; how many more nobody can say."
    if sum(worst) > sure:
        return (
            f"Lost: {count(sure)} to {count(sum(worst))} acknowledged records{of}; the rest is out of reach."
        )
    return f"Lost: {plural(sure, 'acknowledged record')}{of}." if sure else "No acknowledged record was lost."


def _missing(document: Document) -> Iterator[str]:
    """Say how many records that their database still has never reach a stage: the stage that misses most."""
    missing = {
        f"{domain}.{stage}": found["lost"] - stages[REPLICA.name]["lost"] + found["dropped"]
        for domain, stages in document.get("waterfall", {}).items()
        for stage, found in stages.items()
    }
    name, number = max(missing.items(), key=lambda item: item[1], default=("", 0))
    if number > 0:
        others = sum(found > 0 for found in missing.values()) - 1
        more = f", and {plural(others, 'other stage')} some" if others else ""
        yield f"{name} never gets {plural(number, 'record')} that the database has{more}."
