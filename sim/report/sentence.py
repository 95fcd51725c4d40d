"""What a manager needs of a run, in a few sentences: how long, why, what is lost, what is near its limit."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.quantities import count, duration, percent, plural

Document = Mapping[str, Any]
# phase -> what the time was spent on, after "44 % of it"
SPENT_ON = {
    "detect": "until the failure was noticed",
    "decide": "until somebody had decided",
    "fence": "until the old primary was fenced",
    "promote": "promoting the new primary",
    "reroute": "until clients and consumers were sent there",
    "repair": "until the fault was over",
    "replay": "replaying",
    "reconcile": "reconciling",
    "catch_up": "catching up",
}


def sentences(document: Document) -> list[str]:
    """Return what a run comes to, from its document: the longest recovery, the loss, the closest limit."""
    return [_down(document), _lost(document), *_limit(document)]


def _down(document: Document) -> str:
    """Say how long the slowest capability was down, and what most of that was."""
    found = {name: one for name, one in document["recovery"].items() if one["episodes"]}
    if not found:
        return "Nothing was down."
    lasting = {name: one for name, one in found.items() if one["rta_s"] is None}
    if lasting:
        name, one = max(lasting.items(), key=lambda item: item[1]["censored_after_s"] or 0.0)
        others = f", and so were {len(lasting) - 1} more" if len(lasting) > 1 else ""
        return f"{name} was still down when the run ended, after {duration(one['censored_after_s'])}{others}."
    requests = {name: one for name, one in found.items() if name.endswith((".read", ".write"))}
    name, one = max((requests or found).items(), key=lambda item: item[1]["rta_s"])
    phase, spent = max(one["phases"].items(), key=lambda item: item[1], default=("", 0.0))
    why = f": {duration(spent)} of it {SPENT_ON[phase]}" if spent else ""
    return f"{name} was down for {duration(one['rta_s'])}{why}."


def _lost(document: Document) -> str:
    """Say how many acknowledged records are gone, and how many are out of reach."""
    bounds = {store: one["bounds"]["records"] for store, one in document["loss"].items()}
    sure = sum(one["low"] for one in bounds.values())
    worst = [one["high"] for one in bounds.values()]
    names = ", ".join(f"{store} {count(one['low'])}" for store, one in bounds.items() if one["low"])
    of = f" ({names})" if names else ""
    if None in worst:
        return f"Lost: at least {plural(sure, 'acknowledged record')}{of}; how many more nobody can say."
    if sum(worst) > sure:
        return (
            f"Lost: {count(sure)} to {count(sum(worst))} acknowledged records{of}; the rest is out of reach."
        )
    return f"Lost: {plural(sure, 'acknowledged record')}{of}." if sure else "No acknowledged record was lost."


def _limit(document: Document) -> Iterator[str]:
    """Say which objectives are missed or undecided; if none is, which is closest to its limit."""
    told = {
        verdict: [one["id"] for one in document["sla"] if one["verdict"] == verdict]
        for verdict in ("missed", "undecided")
    }
    for verdict, ids in told.items():
        if ids:
            more = f" and {len(ids) - 3} more" if len(ids) > 3 else ""
            yield f"{verdict.capitalize()}: {', '.join(ids[:3])}{more}."
    if not any(told.values()):
        closest = max(document["sla"], key=_used, default=None)
        if closest is not None and _used(closest) > 0:
            yield f"Closest to its limit: {closest['id']}, {percent(_used(closest))} of it used."


def _used(objective: Mapping[str, Any]) -> float:
    """Return which share of an upper limit above 0 a met objective used, 0 where there is no such limit."""
    from sim.core.quantity import QuantityError
    from sim.spec.objectives.predicates import parse_predicate

    try:
        bound = parse_predicate(objective["must"])
    except QuantityError:
        return 0.0
    if objective["high"] is None or bound.value <= 0 or bound.op not in ("<", "<="):
        return 0.0
    limit = bound.value / 1e9 if bound.unit == "duration" else bound.value
    return float(objective["high"]) / limit
