"""The record of a drill as sections of text and tables, before it is written in any form.

Nothing is left out for want of space: every objective, capability, store and fault has its row.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.core.checksums import sums_of
from sim.report.brief import back_to, took, value_of
from sim.report.opened import RUN, Opened
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import NOTHING, count, duration, plural, span
from sim.report.review.folder import review_of_folder
from sim.report.review.records import CapabilityRow, Review
from sim.report.span import resolved

Document = Mapping[str, Any]
PHASE_MIN_S = 0.0005
SIGNERS = ("Led the drill", "Answers for the service", "Reviewed the record")
MADE_UP = "A simulated drill: no production system was touched, and none was observed."


def record(opened: Opened) -> list[ReportSection]:
    """Return the record of a folder's run; the first section is its head."""
    document, review = opened.document, review_of_folder(opened)
    return [
        ReportSection("", (MADE_UP, f"{review.headline}.", " ".join(review.sentences))),
        ReportSection("What was tested", (*_purpose(document), _faults(document))),
        ReportSection("When, and with what", (_provenance(opened),)),
        ReportSection("Objectives", (_objectives(review),)),
        ReportSection("Recovery", (_recovery(review),)),
        ReportSection("Loss", (_loss(review),)),
        ReportSection("What was never tested", tuple(_untested(document, review))),
        ReportSection(
            "Limits of the model", tuple(f"- {note}" for note in review.trust) or ("None are known.",)
        ),
        ReportSection("To see it again", (review.reproduce.line, f"It {review.reproduce.purpose}.")),
        ReportSection("Sign-off", (_signatures(),)),
    ]


def _purpose(document: Document) -> Iterator[str]:
    """Yield what the scenario says it is for, and what it consists of."""
    scenario = resolved(document)
    if scenario.get("purpose"):
        yield f"Purpose: {scenario['purpose']}"
    stores, regions = scenario["databases"], scenario["regions"]
    primaries = "; ".join(f"{name}, primary in {spec['primary']}" for name, spec in stores.items())
    yield f"{plural(len(regions), 'region')}: {', '.join(regions)}."
    yield f"{plural(len(stores), 'store')}: {primaries}."


def _faults(document: Document) -> ReportTable | str:
    """Return what was done to the platform, and whether it took effect."""
    kinds = resolved(document)["faults"]
    rows = tuple(
        (
            name, kinds[name]["kind"], duration(found["started_s"]), duration(found["healed_s"]),
            "yes" if found["fired"] else "no", found["status"].replace("_", " "),
        )
        for name, found in document["faults"].items()
    )  # fmt: skip
    head = ("fault", "kind", "began, after the start", "over, after the start", "took effect", "at the end")
    return ReportTable(head, rows, frozenset({2, 3})) if rows else "No fault was injected."


def _provenance(opened: Opened) -> ReportTable:
    """Return when the run was made, of what, and by what."""
    document = opened.document
    versions = ", ".join(
        f"{name} {version or 'not installed'}" for name, version in document["versions"].items()
    )
    machine = document["platform"]
    rows = (
        ("run kept, by the date of its file", f"{kept_at(opened.folder / RUN)} UTC"),
        ("scenario", document["scenario"]),
        ("digest of the scenario", document["digest"]),
        ("seed and trial", f"{document['seed']}, {document['trial']}"),
        ("time simulated", resolved(document)["duration"]),
        ("digest of the journal", document["journal_digest"]),
        ("SHA-256 of run.json", sums_of(opened.folder)[RUN]),
        ("versions", versions),
        ("machine", f"{machine['system']}, {machine['machine']}, {machine['cpus'] or '?'} processors"),
    )
    return ReportTable(("item", "value"), rows)


def kept_at(path: Path) -> str:
    """Return when a file was last written, UTC, to the second."""
    return str(np.datetime64(int(path.stat().st_mtime), "s")).replace("T", " ")


def _objectives(review: Review) -> ReportTable | str:
    """Return every objective, those that are not met first, with the bounds of what it came to."""
    rows = tuple(
        (
            o.verdict, o.id, f"{o.metric} of {o.of} {o.must}", value_of(o),
            NOTHING if o.margin is None else percent_of(o.margin), o.why or NOTHING,
        )
        for o in review.objectives
    )  # fmt: skip
    head = ("verdict", "objective", "asks", "came to", "left of its limit", "why undecided, or bounded")
    return (
        ReportTable(head, rows, frozenset({3, 4})) if rows else "No objectives were set: nothing was judged."
    )


def percent_of(margin: float) -> str:
    """Write a margin, which may lie below 0 and without bound."""
    return "without bound" if margin == float("-inf") else f"{margin:.0%}"


def _recovery(review: Review) -> ReportTable | str:
    """Return every capability: how long its worst recovery took, and by which phases."""
    rows = tuple(
        (
            row.name, took(row), count(row.episodes), duration(row.downtime_s), count(row.failed_requests),
            _phases(row) or NOTHING,
        )
        for row in review.capabilities
    )  # fmt: skip
    head = ("capability", "worst recovery", "times down", "downtime", "failed requests", "phases")
    return (
        ReportTable(head, rows, frozenset({1, 2, 3, 4})) if rows else "Nothing was asked of any capability."
    )


def _phases(row: CapabilityRow) -> str:
    """Return the phases of a recovery that lasted half a millisecond or more."""
    return ", ".join(
        f"{phase.replace('_', ' ')} {duration(s)}" for phase, s in row.phases.items() if s >= PHASE_MIN_S
    )


def _loss(review: Review) -> ReportTable:
    """Return every store: acknowledged records lost, in bounds, how far back, and why."""
    rows = tuple(
        (
            row.name,
            span(*row.records, count),
            back_to(row),
            count(row.stranded),
            "; ".join(row.reasons) or NOTHING,
        )
        for row in review.stores
    )
    head = ("store", "acknowledged records lost", "back to", "out of reach at the end", "why")
    return ReportTable(head, rows, frozenset({1, 2, 3}))


def _untested(document: Document, review: Review) -> Iterator[str]:
    """Yield what this drill says nothing of."""
    idle = [name for name, found in document["faults"].items() if not found["fired"]]
    if idle:
        yield f"- Faults that never took effect: {', '.join(idle)}."
    undecided = [row.id for row in review.objectives if row.verdict == "undecided"]
    if undecided:
        yield f"- Objectives that the run does not decide: {', '.join(undecided)}."
    unused = [row.name for row in review.capabilities if not row.tested]
    if unused:
        yield f"- Capabilities of which nothing was asked while a fault lasted: {', '.join(unused)}."
    others = sorted(_kinds() - {fault["kind"] for fault in resolved(document)["faults"].values()})
    yield f"- Kinds of fault that are not part of it: {', '.join(others)}."
    yield "- Other draws of chance: this is one trial, and says nothing of how often it would end so."


def _kinds() -> set[str]:
    from sim.spec.faults.catalogue import fault_catalogue

    return set(fault_catalogue())


def _signatures() -> ReportTable:
    return ReportTable(
        ("signatory", "name", "date", "signature"), tuple((who, "", "", "") for who in SIGNERS)
    )
