"""A review: from the document of a run, in memory or of its folder, everything a page begins with."""

from collections.abc import Mapping
from typing import Any

from sim.report.quantities import plural
from sim.report.review.capabilities import capabilities
from sim.report.review.moments import moments
from sim.report.review.objectives import objectives
from sim.report.review.records import Command, ObjectiveRow, Review
from sim.report.review.sentence import limits, sentences
from sim.report.review.stores import stores

Document = Mapping[str, Any]


def review_of(document: Document, *, source: str = "scenario.yaml", folder: str = "") -> Review:
    """Return the review of a run from its document (``run.json``).

    ``source``: the scenario and the options that change it, as words of a shell; as it stands, that of the
    run's own folder. ``folder``: where the run was kept, as a word of a shell; "" if it was not.
    """
    judged = objectives(document["sla"])
    rows = capabilities(document["recovery"], judged)
    return Review(
        scenario=document["scenario"],
        verdict=document["verdict"],
        headline=headline(document, judged),
        sentences=tuple(sentences(document, rows)),
        limits=tuple(limits(judged)),
        objectives=judged,
        capabilities=rows,
        stores=stores(document["loss"], document["exposure"]),
        moments=moments(document, rows),
        trust=tuple(document["trust"]),
        reproduce=_reproduce(document, source),
        next=_next(document, source, folder),
    )


def headline(document: Document, judged: tuple[ObjectiveRow, ...]) -> str:
    """Return the verdict and its reason in one line; ``judged``: the objectives, worst first."""
    missed, undecided = ([o for o in judged if o.verdict == verdict] for verdict in ("missed", "undecided"))
    idle = [
        f"fault {name} never took effect ({fault['status']})"
        for name, fault in document["faults"].items()
        if not fault["fired"] and fault["status"] != "not_drawn"
    ]
    reasons = []
    if missed:
        reasons.append(f"{len(missed)} of {plural(len(judged), 'objective')} missed ({_ids(missed)})")
    if undecided:
        why = "" if idle else f": {undecided[0].why}"
        reasons.append(f"{len(undecided)} undecided ({_ids(undecided)}){why}")
    reasons += idle
    if not reasons:
        reasons.append(f"all {plural(len(judged), 'objective')} met" if judged else "no objectives set")
    return f"{document['verdict'].upper()}: {document['scenario']}: {', '.join(reasons)}"


def _ids(rows: list[ObjectiveRow]) -> str:
    """Name a few objectives, and count the others."""
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    return ", ".join(row.id for row in rows[:3]) + more


def _reproduce(document: Document, source: str) -> Command:
    trial = f" --trial {document['trial']}" if document.get("trial") else ""
    line = f"sim run {source} --seed {document['seed']}{trial}"
    return Command(line=line, purpose="gives the same figures, to the nanosecond")


def _next(document: Document, source: str, folder: str) -> Command:
    """Return what to look at next: why, what the faults alone cost, or the same drill with other luck."""
    down = any(found["episodes"] for found in document["recovery"].values())
    lost = any(found["records"] or found["stranded"] for found in document["loss"].values())
    if folder and (down or lost):
        told = "why it took so long and what would shorten it" if down else "why records are lost"
        return Command(line=f"sim explain {folder}", purpose=told)
    if document["faults"] and "control" not in document:
        line = f"{_reproduce(document, source).line} --control"
        return Command(line=line, purpose="the same run without its faults, as differences")
    return Command(
        line=f"sim run {source} --seed {document['seed'] + 1}", purpose="the same drill with other draws"
    )
