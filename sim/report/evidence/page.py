"""The record of a drill as one HTML file, to be filed or printed."""

from markupsafe import Markup

from sim.report.evidence.record import record
from sim.report.html.markup import command, el, items, name
from sim.report.html.shell import Page, rendered
from sim.report.html.shell import PageSection as Part
from sim.report.html.table import Column, table
from sim.report.opened import Opened
from sim.report.page import ReportSection, ReportTable


def of_run(opened: Opened) -> str:
    """Return the record of a run."""
    head, *sections = record(opened)
    page = Page(
        title=str(opened.document["scenario"]),
        kind="Record of a drill",
        head=_body(head),
        sections=[Part(f"part-{n}", s.title, _body(s)) for n, s in enumerate(sections)],
    )
    return rendered(page)


def _body(section: ReportSection) -> list[Markup]:
    """Return the paragraphs and tables of a section; entries of a list stand in one list."""
    entries = [piece[2:] for piece in section.body if isinstance(piece, str) and piece.startswith("- ")]
    rest = [piece for piece in section.body if not (isinstance(piece, str) and piece.startswith("- "))]
    return [*(_piece(piece) for piece in rest), *([items(entries)] if entries else [])]


def _piece(piece: str | ReportTable) -> Markup:
    if isinstance(piece, ReportTable):
        columns = [Column(head, number=place in piece.right) for place, head in enumerate(piece.head)]
        return table(f"By {piece.head[0]}", columns, [[name(cell) for cell in row] for row in piece.rows])
    return command(piece) if piece.startswith("sim ") else el("p", name(piece))
