"""What each measure of the data path and of orders says of the hand-made histories."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.histories import bad as databases
from tests.histories import verdicts
from tests.histories.builder import History
from tests.histories.orders import bad as shops
from tests.histories.orders.shop import Shop
from tests.histories.orders.shop import quiet as shop
from tests.histories.path import bad
from tests.histories.path.builder import Journey
from tests.histories.path.good import quiet

TALLIES = ("ghosts", "orphans", "gaps", "duplicates", "reorderings", "late", "dead_letters")
SECTIONS = ("waterfall", "freshness", "recovery_point", "monitoring", "insights", "exposure")
ORDERS = {"orders_stuck": "stuck", "orders_half_done": "half_done", "orders_doubled": "doubled"}
CAPABILITY = {"tested": "tested", "phases": "phases_ns"}  # of the histories of databases alone
MEASURES = (*SECTIONS, *TALLIES, *ORDERS, "oversold", *CAPABILITY, "verdicts")


def journeys() -> dict[str, Callable[[], Journey]]:
    """Return the quiet journey and those on which one thing goes wrong, by name."""
    return {"quiet": quiet, **_made(bad)}


def orders() -> dict[str, Callable[[], Shop]]:
    """Return the quiet shop and those in which one thing goes wrong, by name."""
    return {"quiet": shop, **_made(shops)}


def stores() -> dict[str, Callable[[], History]]:
    """Return the histories of a database in which one thing goes wrong, by name."""
    return _made(databases)


def _made(module: ModuleType) -> dict[str, Callable[[], Any]]:
    """Return the functions of a module that need nothing, by name."""
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not inspect.signature(function).parameters
    }


def said() -> dict[str, dict[str, Any]]:
    """Return measure -> history -> figures."""
    out: dict[str, dict[str, Any]] = {measure: {} for measure in MEASURES}
    for name, journey in journeys().items():
        figures = journey().figures(strict=False)
        for section in SECTIONS:
            out[section][name] = figures[section]
        for tally in TALLIES:
            out[tally][name] = {of: row[tally] for of, row in figures["delivery"].items() if tally in row}
    for name, make in orders().items():
        figures = make().figures()
        for measure, kind in ORDERS.items():
            out[measure][name] = figures[kind]
        if make().stock is not None:
            out["oversold"][name] = make().sold(strict=False)
    out["verdicts"] = verdicts.said()
    for name, history in stores().items():
        recovery = history().figures()["recovery"]
        for measure, field in CAPABILITY.items():
            out[measure][name] = {of: row[field] for of, row in recovery.items()}
    return out
