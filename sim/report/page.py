"""A page of text: sections of paragraphs and tables, as data, and as plain aligned rows.

Whatever stands on a page is inert from when it is put there: names in it come from scenarios.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import wrap

from sim.core.inert import inert

GAP = "  "


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head. Columns with their index in ``right`` are aligned right; only the last may wrap."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Make every cell one line of printable characters."""
        object.__setattr__(self, "rows", tuple(tuple(map(inert, row)) for row in self.rows))


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what stands under it. A line with an empty title is the page's own headline."""

    title: str
    body: tuple[str | Table, ...]

    def __post_init__(self) -> None:
        """Make the title and every paragraph one line of printable characters."""
        object.__setattr__(self, "title", inert(self.title))
        body = tuple(inert(piece) if isinstance(piece, str) else piece for piece in self.body)
        object.__setattr__(self, "body", body)


def plain(page: list[Section], width: int = 100) -> str:
    """Return the page as lines of at most ``width`` characters, without colour or box characters."""
    lines: list[str] = []
    for section in page:
        if lines:
            lines.append("")
        if section.title:
            lines += [section.title, "-" * len(section.title)]
        for piece in section.body:
            lines += _table(piece, width) if isinstance(piece, Table) else paragraph(piece, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def paragraph(text: str, width: int) -> list[str]:
    """Return a paragraph as lines of at most ``width``; leading spaces and bullet set the indent."""
    lead = len(text) - len(text.lstrip(" -"))
    return wrap(
        text, width, subsequent_indent=" " * lead, break_on_hyphens=False, break_long_words=False
    ) or [""]


def _table(table: Table, width: int) -> list[str]:
    """Align the columns; what the last column cannot hold goes on below itself."""
    rows = [table.head, *table.rows] if any(table.head) else list(table.rows)
    sizes = [max(len(row[i]) for row in rows) for i in range(len(table.head))]
    last = len(sizes) - 1
    left = sum(sizes[:last]) + len(GAP) * last
    sizes[last] = max(1, min(sizes[last], max(20, width - left)))  # a column may be empty throughout
    return [line for row in rows for line in _row(row, sizes, table.right)]


def _row(row: tuple[str, ...], sizes: list[int], right: frozenset[int]) -> Iterator[str]:
    """Yield the lines of one row."""
    last = len(sizes) - 1
    tail = wrap(row[last], sizes[last], break_on_hyphens=False) or [""]
    cells = [*row[:last], tail[0]]
    yield GAP.join(
        cell.rjust(size) if i in right else cell.ljust(size)
        for i, (cell, size) in enumerate(zip(cells, sizes, strict=True))
    )
    indent = " " * (sum(sizes[:last]) + len(GAP) * last)
    yield from (indent + line for line in tail[1:])
