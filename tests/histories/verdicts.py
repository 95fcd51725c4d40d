"""What objectives come to on hand-made histories and figures, below, between and above their bounds."""

from collections.abc import Iterator
from math import inf
from typing import Any

from sim.measure.bounds import Bounds
from sim.measure.figures import Figures
from sim.measure.verdict import decide, judge
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.predicates import OPERATORS, parse_predicate
from sim.spec.scenario import Objective
from tests.histories import bad
from tests.records import figures as made

BOUNDS = (
    Bounds.exactly(5),
    Bounds.between(3, 7, "why"),
    Bounds.between(3, inf, "why"),
    Bounds.exactly(inf),
    None,
)
ASKED = {
    "lossy_failover": (("rpa_records", "orders"), ("rpa_window", "orders"), ("diverged", "orders")),
    "out_of_reach": (("rpa_records", "orders"), ("rpa_window", "orders"), ("rpa_after_replay", "orders")),
    "outage": (("rta", "orders.read"), ("downtime", "orders.read")),
    "standby_behind": (("caught_up", "orders.read"),),
}


def said() -> dict[str, Any]:
    """Return case -> verdict and bounds, or what is decided."""
    cases = {f"{op} {value} {bounds}": decide(parse_predicate(f"{op} {value}"), bounds)[0]
             for op in OPERATORS for value in (2, 3, 5, 7, 8) for bounds in BOUNDS}  # fmt: skip
    return {**cases, **dict(_judged())}


def _judged() -> Iterator[tuple[str, Any]]:
    stage = {
        "delivered": 5,
        "in_flight": 0,
        "stranded": 3,
        "dropped": 0,
        "lost": 1,
        "records_after_replay": 1,
    }
    yield "stage", _of(made(waterfall={"orders": {"raw": stage}}), "records_lost", "orders.raw")
    figures = {
        "lossy_failover": bad.lossy_failover().measured(),
        "out_of_reach": bad.out_of_reach().measured(),
        "outage": bad.outage(end=44).measured(),
        "standby_behind": bad.standby_behind().measured(),
    }
    for name, asked in ASKED.items():
        for metric, of in asked:
            yield f"{name} {metric}", _of(figures[name], metric, of)


def _of(figures: Figures, metric: str, of: str) -> list[str]:
    unit = "s" if METRICS[metric].in_seconds else ""
    objective = Objective.model_construct(
        metric=metric, of=of, must=parse_predicate(f"<= 2{unit}"), over=None
    )
    (found,) = judge(figures, {"x": objective}, {})
    return [found.verdict, str(found.bounds)]
