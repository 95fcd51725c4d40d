"""The record of a drill in Markdown."""

from sim.report.evidence.record import record
from sim.report.markdown.text import command, document, table, text
from sim.report.opened import Opened
from sim.report.page import ReportSection, ReportTable


def of_run(opened: Opened) -> str:
    """Return the record of a run."""
    head, *sections = record(opened)
    title = f"# Record of a drill: {text(opened.document['scenario'])}"
    return document((title, *_body(head), *(part for section in sections for part in _section(section))))


def _section(section: ReportSection) -> list[str]:
    return [f"## {section.title}", *_body(section)]


def _body(section: ReportSection) -> list[str]:
    return [_piece(piece) for piece in section.body]


def _piece(piece: str | ReportTable) -> str:
    """Return a paragraph, an entry of a list, a command or a table."""
    if isinstance(piece, ReportTable):
        rows = ([text(cell) or " " for cell in row] for row in piece.rows)
        return table([text(cell) or " " for cell in piece.head], rows, right=sorted(piece.right))
    if piece.startswith("sim "):
        return command(piece)
    return f"- {text(piece[2:])}" if piece.startswith("- ") else text(piece)
