"""Mutants of scenario files: each number is one, always the same.

They know what a scenario is made of: a quantity gives way to another of its kind, a section to that of
another scenario, a name to one that is up to something. Many stay legal, and what is wrong lies deep.
"""

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sim.spec.nodes import Source, compose, plain
from sim.spec.resolve import dump, load
from sim.spec.synonyms import TARGETS
from sim.spec.yaml_text import to_yaml
from tests.fuzz import words
from tests.spec.corpus import HERE, SCENARIOS, VALID

OTHERS = sorted((HERE / "others").iterdir())
BASES = (*VALID, *SCENARIOS)
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)(.*)", re.DOTALL)
Spot = tuple[Any, Any]  # a map or list, and the key or index in it


@dataclass(frozen=True)
class Mutant:
    """A scenario file, and the files beside it."""

    number: int
    text: str
    files: dict[str, bytes] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write it into a folder and return the scenario's path."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        path = folder / "scenario.yaml"
        path.write_bytes(self.text.encode("utf-8", "surrogatepass"))
        return path


def mutant(number: int) -> Mutant:
    """Return the mutant of a number."""
    draw = Random(number)
    if draw.random() < 0.02:
        return Mutant(number, _other(draw))
    data = copy.deepcopy(_tree(draw.choice(BASES)))
    for _ in range(draw.choice((1, 1, 1, 2, 3, 5))):
        draw.choices(list(_CHANGES), list(_CHANGES.values()))[0](draw, data)
    text = to_yaml(data)
    if draw.random() < 0.1:
        text = _text(draw, text)
    return Mutant(number, text, {"data.csv": draw.choice(words.DATA)})


@cache
def _tree(path: Path) -> dict[str, Any]:
    """Return a file with all that it extends, as plain data."""
    text = dump(load(str(path)))
    node = compose(Source("text", ".", text, shown=tuple(text.split("\n"))), [])
    assert node is not None
    return _unbound(plain(node))


def _unbound(data: Any) -> Any:
    """Return plain data whose texts do not know a folder."""
    if isinstance(data, dict):
        return {key: _unbound(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_unbound(item) for item in data]
    return str(data) if isinstance(data, str) else data


def _other(draw: Random) -> str:
    """Return a file of another tool, or one that extends it."""
    path = draw.choice(OTHERS)
    return path.read_text() if draw.random() < 0.5 else f"extends: [{path}]\nduration: 1m\n"


def _spots(data: Any) -> list[Spot]:
    """Return every place of a tree."""
    found: list[Spot] = []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        found.append((data, key))
        found += _spots(value)
    return found


def _leaves(data: Any) -> list[Spot]:
    return [(parent, key) for parent, key in _spots(data) if not isinstance(parent[key], dict | list)]


def _pick(draw: Random, spots: list[Spot]) -> Spot:
    return draw.choice(spots) if spots else ({"": None}, "")


def _extreme(draw: Random, data: Any) -> None:
    """Put an extreme of its own kind in place of a value."""
    parent, key = _pick(draw, _leaves(data))
    parent[key] = draw.choice(_alike(str(parent[key])))


def _alike(value: str) -> tuple[Any, ...]:
    """Return values of the kind of a text."""
    if re.fullmatch(r"[\d.]+/\w+", value):
        return words.RATES
    if re.fullmatch(r"[\d.]+%", value):
        return words.FRACTIONS
    if re.match(r"[<>=!]", value):
        return words.PREDICATES
    if re.fullmatch(r"[\d.]+[kKMGT]?i?(B|bit)(/s)?", value):
        return words.SIZES
    if re.fullmatch(r"([\d.]+(ns|us|ms|s|m|h|d|w))+", value):
        return words.DURATIONS + words.DISTRIBUTIONS[:6]
    if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value):
        return words.NUMBERS
    return words.NAMES


def _scaled(draw: Random, data: Any) -> None:
    """Make a quantity somewhat larger or smaller: most mutants of this kind are legal."""
    leaves = [(p, k) for p, k in _leaves(data) if isinstance(p[k], str) and _QUANTITY.fullmatch(p[k])]
    parent, key = _pick(draw, leaves)
    match = _QUANTITY.fullmatch(str(parent[key]))
    if match:
        parent[key] = f"{max(1, round(float(match[1]) * draw.choice((0.1, 0.5, 2, 3, 10))))}{match[2]}"


def _swapped(draw: Random, data: Any) -> None:
    """Put the value of one place in another of the same key, or of any."""
    spots = _spots(data)
    parent, key = _pick(draw, spots)
    alike = [(p, k) for p, k in spots if k == key] if draw.random() < 0.7 else spots
    other, other_key = _pick(draw, alike)
    parent[key] = copy.deepcopy(other[other_key])


def _grafted(draw: Random, data: Any) -> None:
    """Take a section, or an entry of one, from another scenario."""
    other = _tree(draw.choice(BASES))
    section = draw.choice(sorted(other))
    if isinstance(other[section], dict) and isinstance(data.get(section), dict) and draw.random() < 0.7:
        for name in draw.sample(sorted(other[section]), min(2, len(other[section]))):
            data[section][name] = copy.deepcopy(other[section][name])
    else:
        data[section] = copy.deepcopy(other[section])


def _typed(draw: Random, data: Any) -> None:
    """Put something of any type anywhere."""
    parent, key = _pick(draw, _spots(data))
    pool = draw.choice((words.NUMBERS, words.NAMES, words.SHAPES, words.DISTRIBUTIONS, words.DURATIONS))
    parent[key] = copy.deepcopy(draw.choice(pool))


def _dropped(draw: Random, data: Any) -> None:
    parent, key = _pick(draw, _spots(data))
    del parent[key]


def _renamed(draw: Random, data: Any) -> None:
    """Give a key another name: a slip, a word of the field, or one that is up to something."""
    parent, key = _pick(draw, [(p, k) for p, k in _spots(data) if isinstance(p, dict)])
    slip = list(str(key))
    if slip:
        place = draw.randrange(len(slip))
        slip[place : place + 1] = draw.choice(("", "x", slip[place] * 2))
    parent[draw.choice(("".join(slip), draw.choice(words.NAMES), draw.choice(sorted(TARGETS))))] = parent.pop(
        key
    )


def _named(draw: Random, data: Any) -> None:
    """Rename something everywhere it is named, so that it still holds together."""
    section = draw.choice(("regions", "databases", "clients", "consumers", "faults", "sla"))
    names = sorted(data.get(section) or ()) if isinstance(data.get(section), dict) else []
    if names:
        old, new = draw.choice(names), draw.choice((*words.NAMES, "x" * 63))
        fresh = _replaced(data, old, new)
        data.clear()
        data.update(fresh)


def _replaced(data: Any, old: str, new: str) -> Any:
    if isinstance(data, dict):
        return {_replaced(key, old, new): _replaced(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [_replaced(item, old, new) for item in data]
    return (
        re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", lambda _: new, data)
        if isinstance(data, str)
        else data
    )


def _repeated(draw: Random, data: Any) -> None:
    """Make many of one entry."""
    maps = [(p, k) for p, k in _spots(data) if isinstance(p[k], dict) and p[k]]
    parent, key = _pick(draw, maps)
    if isinstance(parent[key], dict):
        name, value = draw.choice(sorted(parent[key].items(), key=lambda item: item[0]))
        for number in range(draw.choice((2, 10, 40))):
            parent[key][f"{name}{number}"] = copy.deepcopy(value)


def _loaded(draw: Random, data: Any) -> None:
    """Read arrivals, or a delay, from the data file that lies beside the mutant."""
    databases = data.get("databases")
    if not isinstance(databases, dict) or not databases:
        return
    store = databases[draw.choice(sorted(databases))]
    if not isinstance(store, dict):
        return
    if draw.random() < 0.5:
        store["workload"] = {"arrivals": {"kind": "trace", "file": "data.csv"}}
    else:
        store["service"] = {"write": {"empirical": "data.csv"}}


def _text(draw: Random, text: str) -> str:
    """Change the text itself: tokens, cuts, anchors, laughs."""
    place = draw.randrange(len(text) + 1)
    if draw.random() < 0.1:
        return text + words.LAUGHS
    if draw.random() < 0.1:
        return text[:place] + draw.choice("[{") * draw.choice((10, 100, 100_000)) + text[place:]
    return text[:place] + draw.choice(words.TOKENS) + text[place + draw.choice((0, 1, 5, 200)) :]


_CHANGES: dict[Callable[[Random, Any], None], int] = {
    _scaled: 8, _extreme: 8, _grafted: 6, _swapped: 4, _typed: 3, _dropped: 3, _renamed: 3, _named: 2,
    _repeated: 2, _loaded: 2,
}  # fmt: skip
