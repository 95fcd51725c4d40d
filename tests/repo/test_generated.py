"""What is made from the code and committed is what the code makes now."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sim.report.schema import schema
from sim.spec.objectives.metrics import METRICS
from tests.generated import FILES
from tests.repo.sources import ROOT
from tests.repo.tables import MADE


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_current(name):
    """If not: python -m tests.generated."""
    assert (ROOT / name).read_text("utf-8") == FILES[name]()


def test_the_tables_of_measures_are_made():
    """None but those of phases, of advice, and of what monitors show is written by hand."""
    by_hand = MADE.sub("", (ROOT / "docs/measures.md").read_text("utf-8"))
    heads = re.findall(r"^(\|.*)\n\| ?---", by_hand, re.MULTILINE)
    assert [head.split("|")[1].strip() for head in heads] == ["phase", "said", "key"]


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_names_a_figure_that_there_is(name):
    """Whoever looks for it in a document finds it."""
    whole = schema()
    held = [whole]
    for part in METRICS[name].figure.split("."):
        held = [spec["properties"][part] for spec in _records(held, whole) if part in spec["properties"]]
    assert held


def _records(specs: list[dict[str, Any]], whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the records that schemas hold, themselves or by name."""
    for spec in specs:
        if "properties" in spec:
            yield spec
        inner = [*spec.get("anyOf", ()), spec.get("additionalProperties")]
        yield from _records([one for one in inner if isinstance(one, dict)], whole)
        if "$ref" in spec:
            yield from _records([whole["$defs"][spec["$ref"].rpartition("/")[2]]], whole)
