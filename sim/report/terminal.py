"""The page that ``sim run`` prints."""

import shlex
from collections.abc import Sequence

from sim.core.milestones.faults import FaultStarted
from sim.outcome import Outcome
from sim.report.consistency import consistency
from sim.report.control import beside
from sim.report.document import document, plain
from sim.report.loss import loss
from sim.report.page import ReportSection
from sim.report.quantities import duration, plural
from sim.report.recovery import objectives, recovery
from sim.report.review.records import Review
from sim.report.review.review import review_of
from sim.report.stages import path
from sim.report.timeline import story


def reviewed(outcome: Outcome, *, source: str, folder: str | None = None) -> Review:
    """Return the review of an outcome.

    ``source``: the scenario as the user named it, with the options that change it; ``folder``: where the run
    was written.
    """
    return review_of(plain(document(outcome)), source=source, folder=shlex.quote(folder) if folder else "")


def page(outcome: Outcome, review: Review, *, places: Sequence[str] = ()) -> list[ReportSection]:
    """Return the whole result as sections; ``places``: where it can be read again, a line each."""
    happened = story(outcome.milestones, origin_ns=_first_fault(outcome))
    return [
        ReportSection("", (review.headline, " ".join(review.sentences + review.limits), measure_of(outcome))),
        *([ReportSection("What happened", tuple(happened))] if outcome.milestones else []),
        objectives(outcome),
        *recovery(outcome),
        *loss(outcome),
        *path(outcome),
        *consistency(outcome),
        *beside(outcome),
        *(
            [ReportSection("How far to trust this", tuple(f"- {line}" for line in outcome.trust))]
            if outcome.trust
            else []
        ),
        ReportSection(
            "Next", (*places, *commands(review), f"Again: {review.reproduce.line}", *_control(outcome))
        ),
    ]


def commands(review: Review) -> list[str]:
    """Return the next command to type, and what it is for."""
    return [f"Next: {review.next.line}", f"      {review.next.purpose}"]


def _control(outcome: Outcome) -> list[str]:
    """Return what else the command that gives the run again can show: what the faults alone cost."""
    offered = outcome.control is None and outcome.faults
    return ["       with --control, beside the same run without its faults"] if offered else []


def _first_fault(outcome: Outcome) -> int | None:
    """Return when the first fault began, in ns, or None."""
    return next((m.at_ns for m in outcome.milestones if isinstance(m.what, FaultStarted)), None)


def measure_of(outcome: Outcome) -> str:
    """Say what was run, so that it can be run again, and what it took."""
    performance = outcome.performance
    return (
        f"seed {outcome.seed}, digest {outcome.digest[:12]}, {plural(performance.writes, 'write')} "
        f"simulated in {duration(performance.wall_s)}"
    )
