"""The JSON document."""

import json

import numpy as np
import pytest

from sim.report.document import document, plain, written
from tests.unit.report.drill import drill, figures

KEYS = {
    "scenario",
    "digest",
    "seed",
    "verdict",
    "sla",
    "recovery",
    "loss",
    "consistency",
    "faults",
    "performance",
    "latency",
    "exposure",
    "milestones",
    "journal_digest",
    "trust",
}


def test_the_document_has_what_was_promised(outcome):
    """Every promised key is there, and so are the fields of objective, recovery, loss and performance."""
    found = json.loads(written(document(outcome)))
    assert set(found) >= KEYS
    assert set(found["sla"][0]) >= {"id", "metric", "of", "must", "value", "verdict"}
    assert set(found["recovery"]["orders.write"]) >= {"rta_s", "censored_after_s", "downtime_s", "phases"}
    assert set(found["loss"]["orders"]) >= {"records", "window_s"}
    assert found["faults"]["power"]["fired"] is True
    assert set(found["performance"]) >= {"wall_s", "writes", "stage_operations", "peak_rss_bytes"}


def test_a_censored_recovery_is_null(outcome):
    """A recovery that was not seen is null with its bound beside it."""
    found = json.loads(written(document(outcome)))["recovery"]["payments.write"]
    assert found["rta_s"] is None
    assert found["censored_after_s"] == 2700.0


def test_the_control_is_given_as_differences():
    """With a control the document has each difference as a number, and none without."""
    calm = figures()
    calm["recovery"]["orders.write"]["failed_requests"] = 12
    found = document(drill(control=calm))
    assert found.control.differences["orders.write"]["failed_requests"] == 20_400
    assert "control" not in plain(document(drill()))


def test_array_scalars_and_missing_numbers_are_plain():
    """Array scalars are numbers, NaN and infinities null, tuples lists, whole keys text."""
    value = {1: np.int64(3), "b": (np.float64("nan"), float("inf"), np.bool_(True)), "c": np.arange(2)}
    assert plain(value) == {"1": 3, "b": [None, None, True], "c": [0, 1]}


def test_what_has_no_json_form_is_refused():
    """An object that JSON cannot hold is an error, not its repr."""
    with pytest.raises(TypeError, match="set has no JSON form"):
        plain({"a": {1, 2}})


def test_a_series_stands_in_one_line():
    """A list of numbers takes one line however long; maps and lists of maps a line for each entry."""
    value = {"a": [1, 2, 3], "b": [{"c": None}, []], "d": {}, "e": [0.5, float("nan")], "f": ["\u00e4", True]}
    text = written(value)
    assert text.splitlines() == [
        "{", '  "a": [1, 2, 3],', '  "b": [', "    {", '      "c": null', "    },", "    []", "  ],",
        '  "d": {},', '  "e": [0.5, null],', '  "f": ["\u00e4", true]', "}",
    ]  # fmt: skip
    assert json.loads(text) == plain(value)
