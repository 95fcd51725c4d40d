"""A study on one screen: its trials, the objectives, recovery and loss, and how to run it again."""

import shlex
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from sim.report.markdown.run import shown, verdict
from sim.report.markdown.text import code, command, document, table, text
from sim.report.opened import Opened
from sim.report.quantities import NOTHING, count, duration, percent
from sim.report.study_sentence import WORST_FIRST, sentences, stopped

Document = Mapping[str, Any]
FIGURES = {"recovery.rta_s": "RTA", "loss.records": "RPA, records"}
SHOWN, WORST = 8, 4  # rows of a table, and of each figure
QUOTE = '"'
Row = tuple[float, str, str, str, str]
BAR = 10  # blocks of a full bar


def of_study(opened: Opened) -> str:
    """Return a study in Markdown."""
    found = opened.document
    return document(
        (
            f"### {found['verdict'].upper()}: {text(found['scenario'])}",
            text(" ".join((*sentences(found), stopped(found)))),
            _objectives(found),
            _figures(found),
            f"{made(opened)} To run {'the first point' if len(found['points']) > 1 else 'it'} again:",
            command(_again(opened)),
        )
    )


def made(opened: Opened) -> str:
    """Return with what a study was made, in a sentence."""
    of = opened.document
    return f"Seed {of['seed']}, sim {of['versions']['sim'] or 'from its source'}."


def _again(opened: Opened) -> str:
    scenario = shlex.quote(str(opened.folder / "scenario-0.yaml"))
    return f"sim run {scenario} --trials {opened.document['trials']} --seed {opened.document['seed']}"


def _objectives(found: Document) -> str:
    """Return the objectives of all points, the worst first, each with a bar of the trials that met it."""
    swept = len(found["points"]) > 1
    rulings = [(short(point), one) for point in found["points"] for one in point["sla"]]
    rulings.sort(key=lambda pair: WORST_FIRST.index(pair[1]["verdict"]))
    rows = [
        (
            verdict(one["verdict"]), code(one["id"]), *([code(label)] if swept else []), asks(one), met(one),
            share(one),
        )
        for label, one in rulings
    ]  # fmt: skip
    head = ("", "objective", *(["at"] if swept else []), "asks", "met in", "of all runs")
    return shown(head, rows, SHOWN) if rows else "No objectives are set."


def short(point: Document) -> str:
    """Return which point of a sweep it is: the last part of each path, and its value; "" without a sweep."""
    knobs = [text.partition("=") for text in point["sets"]] if point["label"] else []
    names = [path.rpartition(".")[2] for path, _, _ in knobs]
    told = names if len(set(names)) == len(names) else [path for path, _, _ in knobs]
    return ", ".join(f"{name}={value.strip(QUOTE)}" for name, (_, _, value) in zip(told, knobs, strict=True))


def asks(one: Document) -> str:
    """Return what an objective asks for, and of which share of runs."""
    over = f" over {one['over']}" if one["over"] else ""
    share = "" if one["in"] is None else f" in {one['in'] * 100:.10g}%"
    return code(f"{one['metric']} {one['of']}{over} {one['must']}{share}")


def met(one: Document) -> str:
    """Return in how many trials an objective was met, as numbers and as a bar."""
    ran = one["met"] + one["missed"] + one["undecided"] + one["broken"]
    full = round(BAR * one["met"] / ran) if ran else 0
    return f"`{'█' * full}{'░' * (BAR - full)}` {one['met']:,}/{ran:,}"


def share(one: Document) -> str:
    """Return which share of all runs meets an objective, as its interval."""
    found = one["fraction"]
    return NOTHING if found is None else f"{percent(found['low'])} to {percent(found['high'])}"


def _figures(found: Document) -> str:
    """Return recovery times and losses: median and 95th percentile, with intervals, the worst first."""
    rows = [row[1:] for name in FIGURES for row in sorted(_measured(found, name), key=_badly)[:WORST]]
    head = ("figure", "of", "median", "95th percentile")
    return table(head, rows, right=(2, 3)) if rows else ""


def _badly(row: Row) -> float:
    return -row[0]


def _measured(found: Document, name: str) -> Iterator[Row]:
    """Yield how bad a figure is, its title, of what and where, and its statistics."""
    for point in found["points"]:
        for of, figures in point["estimates"].items():
            if name in figures:
                one, where = figures[name], f" at {short(point)}" if point["label"] else ""
                worst = one["p95"]["value_high"]
                rank = inf if worst is None else worst
                yield rank, FIGURES[name], code(of + where), _statistic(one, "p50"), _statistic(one, "p95")


def _statistic(one: Document, name: str) -> str:
    """Return a statistic with its interval; a bound that so few trials do not set is ``?``."""
    write = duration if one["unit"] == "s" else count
    low, high = ("?" if one[name][end] is None else write(one[name][end]) for end in ("low", "high"))
    value = one[name]["value_high"]
    return f"{'no bound' if value is None else write(value)} ({low} to {high})"
