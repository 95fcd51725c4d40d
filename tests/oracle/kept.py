"""Cases kept as files: a scenario that runs by itself, its seed and pulls in the first lines.

``python -m tests.oracle.kept FILE...`` runs them on both sides.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from sim.core.distributions import Distribution
from sim.spec.delays import content
from sim.spec.resolve import dump, load, resolve
from sim.spec.yaml_text import to_yaml

from .sides import Case, against
from .twin import run_twin

SEED, PULLS = "# seed: ", "# pulls: "
CASES = Path(__file__).parent / "cases"


def keep(one: Case, folder: Path, said: str) -> Path:
    """Write a case and the files that it reads into ``folder``; return its file. ``said``: what differed."""
    folder.mkdir(parents=True, exist_ok=True)
    name = one.scenario.name.replace(" ", "-")
    samples = {content(sample): sample for sample in _samples(one.scenario)}
    data = _beside(yaml.safe_load(dump(one.scenario)), folder / name, samples)
    told = [f"# {line}" for line in said.split("\n")]
    head = [f"{SEED}{one.seed}", f"{PULLS}{json.dumps(one.pulls)}", *told]
    file = folder / f"{name}.yaml"
    file.write_text("\n".join(head) + "\n" + to_yaml(data))
    return file


def _samples(part: Any) -> Iterator[Distribution]:
    """Yield the empirical distributions in a part of a scenario."""
    if isinstance(part, Distribution):
        yield from [part] if part.kind == "empirical" else _samples(part.parts)
        return
    held = part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else []
    for one in vars(part).values() if isinstance(part, BaseModel) else held:
        yield from _samples(one)


def _beside(data: Any, place: Path, samples: dict[str, Distribution]) -> Any:
    """Return plain data in which every file is one beside the scenario, which is written."""
    if isinstance(data, list):
        return [_beside(one, place, samples) for one in data]
    if not isinstance(data, dict):
        return data
    if "sha256" not in data:
        return {key: _beside(value, place, samples) for key, value in data.items()}
    suffix = ".csv" if data["sha256"] in samples else Path(data["file"]).suffix
    file = place.with_name(f"{place.name}-{data['sha256'][:8]}{suffix}")
    if data["sha256"] in samples:
        file.write_text(_rows(samples[data["sha256"]]))
    else:
        shutil.copyfile(data["file"], file)
    return {**data, "file": file.name}


def _rows(sample: Distribution) -> str:
    """Return an empirical distribution as a table that reads as the same."""
    values = [f"{Decimal(value):f}ns" for value in sample.values]
    if not sample.weights:
        return "\n".join(["value", *values]) + "\n"
    pairs = zip(values, sample.weights, strict=True)
    return "\n".join(["value,weight", *(f"{value},{weight!r}" for value, weight in pairs)]) + "\n"


def kept(file: Path) -> Case:
    """Return a case that was kept."""
    lines = file.read_text().splitlines()
    heads = {key: [line.removeprefix(key) for line in lines if line.startswith(key)] for key in (SEED, PULLS)}
    given = {key: found[0] if found else None for key, found in heads.items()}
    pulls = tuple((at, name) for at, name in json.loads(given[PULLS] or "[]"))
    return Case(0, file.stem, resolve(load(str(file))), int(given[SEED] or 0), pulls)


def difference(file: Path) -> str | None:
    """Return the first difference of a kept case, with much room and with little; None if there is none."""
    one = kept(file)
    twin = run_twin(one.scenario, one.seed)
    return against(twin, one, little=False) or against(twin, one, little=True)


def main(*names: str) -> int:
    """Print what differs in each file; return how many differ."""
    found = {name: difference(Path(name)) for name in names}
    for name, text in found.items():
        print(f"{name}: {text or 'both sides agree'}")
    return sum(text is not None for text in found.values())


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
