"""What each measure of the data path says of the hand-made journeys."""

import inspect
from collections.abc import Callable
from typing import Any

from tests.histories.path import bad
from tests.histories.path.builder import Journey
from tests.histories.path.good import quiet

TALLIES = ("ghosts", "orphans", "gaps", "duplicates", "reorderings", "dead_letters")
SECTIONS = ("waterfall", "freshness", "recovery_point", "monitoring")
MEASURES = (*SECTIONS, *TALLIES)


def journeys() -> dict[str, Callable[[], Journey]]:
    """Return the quiet journey and those on which one thing goes wrong, by name."""
    made = {
        name: function
        for name, function in inspect.getmembers(bad, inspect.isfunction)
        if function.__module__ == bad.__name__ and not inspect.signature(function).parameters
    }
    return {"quiet": quiet, **made}


def said() -> dict[str, dict[str, Any]]:
    """Return measure -> journey -> figures."""
    out: dict[str, dict[str, Any]] = {measure: {} for measure in MEASURES}
    for name, journey in journeys().items():
        figures = journey().figures(strict=False)
        for section in SECTIONS:
            out[section][name] = figures[section]
        for tally in TALLIES:
            out[tally][name] = {of: row[tally] for of, row in figures["delivery"].items() if tally in row}
    return out
