"""The JSON Schema of run documents, and what is said of each field."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from sim.report import document
from sim.report.document import RunDocument, plain, written
from sim.report.schema import schema
from sim.spec.resolve import load, resolve
from sim.trial import run
from tests.json_schema import breaches
from tests.records import read

ROOT = Path(__file__).parents[3]
WHOLE = schema()
NAMES = ("failover/split-brain", "failover/promised-twice", "replay/win-back-lost-orders")
# Numbers without a unit: they name something, or are in the unit that stands beside or above them.
NUMBERS = {
    "document", "seed", "exit_code", "trial", "low", "high", "timeline", "cut", "tag", "order", "rid", "id",
    "version", "cause", "shown", "shown_max", "key", "chain", "session", "client", "node", "earlier_rid",
    "earlier_version",
}  # fmt: skip


@pytest.fixture(scope="module", params=NAMES)
def found(request):
    """The document of a run, as another program reads it."""
    scenario = resolve(load(str(ROOT / "scenarios" / f"{request.param}.yaml")))
    return json.loads(written(document.document(run(scenario, control=request.param == NAMES[0]))))


def test_a_run_satisfies_the_schema(found):
    """Every field is known and every promised one is there, of its type."""
    assert list(breaches(found, WHOLE, WHOLE)) == []


def test_the_schema_refuses_what_no_run_says(found):
    """Not a missing field, nor one more, nor a text for a number."""
    for wrong in (
        {key: value for key, value in found.items() if key != "loss"},
        {**found, "losses": {}},
        {**found, "seed": "0"},
        {**found, "operations": {"orders.write": {**found["operations"]["orders.write"], "ok": None}}},
    ):
        assert list(breaches(wrong, WHOLE, WHOLE))


def test_a_document_can_be_read_back_into_its_records(found):
    """Null where a figure has no bound is infinite, and everything is written again as it was."""
    assert plain(read(RunDocument, found)) == found


def test_every_field_says_what_it_is_and_in_which_unit():
    """A sentence each, and a unit for what is measured."""
    for body in (WHOLE, *WHOLE["$defs"].values()):
        for name, spec in body["properties"].items():
            assert spec["description"]
            number = any(kind in json.dumps(spec) for kind in ('"integer"', '"number"'))
            assert not number or "unit" in spec or name in NUMBERS, name


def test_figures_do_not_change(found):
    """Records are frozen: who holds one can hand it on."""
    record = read(RunDocument, found)
    for held in (record, record.figures, next(iter(record.figures.loss.values()))):
        assert is_dataclass(held)
        with pytest.raises(AttributeError):
            setattr(held, fields(held)[0].name, None)
