"""The JSON Schema of scenario files: as wide as the loader, and no wider than an editor can bear."""

import re
from typing import Any

import pytest

from sim.spec.resolve import dump, load, resolve, schema
from sim.spec.schema import models_schema
from tests.json_schema import breaches
from tests.spec.corpus import HERE, SCENARIOS, VALID

ROOT = HERE.parents[1]
FILES = [*VALID, *SCENARIOS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_loads_satisfies_the_schema_as_written_and_as_resolved(path):
    """An editor that follows the schema marks nothing in a legal file, whole or part."""
    whole = schema()
    assert list(breaches(_plain(path.read_text()), whole, whole)) == []
    assert list(breaches(_plain(dump(resolve(load(str(path))))), whole, whole)) == []


def test_every_field_says_what_it_is_and_why_its_default_is_what_it_is():
    """A sentence each; one that can be left out tells the source of its default, or what it means without."""
    for body in (models_schema(), *models_schema()["$defs"].values()):
        for name, spec in body["properties"].items():
            said = spec["description"]
            assert len(said) > 15 and said[-1] in ".)", (body["title"], name)
            if "const" in spec or "$ref" in spec or name in body.get("required", ()) or _is_map(spec):
                continue
            told = r"Default: .+|[Ww]ithout (it|one|them)|Either this or|needs it"
            assert re.search(told, said), (body["title"], name)


def _is_map(spec: dict[str, Any]) -> bool:
    return spec.get("type") == "object" or "discriminator" in spec


def test_the_schema_lets_null_delete_what_a_base_set():
    """Null may stand for a section, a field or an entry, as the loader has it; not for a part of a value."""
    whole = schema()
    for text in ("{bus: null, warmup: null}", "gateway: {ttl: null}", "databases: {orders: {outbox: null}}"):
        assert list(breaches(_plain(text), whole, whole)) == []
    assert list(breaches(_plain("gateway: {route: {uniform: [1s, null]}}"), whole, whole))


@pytest.mark.parametrize(
    "text",
    [
        "fault: {}",
        "duration: 5",
        "warmup: 5M",
        "gateway: {ttl: 1x}",
        "faults: {a: {kind: nonsense}}",
        "sla: {a: {metric: rto}}",
        "faults: {a: {kind: db_crash, at: {uniform: [1s]}}}",
        "level: {good: 99}",
        "regions: {a.b: {}}",
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(text):
    """The schema is not so wide that it accepts anything."""
    whole = schema()
    assert list(breaches(_plain(text), whole, whole))


def _plain(text: str) -> Any:
    from sim.spec.nodes import Source, compose, plain

    node = compose(Source("text", ".", text, shown=tuple(text.split("\n"))), [])
    assert node is not None
    return plain(node)
