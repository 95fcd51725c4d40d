"""Tables: a caption, heads with units, and a row head in each row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sim.report.html.markup import Child, el


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; ``unit`` where its cells do not have their own; ``number``: aligned right."""

    title: Child
    unit: str = ""
    number: bool = False


def table(
    caption: Child, columns: Sequence[Column], rows: Iterable[Sequence[Child]], *, ident: str | None = None
) -> Markup:
    """Return a table whose first column names its rows. Where it is narrow it scrolls by itself."""
    head = el("tr", *map(_head, columns))
    body = (el("tr", *map(_cell, columns, row, range(len(row)))) for row in rows)
    whole = el("table", el("caption", caption), el("thead", head), el("tbody", *body), id=ident)
    return el("div", whole, class_="scroll")


def _head(column: Column) -> Markup:
    unit = el("span", f" ({column.unit})", class_="unit") if column.unit else None
    return el("th", column.title, unit, scope="col", class_="number" if column.number else None)


def _cell(column: Column, value: Child, place: int) -> Markup:
    kind = "number" if column.number else None
    return el("td", value, class_=kind) if place else el("th", value, scope="row", class_=kind)
