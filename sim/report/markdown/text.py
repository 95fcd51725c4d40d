"""Pieces of GitHub-flavoured Markdown. Text of others stays text: no markup, no mention, no turned line.

Reference: "GitHub Flavored Markdown Spec" 0.29, sections 2.4 (escapes), 4.10 (tables), 6.3 (code spans).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sim.core.inert import inert, shortened

NAME_MAX = 60  # characters of a name in a table
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$&!]|:(?=//)|(?<=www)\.)")  # and what would become a link
_FENCE = re.compile(r"`+")
_TURNING = ("R", "AL", "AN")  # bidirectional classes that order what is beside them
ISOLATE, POP = "\u2068", "\u2069"


def text(words: str) -> str:
    """Return a sentence that may quote names: every sign of Markdown in it is escaped."""
    escaped = _MARKUP.sub(r"\\\1", inert(words))
    return isolated(escaped.replace("@", "<span>@</span>"))  # GitHub notifies whom a text mentions


def code(name: str) -> str:
    """Return a name as a code span, where nothing is markup, a mention or a link."""
    shown = isolated(shortened(inert(name), NAME_MAX)) or " "
    fence = "`" * (max((len(run) for run in _FENCE.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", r"\|")


def isolated(words: str) -> str:
    """Return words that read from right to left so that what is around them keeps its order."""
    turned = any(unicodedata.bidirectional(char) in _TURNING for char in words)
    return f"{ISOLATE}{words}{POP}" if turned else words


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """Return a table of cells that are Markdown; ``right``: columns that are aligned right."""
    rule = ("---:" if number in right else "---" for number in range(len(head)))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def block(lines: str, language: str = "") -> str:
    """Return lines as they stand, ``language``: of what kind."""
    fence = "`" * max(3, max((len(run) for run in _FENCE.findall(lines)), default=0) + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def command(line: str) -> str:
    """Return a command to copy."""
    return block(inert(line), "sh")


def folded(title: str, body: str) -> str:
    """Return what is shown when somebody asks for it."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def document(parts: Iterable[str]) -> str:
    """Return parts with a line between them; what is empty is left out."""
    return "\n\n".join(part for part in parts if part) + "\n"
