"""What a manager needs of a study, in a few sentences, from its document."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.quantities import count, duration, plural

Document = Mapping[str, Any]
WORST_FIRST = ("fail", "inconclusive", "pass")
SHOWN = 3  # of a list in a sentence
CAME_TO = (("fail", "missed one"), ("inconclusive", "left one open"), ("error", "broke"))


def sentences(document: Document) -> list[str]:
    """Return what a study comes to: its trials or its points, what is not met and why, time and loss."""
    points = document["points"]
    if len(points) > 1:
        return [_points(points), *_frontier(points), *_open(points)]
    (point,) = points
    return [_trials(document["trials"], point), *_open(points), *_measured(point)]


def stopped(document: Document) -> str:
    """Return how many trials there are, and why no more."""
    trials, cap, until = document["trials"], document["cap"], document["until"]
    each = " at each point" if len(document["points"]) > 1 else ""
    if until == "trials":
        return (
            f"{plural(trials, 'trial')} were run{each}: as many as were asked for."
            if trials != 1
            else (f"One trial was run{each}, as was asked for: it is an anecdote, not a distribution.")
        )
    aim = "every objective was decided" if until == "decided" else f"means were known to within {until}"
    if document["capped"]:
        return f"{plural(trials, 'trial')} were run{each}, the most that were allowed, before {aim}."
    return f"{plural(trials, 'trial')} were run{each}, of {cap:,} that were allowed: then {aim}."


def _trials(trials: int, point: Document) -> str:
    """Say what became of the trials."""
    verdicts = point["verdicts"]
    if not point["sla"]:
        broke = f", {verdicts['error']:,} broke" if verdicts.get("error") else ""
        return f"{plural(trials, 'trial')} without an objective: nothing was judged{broke}."
    rest = [f"{verdicts[outcome]:,} {words}" for outcome, words in CAME_TO if verdicts.get(outcome)]
    met = verdicts.get("pass", 0)
    if not rest:
        return (
            f"All {plural(trials, 'trial')} met every objective."
            if trials > 1
            else "The trial met every objective."
        )
    return f"{met:,} of {plural(trials, 'trial')} met every objective; {', '.join(rest)}."


def _points(points: list[Document]) -> str:
    found = Counter(point["verdict"] for point in points)
    words = {"pass": "meet every objective", "fail": "miss one", "inconclusive": "leave one open"}
    told = ", ".join(
        f"{found[verdict]:,} {words[verdict]}" for verdict in reversed(WORST_FIRST) if found[verdict]
    )
    return f"Of {len(points):,} points {told}."


def _frontier(points: list[Document]) -> Iterator[str]:
    best = [point["label"] for point in points if point["frontier"]["best"]]
    if best:
        named = _some(best) if len(best) <= SHOWN else f"{len(best):,} of them"
        yield f"On the frontier, where none is better in recovery, loss and cost: {named}."


def _open(points: list[Document]) -> Iterator[str]:
    """Say which objectives are not met and why, or at how many points."""
    for verdict, words in (("fail", "Not met"), ("inconclusive", "Undecided")):
        found: dict[str, list[str]] = {}
        for point in points:
            for one in point["sla"]:
                if one["verdict"] == verdict:
                    found.setdefault(one["id"], []).append(one["why"])
        told = [_placed(identity, why, len(points), alone=len(found) == 1) for identity, why in found.items()]
        if told:
            yield f"{words}: {_some(told)}."


def _placed(identity: str, why: list[str], points: int, *, alone: bool) -> str:
    """Name an objective; with the reason if it is alone, else with how many points of a sweep it is about."""
    if points > 1:
        return f"{identity} at {len(why):,} of {points:,} points"
    return f"{identity} ({why[0]})" if alone else identity


def _measured(point: Document) -> Iterator[str]:
    """Say how long the slowest recovery takes and how much is lost, at the 95th percentile."""
    slow = [
        (one["recovery.rta_s"]["p95"]["value_high"], of)
        for of, one in point["estimates"].items()
        if "recovery.rta_s" in one
    ]
    wanted = [(value, of) for value, of in slow if of.endswith((".read", ".write"))] or slow
    if wanted:
        value, of = max(wanted, key=lambda pair: (pair[0] is None, pair[0] or 0.0, pair[1]))
        yield (
            f"{of} was back in less than 95 % of the trials when they ended."
            if value is None
            else f"In 95 % of the trials {of}, the slowest, was back within {duration(value)}."
        )
    lost = {
        of: one["loss.records"]["p95"]["value_high"]
        for of, one in point["estimates"].items()
        if "loss.records" in one
    }
    if not lost:
        return
    told = [
        f"{of} {count(value) if value is not None else 'without bound'}"
        for of, value in lost.items()
        if value != 0
    ]
    if told:
        yield f"Acknowledged records lost in 95 % of the trials, at most: {_some(told)}."
    else:
        yield "Nothing acknowledged was lost in 95 % of the trials."


def _some(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return f"{'; '.join(found[:SHOWN])}{more}"
