"""A page of text: sections of paragraphs and tables, as data, and laid out in lines that fit a width.

Whatever stands on a page is inert from when it is put there: names in it come from scenarios.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.core.inert import inert
from sim.report.fitting import GAP, cells, clipped, padded, sizes_of, wrapped

Line = tuple[tuple[str, str], ...]  # pieces of a line: text, and what it is: title, head, cell or text
INDENT = "  "


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Rows under a head. Columns with their index in ``right`` are aligned right; the last may wrap."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """Make every cell one line of printable characters."""
        object.__setattr__(self, "rows", tuple(tuple(map(inert, row)) for row in self.rows))


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A title and what stands under it. A line with an empty title is the page's own headline."""

    title: str
    body: tuple[str | ReportTable, ...]

    def __post_init__(self) -> None:
        """Make the title and every paragraph one line of printable characters."""
        object.__setattr__(self, "title", inert(self.title))
        body = tuple(inert(piece) if isinstance(piece, str) else piece for piece in self.body)
        object.__setattr__(self, "body", body)


def plain(page: list[ReportSection], width: int = 100) -> str:
    """Return the page as lines of at most ``width`` cells of a terminal, without colour or box characters."""
    lines: list[str] = []
    for line in laid_out(page, width):
        text = "".join(piece for piece, _ in line).rstrip()
        lines.append(text)
        if line and line[0][1] == "title":
            lines.append("-" * cells(text))
    return "\n".join(lines) + "\n"


def laid_out(page: list[ReportSection], width: int) -> Iterator[Line]:
    """Yield the lines of a page; of a title, without a rule below it."""
    for number, section in enumerate(page):
        if number:
            yield ()
        yield from (((line, "title"),) for line in (wrapped(section.title, width) if section.title else ()))
        for piece in section.body:
            if isinstance(piece, ReportTable):
                yield from _table(piece, width)
            else:
                yield from (((line, "text"),) for line in paragraph(piece, width))


def paragraph(text: str, width: int) -> list[str]:
    """Return a paragraph as lines of at most ``width``; leading spaces and bullet set the indent."""
    lead = len(text) - len(text.lstrip(" -"))
    lines = wrapped(text[lead:], max(width - lead, 1))
    return [(" " * lead if number else text[:lead]) + line for number, line in enumerate(lines)]


def _table(table: ReportTable, width: int) -> Iterator[Line]:
    """Yield the lines of a table: columns side by side, or, where they do not fit, one below the other."""
    sizes = sizes_of(table.head, table.rows, table.right, width)
    if sizes is None:
        for row in table.rows:
            yield from _stacked(table.head, row, width)
        return
    if any(table.head):
        yield from _row(table.head, sizes, table.right, "head")
    for row in table.rows:
        yield from _row(row, sizes, table.right, "cell")


def _row(row: tuple[str, ...], sizes: list[int], right: frozenset[int], style: str) -> Iterator[Line]:
    """Yield the lines of one row; a head that wraps stands on the row's last line."""
    last = len(sizes) - 1
    columns = [
        wrapped(cell if i == last else _narrow(cell, size), size)
        for i, (cell, size) in enumerate(zip(row, sizes, strict=True))
    ]
    height = max(map(len, columns))
    if style == "head":
        columns = [[""] * (height - len(lines)) + lines for lines in columns]
    for number in range(height):
        texts = [lines[number] if number < len(lines) else "" for lines in columns]
        yield tuple(
            ((GAP if i else "") + padded(text, sizes[i], right=i in right), style)
            for i, text in enumerate(texts)
        )


def _narrow(cell: str, size: int) -> str:
    """Return a cell whose words fit into a column: a longer one, a name, loses its middle."""
    return cell if cells(cell) <= size else " ".join(clipped(word, size) for word in cell.split(" "))


def _stacked(head: tuple[str, ...], row: tuple[str, ...], width: int) -> Iterator[Line]:
    """Yield a row as its first cell, and under it what each other column has, set in."""
    yield from (((line, "cell"),) for line in wrapped(row[0], width))
    said = [f"{name}: {cell}" if name else cell for name, cell in zip(head[1:], row[1:], strict=True) if cell]
    for line in wrapped("; ".join(said), max(width - len(INDENT), 1)) if said else ():
        yield ((INDENT + line, "text"),)
