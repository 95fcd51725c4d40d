"""Kinds of faults and dials: none is forgotten, none is without effect."""

from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import sim.spec.faults
from sim.core import dials as d
from sim.models.dials import Dials
from sim.spec.faults.fault import Fault
from sim.spec.faults.kinds import KINDS
from sim.spec.faults.scene import at_first
from sim.spec.faults.targets import Targets
from sim.spec.faults.when import When
from sim.spec.model import fields_by_key
from sim.spec.resolve import load, resolve, schema
from sim.spec.sentences import sentences
from sim.world import World

ROOT = Path(sim.spec.faults.__file__).parent
VALID = Path(__file__).parents[1] / "spec" / "valid"


def name_of(kind: type[Fault]) -> str:
    """Return what a scenario calls a kind."""
    return get_args(kind.model_fields["kind"].annotation)[0]


@pytest.fixture(scope="module")
def turns() -> dict[str, list[tuple[World, d.Turn]]]:
    """What faults of every kind turn, with the platform that they strike, by kind."""
    found: dict[str, list[tuple[World, d.Turn]]] = {}
    for file in ("everything.yaml", "path.yaml"):
        scenario = resolve(load(str(VALID / file)))
        world = World(scenario, seed=0, trial=0, fold=lambda part: None)
        faults = list(scenario.faults.values())
        pauses = [fault for fault in faults if fault.kind == "replication_pause"]
        for fault in (*faults, *(pause.model_copy(update={"stage": "send"}) for pause in pauses)):
            found.setdefault(fault.kind, []).extend((world, t) for t in fault.turns(at_first(scenario)))
    return found


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_a_kind_is_a_file_of_its_name(kind):
    """Who looks for a kind finds its file."""
    assert kind.__module__.rpartition(".")[2] == name_of(kind)


def test_no_kind_is_forgotten():
    """Every model of a fault in the rooms that has a kind is listed."""
    rooms = [path for path in ROOT.glob("*/*.py") if path.stem != "__init__"]
    modules = [import_module(f"sim.spec.faults.{path.parent.name}.{path.stem}") for path in rooms]
    models = {x for module in modules for x in vars(module).values() if isinstance(x, type)}
    faults = {model for model in models if issubclass(model, Fault) and "kind" in model.model_fields}
    assert faults == set(KINDS)
    assert not any(kind.__abstractmethods__ for kind in KINDS)


def test_the_readme_counts_them():
    """It says how many kinds there are."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert f"There are {len(KINDS)} kinds of fault" in readme


def test_somebody_listens_to_whatever_a_kind_turns(turns):
    """A fault of any kind turns at least one dial, and each of them does something."""
    assert set(turns) == {name_of(kind) for kind in KINDS}
    assert all(world.dials.listeners(turn) for each in turns.values() for world, turn in each)


def test_some_kind_turns_every_dial(turns):
    """No dial is there for nothing; only the load turns its own shape. Targets are those there are."""
    turned = {turn.dial for each in turns.values() for _, turn in each}
    assert turned == set(d.DIALS.values()) - {d.SHAPE}
    assert {dial.target for dial in d.DIALS.values()} <= {"", *Targets.__dataclass_fields__}


def test_to_turn_what_nobody_listens_to_is_an_error():
    """It would silently do nothing."""
    dials = Dials()
    dials.listen(d.PAUSED, "orders/relay")
    dials.strike("near", [d.PAUSED.turn("orders/relay")], 0)
    with pytest.raises(LookupError, match="nobody listens to the dial paused of orders/search"):
        dials.strike("far", [d.PAUSED.turn("orders/search")], 0)


def test_a_dial_without_a_value_is_not_read():
    """What happens when it is turned has no value later."""
    with pytest.raises(TypeError):
        Dials().value(d.POISON, "orders")


@pytest.mark.parametrize(
    ("dial", "base", "overlays", "value"),
    [(d.CUT, None, (), False), (d.CUT, None, (True,), True), (d.DOWN, None, ("survives",), True),
     (d.LATENCY, 5.0, (1.0, 2.0), 8.0), (d.JITTER, "base", ("a", "b"), "b"), (d.JITTER, "base", (), "base"),
     (d.LOSS, 0.3, (), 0.3), (d.LOSS, 0.5, (0.5, 0.5), 0.875), (d.BANDWIDTH, 9.0, (10.0, 7.0), 7.0),
     (d.SLOW, None, (4.0, 2.0), 0.125), (d.SPIKE, 2.0, (3.0, 0.5), 3.0), (d.DECISION, None, (3, 1), (3, 1)),
     (d.WIRE, None, ("delivered",), "delivered"), (d.WIRE, None, ("lost", "delivered"), "lost"),
     (d.SKEW, None, (3, -5), -2), (d.SLOT_LOST, None, ("skip", "snapshot"), "snapshot")],
)  # fmt: skip
def test_overlays_fold_as_the_dial_says(dial, base, overlays, value):
    """In order of arrival; one that is taken away leaves the others as they are."""
    dials, of = Dials(), ("x",) * len(dial.of)
    for number, overlay in enumerate((*overlays, *overlays[:1])):
        dials.put(dial.turn(*of, value=overlay), str(number))
    for turn in [dial.turn(*of, value=overlays[0])] if overlays else []:
        dials.remove(turn, str(len(overlays)))
    assert dials.value(dial, *of, base=base) == value


@pytest.mark.parametrize("kind", KINDS, ids=name_of)
def test_every_field_has_a_sentence(kind):
    """`sim faults` and the schema say of each field what it is: a sentence that ends as one."""
    said = sentences(kind) | sentences(When)
    assert set(said) == {*fields_by_key(kind), *fields_by_key(When)} - {"kind"}
    assert all(text[0].isupper() and text.endswith(".") for text in said.values())


def test_what_stands_below_a_field_is_in_the_schema():
    """Of a kind itself, of what it has in common with others, and of one whose key is no name in Python."""
    fields = schema()["$defs"]["ObjectReplicationLag"]["properties"]
    assert fields["lag"]["description"] == "How much later each file arrives."
    assert fields["from"]["description"] == "The region from which is copied."
    assert fields["at"]["description"].startswith("When it begins")
    assert "description" not in schema()["$defs"]["duration"], "what is said of one duration is not of all"
