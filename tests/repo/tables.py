"""Tables of the docs that are made from declarations: between ``<!-- made: what -->`` and ``<!-- end -->``.

``python -m tests.generated`` writes them anew.
"""

import dataclasses
import re
from collections.abc import Callable, Iterator
from functools import partial
from inspect import getdoc
from typing import Any, get_args, get_origin, get_type_hints

from sim.core.milestones import KINDS
from sim.core.record import DESCRIPTION, UNIT, unit_of
from sim.core.stages import CONSUMERS, REGIONS, STAGES
from sim.report.markdown.text import table
from sim.report.reference.run import record_table, records
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.subjects import KINDS as KINDS_OF_SUBJECTS
from tests.repo.sources import ROOT


def metrics() -> str:
    """Return the table of metrics."""
    rows = (
        (
            f"`{name}`",
            KINDS_OF_SUBJECTS[metric.of].word,
            " or ".join(metric.units),
            metric.says,
            f"`{metric.figure}`",
        )
        for name, metric in METRICS.items()
    )
    return table(("metric", "of a", "bound", "what it is", "figure"), rows)


def stages() -> str:
    """Return the table of stages."""
    of = {REGIONS: "{}/<r>", CONSUMERS: "<consumer>"}
    rows = ((f"`{of.get(stage.each, '{}').format(stage.name)}`", stage.says) for stage in STAGES)
    return table(("stage", "what it holds"), rows)


def milestones() -> str:
    """Return the table of milestones."""
    return table(("kind", "subject", "meaning", "phase", "values"), map(_milestone, KINDS.items()))


def _milestone(declared: tuple[str, Any]) -> tuple[str, ...]:
    name, what = declared
    meaning = (getdoc(what) or "").splitlines()[0].rstrip(".")
    return f"`{name}`", f"`{what.kind.of}`", meaning, f"`{what.kind.phase}`", "; ".join(_fields(what))


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


MADE = re.compile(r"(<!-- made: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
TABLES: dict[str, Callable[[], str]] = {
    **{name: partial(record_table, record) for name, record in records().items()},
    "metrics": metrics,
    "stages": stages,
    "milestones": milestones,
}


def current(page: str) -> str:
    """Return a page with its tables as they are declared now."""
    text = (ROOT / page).read_text("utf-8")
    return MADE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[4]}", text)
