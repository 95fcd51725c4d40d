"""What each measure of the data path, of orders, and of ratios says of the hand-made histories."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

from tests.histories import bad as databases
from tests.histories import verdicts
from tests.histories.builder import History, S
from tests.histories.orders import bad as shops
from tests.histories.orders.shop import Shop
from tests.histories.orders.shop import quiet as shop
from tests.histories.platform import bad
from tests.histories.platform.builder import Journey
from tests.histories.platform.good import quiet

TALLIES = ("ghosts", "orphans", "gaps", "duplicates", "reorderings", "late", "dead_letters")
SECTIONS = ("waterfall", "freshness", "recovery_point", "monitoring", "insights", "exposure")
ORDERS = {"orders_stuck": "stuck", "orders_half_done": "half_done", "orders_doubled": "doubled"}
CAPABILITY = {"tested": "tested", "phases": "phases_ns"}  # of the histories of databases alone
MEASURES = (*SECTIONS, *TALLIES, *ORDERS, "oversold", *CAPABILITY, "verdicts", "ratios")
WINDOWS = (("read", 20 * S), ("write", 5 * S))


def journeys() -> dict[str, Callable[[], Journey]]:
    """Return the quiet journey and those on which one thing goes wrong, by name."""
    return {"quiet": quiet, **_made(bad)}


def orders() -> dict[str, Callable[[], Shop]]:
    """Return the quiet shop and those in which one thing goes wrong, by name."""
    return {"quiet": shop, **_made(shops)}


def stores() -> dict[str, Callable[[], History]]:
    """Return the histories of a database in which one thing goes wrong, by name."""
    return _made(databases)


def answered() -> dict[str, Callable[[], History]]:
    """Return the stores' histories, and one with answers that come late or never, by name."""
    return {"late": _late, **stores()}


def _late() -> History:
    """Four reads: in time at the last moment, 1 ns late, open for longer than that at the end, and for less."""
    history = History()
    history.op(1, 50 * S, 52 * S)
    history.op(2, 51 * S, 53 * S + 1)
    history.still_open(3, 57 * S)
    history.still_open(4, 59 * S)
    return history


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
    for name, answers in answered().items():
        history = answers()
        history.setup = replace(history.setup, windows=WINDOWS)
        out["ratios"][name] = history.figures()["ratios"]
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
