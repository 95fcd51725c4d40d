"""A consumer or replay called as a part of its domain is not taken for it, and has draws of its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.spec.resolve import dump, load, resolve
from sim.spec.yaml_text import to_yaml

from ..sides import Case, both
from .generate import case

WORDS = (
    {"crm": "raw", "search": "read", "view": "stream"},
    {"crm": "write", "search": "mirror", "view": "relay"},
    {"crm": "database", "search": "own", "view": "curated"},
)


def renamed(thing: Any, words: dict[str, str]) -> Any:
    """The same with other names of consumers, qualified where that is needed."""
    if isinstance(thing, dict):
        return {words.get(key, key): renamed(value, words) for key, value in thing.items()}
    if isinstance(thing, list):
        return [renamed(value, words) for value in thing]
    if isinstance(thing, str):
        domain, slash, name = thing.partition("/")
        if slash and name in words:
            return f"{domain}/consumer/{words[name]}"
        return f"{domain}/own/{name}" if slash and name in words.values() else words.get(thing, thing)
    return thing


def called(one: Case, words: dict[str, str], file: Path) -> Case:
    """A case with other names of consumers, and with all replays called as loads are."""
    given = yaml.safe_load(dump(one.scenario))
    document = renamed(given, words)
    replays = document.get("replays", {})
    for name, replay in replays.items():
        into = given["replays"][name]["into"]
        replay["into"] = "own/database" if into == "database" else f"consumer/{words.get(into, into)}"
    if not {"read", "write"} & set(words.values()):
        document["replays"] = dict(zip(("write", "read"), replays.values(), strict=False))
    pulls = tuple(
        (at, renamed(name, words).replace("/own/", "/")) for at, name in one.pulls if "/replay/" not in name
    )
    file.write_text(to_yaml(document))
    return replace(one, scenario=resolve(load(str(file))), pulls=pulls)


@pytest.mark.parametrize("words", WORDS, ids="-".join)
def test_the_engine_equals_the_twin_whatever_consumers_are_called(words, tmp_path):
    """Every table and milestone is the twin's where consumers are called as stages, jobs and capabilities."""
    for number in range(3):
        one = called(case(number), words, tmp_path / "named.yaml")
        found, twin = both(one, little=number % 2 == 0)
        assert found is None, f"case {number}: {found}"
        heads = {name for tables in twin.tables.values() for name in tables}
        assert any(name.startswith("consumed/consumer/") for name in heads)
