"""The same page for a terminal: headings, dimmed heads, coloured verdicts."""

from io import StringIO
from typing import TYPE_CHECKING

from sim.report.page import Line, ReportSection, laid_out

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {"title": "bold cyan", "head": "dim", "met": "green", "missed": "bold red", "undecided": "yellow"}
VERDICTS = {"PASS": "bold green", "FAIL": "bold red", "INCONCLUSIVE": "bold yellow"}


def coloured(page: list[ReportSection], width: int = 100) -> str:
    """Return the page as a colour terminal shows it, at most ``width`` cells wide."""
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=True, no_color=False, highlight=False, color_system="standard"
    )
    for line in laid_out(page, width):
        console.print(_styled(line), soft_wrap=True)
    return out.getvalue()


def _styled(line: Line) -> "Text":
    """Style a line: cells that are a verdict, and words in capitals that are one."""
    from rich.text import Text

    drawn = Text()
    for text, what in line:
        drawn.append(text, STYLES.get(text.strip() if what == "cell" else what, ""))
    drawn.rstrip()
    for word, style in VERDICTS.items():
        drawn.highlight_words([f"{word}:"], style)
    return drawn
