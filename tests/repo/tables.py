"""Tables of the docs that are made from declarations: ``python -m tests.repo.tables`` writes them anew."""

import dataclasses
import re
from collections.abc import Callable, Iterator
from inspect import getdoc
from typing import Any, get_args, get_origin, get_type_hints

from sim.core.milestones import KINDS
from sim.core.record import DESCRIPTION, UNIT, unit_of
from tests.repo.sources import ROOT


def milestones() -> Iterator[str]:
    """Yield the rows of the table of milestones."""
    yield "| kind | subject | meaning | phase | values |"
    yield "|---|---|---|---|---|"
    for name, what in KINDS.items():
        meaning = (getdoc(what) or "").splitlines()[0].rstrip(".")
        kind = what.kind
        cells = (f"`{name}`", f"`{kind.of}`", meaning, f"`{kind.phase}`", "; ".join(_fields(what)))
        yield f"| {' | '.join(cells)} |"


def _fields(record: Any) -> Iterator[str]:
    """Yield a phrase for each value of a record: its name, type, unit and meaning."""
    hints = get_type_hints(record)
    for field in dataclasses.fields(record):
        hint, unit = hints[field.name], unit_of(field.name, field.metadata[UNIT])
        form = _form(hint) + (f", {unit}" if unit else "")
        yield f"`{field.name}` ({form}): {field.metadata[DESCRIPTION]}{_inner(hint)}"


def _form(hint: Any) -> str:
    """Return the JSON type of a value."""
    if get_origin(hint) is tuple:
        return "list"
    kinds = [part for part in get_args(hint) or (hint,) if part is not type(None)]
    names = {str: "string", int: "integer", bool: "boolean"}
    return names.get(kinds[0]) or " or ".join(f"`{kind}`" for kind in kinds)


def _inner(hint: Any) -> str:
    """Return what each entry of a list of records has."""
    inner = [part for part in get_args(hint) if dataclasses.is_dataclass(part)]
    return "".join(f", each with {', '.join(_fields(part))}" for part in inner)


# marker -> (page, rows)
TABLES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {"milestones": ("docs/files.md", milestones)}


def current(name: str, text: str) -> str:
    """Return a page with a table as it is declared now."""
    rows = "\n".join(TABLES[name][1]())
    between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    found, count = between.subn(lambda m: f"{m[1]}{rows}\n{m[2]}", text)
    assert count == 1, name
    return found


if __name__ == "__main__":
    for table, (page, _) in TABLES.items():
        path = ROOT / page
        path.write_text(current(table, path.read_text("utf-8")), "utf-8")
