"""The JSON document of a run, against documents that were recorded before figures were records."""

import json
from pathlib import Path
from typing import Any

import pytest

from sim.report.document import DOCUMENT, document, plain
from sim.spec.resolve import load, resolve
from sim.trial import run

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"
RECORDED = sorted((HERE / "documents").glob("*.json"))
LEFT_OUT = {"document", "digest", "performance", "trust"}  # new; the scenario's form; the machine's; words


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_document_says_what_it_said(path):
    """Every field but curves for plotting is there, with the very same value, and no other."""
    name = path.stem.replace("_", "/")
    outcome = run(resolve(load(str(SCENARIOS / f"{name}.yaml"))), control=name == "failover/split-brain")
    found = plain(document(outcome))
    assert found["document"] == DOCUMENT
    said = {key: value for key, value in found.items() if key not in LEFT_OUT}
    assert _bytes(_without_curves(said)) == _bytes(json.loads(path.read_text(encoding="utf-8")))


def _bytes(value: Any) -> str:
    """Write it with sorted names: 0 and 0.0 differ, as they do for a reader."""
    return json.dumps(value, indent=1, sort_keys=True)


def _without_curves(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_curves(part) for key, part in value.items() if key != "series"}
    return [_without_curves(part) for part in value] if isinstance(value, list) else value
