"""``report.html`` of a run: from the document and the scenario of its folder, the same bytes each time."""

from sim.report.html import assets
from sim.report.html.run import findings, losses, recovery, replay, risk, summary
from sim.report.html.run.watched import Watched
from sim.report.html.shell import Page, PageSection, rendered
from sim.report.opened import Opened

PAGE = "report.html"
SCRIPTS = ("steps.js", "view.js", "schematic.js", "replay.js")


def of_run(opened: Opened) -> str:
    """Return the page of a run's folder. SpecError if its scenario cannot be read."""
    from sim.spec.loader import load

    document = opened.document
    watched = Watched.of(opened, load(str(opened.folder / "scenario.yaml")))
    sections = (
        summary.objectives(watched),
        replay.section(watched),
        recovery.section(watched),
        losses.section(watched),
        risk.section(watched),
        *findings.sections(watched),
    )
    return rendered(
        Page(
            title=document["scenario"],
            kind="Run",
            head=summary.head(watched),
            sections=[section for section in sections if isinstance(section, PageSection)],
            data=replay.data(watched),
            styles=(assets.read("replay.css"),),
            scripts=tuple(map(assets.read, SCRIPTS)),
        )
    )
