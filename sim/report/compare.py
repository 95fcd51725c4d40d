"""A comparison of two designs, as a page and as one JSON document."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sim.core.errors import Problem, SpecError
from sim.report.opened import Opened
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import count, duration, percent, plural
from sim.stats.estimate import Estimate
from sim.studies.compare import Difference
from sim.studies.judgement import Ruling

FIRST = ("recovery.rta_s", "loss.records", "loss.window_s")  # figures that reviews ask for
APART = "that cannot be told apart"
Ruled = tuple[Sequence[Ruling], Sequence[Ruling]]  # of both designs


def page(
    found: Sequence[Difference],
    *,
    before: str,
    after: str,
    trials: int,
    broken: Sequence[str] = (),
    ruled: Ruled = ((), ()),
) -> list[ReportSection]:
    """Return what differs: objectives, then recovery and loss, then the rest, the largest effect first.

    ``broken``: of each design, what is to be said of trials that broke; "" if none did. ``ruled``: what both
    say of their objectives.
    """
    first, rest = parted(found)
    lost = [f"{text}; such a trial is not compared" for text in broken if text]
    return [
        ReportSection(
            "", (f"{before} against {after}", f"{plural(trials, 'trial')} of each, on the same draws", *lost)
        ),
        *_objectives(*ruled),
        ReportSection("Recovery and loss", _moved(first)),
        ReportSection("What else differs", _moved(rest)),
        ReportSection("How to read this", _notes(found)),
    ]


def comparable(before: Opened, after: Opened) -> None:
    """Return if both are studies of one point, with the same seed; SpecError if they are not."""
    swept = [one for one in (before, after) if len(one.document["points"]) > 1]
    if swept:
        raise SpecError([Problem(f"{swept[0].folder} is a sweep: it has no pairs of trials to compare")])
    seeds = [one.document["seed"] for one in (before, after)]
    if seeds[0] != seeds[1]:
        why = f"the studies have the seeds {seeds[0]} and {seeds[1]}: their trials are not on the same draws"
        raise SpecError([Problem(why, "run one again with --seed of the other")])


def parted(found: Iterable[Difference]) -> tuple[list[Difference], list[Difference]]:
    """Return the figures that reviews ask for, and the others."""
    sides: tuple[list[Difference], list[Difference]] = ([], [])
    for one in found:
        sides[one.name[0] not in FIRST].append(one)
    return sides


def moved(found: Iterable[Difference]) -> list[Difference]:
    """Return those that differ, the largest effect first."""
    return sorted((one for one in found if one.differs), key=_effect)


def _effect(one: Difference) -> float:
    """Return what sorts the largest relative difference first."""
    apart = abs(one.after - one.before) / max(abs(one.before), 1e-9)
    return -math.inf if math.isnan(apart) else -apart


def figure_of(one: Difference) -> str:
    """Return a figure's name in words."""
    metric, of = one.name
    known = {
        "recovery.rta_s": "time to recovery",
        "loss.records": "records lost",
        "loss.window_s": "loss window",
    }
    return f"{known.get(metric, metric)} of {of}"


def estimate(one: Difference) -> Estimate:
    """Return the mean difference, or the median where a mean has no bounds."""
    return one.mean if math.isfinite(one.mean.low) else one.median


def difference(one: Difference) -> str:
    """Write the difference of a figure with its interval."""
    return signed(estimate(one), one.unit)


def _objectives(before: Sequence[Ruling], after: Sequence[Ruling]) -> list[ReportSection]:
    """Return the objectives that come out differently; of the others, how many there are."""
    sides = [{ruling.id: ruling for ruling in side} for side in (before, after)]
    rows, same = [], 0
    for name in dict.fromkeys((*sides[0], *sides[1])):
        told = [_met(side.get(name)) for side in sides]
        same += told[0] == told[1]
        if told[0] != told[1]:
            ruling = sides[0].get(name) or sides[1][name]
            rows.append((name, asks(ruling), *told))
    if not rows and not same:
        return []
    table = [ReportTable(("objective", "asks", "before", "after"), tuple(rows))] if rows else []
    return [
        ReportSection(
            "Objectives", (*table, *_same(same, "objective", "with the same result", others=bool(rows)))
        )
    ]


def asks(ruling: Ruling) -> str:
    """Write what an objective asks for."""
    objective = ruling.objective
    return f"{objective.metric} of {objective.of} {objective.must}"


def _met(ruling: Ruling | None) -> str:
    """Write in how many trials an objective was met, and what that comes to."""
    if ruling is None:
        return "not there"
    return f"{ruling.verdict}, met in {ruling.counts.met:,} of {ruling.counts.trials:,}"


def _moved(found: Sequence[Difference]) -> tuple[str | ReportTable, ...]:
    """Return a row for each figure that differs, the largest effect first, and how many do not."""
    differing = moved(found)
    rows = tuple(
        (
            f"{d.name[0]} {d.name[1]}",
            number(d.before, d.unit),
            number(d.after, d.unit),
            "-" if math.isnan(d.noise_left) else percent(d.noise_left),
            difference(d),
        )
        for d in differing
    )
    head = ("figure", "before", "after", "noise left", "difference, 95 % interval")
    table = (ReportTable(head, rows, frozenset({1, 2, 3})),) if rows else ()
    return (*table, *_same(len(found) - len(differing), "figure", APART, others=bool(rows)))


def _same(number: int, noun: str, same: str, *, others: bool) -> Iterator[str]:
    """Say of how many the same is true; ``others``: beside some of which it is not."""
    if number or not others:
        yield f"{'and ' if others else ''}{plural(number, noun)} {same}"


def _notes(found: Sequence[Difference]) -> tuple[str, ...]:
    compared = plural(len(found), "figure")
    return (
        "- noise left: the variance of the differences, of that of trials with draws of their own.",
        f"- {compared} were compared, each at 95 %: one in 20 may seem to differ by luck.",
        "- --json has all of them.",
    )


def document(
    found: Sequence[Difference], *, before: str, after: str, trials: int, broken: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what ``--json`` prints; ``broken`` as of ``page``."""
    return {
        "before": before,
        "after": after,
        "trials": trials,
        "broken": [text for text in broken if text],
        "differences": [
            {
                "metric": d.name[0],
                "of": d.name[1],
                **{k: v for k, v in asdict(d).items() if k != "name"},
                "differs": d.differs,
            }
            for d in found
        ],
    }


def number(value: float, unit: str) -> str:
    """Write a mean with its unit."""
    if math.isinf(value):
        return "no bound"
    if unit == "s":
        return duration(value)
    return percent(value) if unit == "1" else count(value)


def signed(estimate: Estimate, unit: str) -> str:
    """Write a difference and its interval, each with its sign."""
    value, low, high = (_sign(x, unit) for x in (estimate.value, estimate.low, estimate.high))
    return value if low == high == value else f"{value} ({low} to {high})"


def _sign(value: float, unit: str) -> str:
    if math.isinf(value) or math.isnan(value):
        return "?"
    return ("+" if value >= 0 else "-") + number(abs(value), unit)
