"""The same page for a terminal: headings, dimmed heads, coloured verdicts."""

from io import StringIO
from typing import TYPE_CHECKING

from sim.report.page import Section, Table, paragraph

if TYPE_CHECKING:
    from rich.table import Table as RichTable
    from rich.text import Text

STYLES = {
    "PASS": "bold green",
    "FAIL": "bold red",
    "INCONCLUSIVE": "bold yellow",
    "met": "green",
    "missed": "bold red",
    "undecided": "yellow",
}


def coloured(page: list[Section], width: int = 100) -> str:
    """Return the page as a colour terminal shows it, at most ``width`` characters wide."""
    from rich.console import Console
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, no_color=False, highlight=False, color_system="standard"
    )
    for number, section in enumerate(page):
        if number:
            console.print()
        if section.title:
            console.print(Text(section.title, style="bold cyan"))
        for piece in section.body:
            for drawn in [_table(piece)] if isinstance(piece, Table) else map(_text, paragraph(piece, width)):
                console.print(drawn)
    return out.getvalue()


def _table(table: Table) -> "RichTable":
    """Build a table without borders; the last column takes what is left."""
    from rich.table import Table as RichTable

    drawn = RichTable(
        box=None, padding=(0, 2, 0, 0), header_style="dim", show_header=any(table.head), pad_edge=False
    )
    last = len(table.head) - 1
    for i, head in enumerate(table.head):
        drawn.add_column(
            head, justify="right" if i in table.right else "left", no_wrap=i < last, overflow="fold"
        )
    for row in table.rows:
        drawn.add_row(*(_text(cell) for cell in row))
    return drawn


def _text(text: str) -> "Text":
    """Style a text that is a verdict, or whose words in capitals are one."""
    from rich.text import Text

    styled = Text(text, style=STYLES.get(text, ""))
    for word in ("PASS", "FAIL", "INCONCLUSIVE"):
        styled.highlight_words([f"{word}:"], STYLES[word])
    return styled
