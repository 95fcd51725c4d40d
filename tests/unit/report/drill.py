"""A drill written by hand, for the tests of reports and of the command line."""

from dataclasses import replace
from math import inf
from typing import Any

from sim.journal.milestones import Milestone
from sim.measure.bounds import Bounds
from sim.measure.figures import Figures
from sim.measure.verdict import Verdict as Judged
from sim.outcome import FaultFigures, ObjectiveFigures, Outcome, Performance, objective_of
from tests.milestones import milestone
from tests.records import read

S = 1_000_000_000
DOMAINS = ("customers", "inventory", "orders", "payments")
CLIENTS = ("ap-south", "eu-west", "us-east")
POWER = {"fired": True, "status": "fired", "started_s": 1800.0, "healed_s": 4200.0}
VALUES: dict[str, dict[str, Any]] = {
    "fault.started": {"fault_kind": "region_outage"}, "observer.unhealthy": {"failures": 3},
    "checker.unhealthy": {"failures": 3}, "answer": {"region": "eu-west"}, "promoting": {"waiting": 12},
    "promoted": {"timeline": 2, "last": 104_300}, "rerouted": {"region": "eu-west"},
    "rewinding": {"abandoned": 300}, "rejoined": {"first": 104_301},
}  # fmt: skip
NOT_OVER = "it did not serve again before the run ended"


def milestones() -> list[Milestone]:
    """All that happens when us-east goes down at 30 minutes and is back at 70, as the world reports it."""
    rows: list[tuple[float, str, str]] = [
        (1800, "fault.started", "fault/power"),
        (1800, "region.down", "us-east"),
    ]
    rows += [(1800, "node.down", f"{d}/us-east") for d in DOMAINS]
    rows += [(1800, "primary.lost", d) for d in DOMAINS]
    for i, d in enumerate(DOMAINS):
        rows += [
            (1812 + i + j, "observer.unhealthy", f"{d}/observer/{r}")
            for j, r in enumerate(("ap-south", "eu-west"))
        ]
        rows += [
            (1826 + i + 2 * j, "checker.unhealthy", f"{d}/check/{c}/us-east") for j, c in enumerate(CLIENTS)
        ]
        rows += [(1826 + i + 2 * j, "answer", f"{d}/dns/{c}") for j, c in enumerate(CLIENTS)]
        rows += [
            (1813 + i, "declared", d),
            (1813 + i, "decided", d),
            (1830 + i, "fenced", d),
            (1830 + i, "promoting", f"{d}/eu-west"),
            (1835 + i, "promoted", f"{d}/eu-west"),
            (1836 + i, "rerouted", f"{d}/route/eu-west"),
            (1836 + i, "rerouted", f"{d}/route/ap-south"),
            (4215 + i, "node.up", f"{d}/us-east"),
            (4216 + i, "rewinding", f"{d}/us-east"),
            (4276 + i, "rejoined", f"{d}/us-east"),
            (4240 + i, "checker.healthy", f"{d}/check/us-east/us-east"),
            (4540 + i, "answer", f"{d}/dns/us-east"),
        ]
    rows += [
        (4200, "fault.healed", "fault/power"),
        (4200, "region.up", "us-east"),
    ]
    rows.sort(key=lambda row: row[0])
    return [
        milestone(i, int(at * S), kind, subject, i - 1 if i else None, **VALUES.get(kind, {}))
        for i, (at, kind, subject) in enumerate(rows)
    ]


def witness(**changes: Any) -> dict[str, Any]:
    """A violation as the measures report it."""
    row = {
        "rid": 5,
        "session": 17 << 20,
        "key": 5,
        "send_ns": 1836 * S,
        "end_ns": 1837 * S,
        "client": 0,
        "node": 1,
    }
    return {**row, "version": 1 << 40 | 86, "earlier_rid": 3, "earlier_version": 1 << 40 | 88, **changes}


def guarantee(violations: int, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The figures of one session guarantee."""
    return {"violations": violations, "judged": 3_200_000, "witness": found}


def curve(records: int, age_s: float) -> dict[str, Any]:
    """An exposure curve with one peak."""
    return {
        "records_max": records,
        "records_max_at_s": 1800.0,
        "records_mean": records / 6,
        "age_max_s": age_s,
        "age_max_at_s": 1800.0,
        "age_mean_s": age_s / 6,
        "series": {"step_s": 1800.0, "records": [0, records, 0, 0], "age_s": [0.0, age_s, 0.0, 0.0]},
    }


def recoveries() -> dict[str, Any]:
    """A capability that was down, one that never was, and one that was not back at the end."""
    phases = {"detect": 13.2, "decide": 0.0, "fence": 16.8, "promote": 5.0, "reroute": 60.4, "repair": 0.0}
    episode = {
        "started_s": 1800.0,
        "recovered_s": 1895.4,
        "rta_s": 95.4,
        "downtime_s": 90.0,
        "failed_requests": 20_412,
    }
    down = {
        "rta_s": 95.4,
        "rta_ns": 95_400_000_000,
        "censored_after_s": None,
        "downtime_s": 90.0,
        "operations": 3_400_000,
        "failed_requests": 20_412,
        "slow_requests": 310,
        "tested": True,
        "serving_again_s": 95.4,
        "caught_up_s": 101.0,
        "phases": {**phases, "catch_up": 0.0},
        "chain": [0, 1, 2],
        "episodes": [episode],
        "by_client": {},
    }
    good = {
        "downtime_s": 0.0,
        "failed_requests": 0,
        "slow_requests": 0,
        "phases": {},
        "chain": [],
        "episodes": [],
    }
    never = {**down, **good, "rta_s": 0.0, "rta_ns": 0, "serving_again_s": 0.0, "caught_up_s": 0.0}
    not_over = {
        "rta_s": None,
        "rta_ns": None,
        "censored_after_s": 2700.0,
        "serving_again_s": None,
        "caught_up_s": None,
    }
    return {"orders.write": down, "orders.read": never, "payments.write": {**down, **not_over, "phases": {}}}


def losses() -> dict[str, Any]:
    """A store that lost records for two reasons, and one that lost none."""
    cause = {"diverged": 0, "paused": 0, "send_queue": 1100, "wire": 103, "node": 0}
    counts = ("records", "bytes", "info_lost", "info_stranded", "diverged", "avoidable", "salvageable")
    more = ("stranded", "diverged_stranded", "destroyed")
    none = {
        **dict.fromkeys((*counts, *more), 0),
        "window_s": 0.0,
        "window_over_s": None,
        "stranded_window_s": 0.0,
        "cause": dict.fromkeys(cause, 0),
        "named_cause": None,
        "recoveries": [],
        "where": [],
    }
    lost = {"records": 1203, "window_s": 2.41, "bytes": 2_463_744, "info_lost": 17, "avoidable": 4}
    lost |= {"salvageable": 1203, "cause": cause, "named_cause": "send_queue"}
    return {
        name: {**one, "bounds": bounded(one)} for name, one in (("orders", none | lost), ("payments", none))
    }


def bounded(loss: dict[str, Any]) -> dict[str, Any]:
    """The bounds of a loss of which nothing is out of reach."""
    found = {name: loss[name] for name in ("records", "window_s", "diverged")}
    found["records_after_replay"] = loss["records"]
    return {name: {"low": value, "high": value, "reason": ""} for name, value in found.items()}


def sights() -> dict[str, Any]:
    """The consistency of a store with stale reads, and of one that nobody read."""
    seen = {"reads": 3_200_000, "stale_reads": 1600, "stale_fraction": 0.0005, "staleness_p50_s": 0.0}
    seen |= {
        "staleness_p99_s": 0.21,
        "staleness_p999_s": 1.1,
        "staleness_max_s": 3.4,
        "staleness_mean_s": 0.001,
    }
    seen |= {
        "versions_behind_max": 12,
        "versions_behind_mean": 0.002,
        "read_your_writes": guarantee(31, witness()),
    }
    seen |= {"monotonic_reads": guarantee(4, witness(version=0))}
    seen |= {"monotonic_writes": guarantee(0), "writes_follow_reads": guarantee(0)}
    kept = dict.fromkeys(
        ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads"), guarantee(0)
    )
    return {"orders": seen, "payments": {**dict.fromkeys(seen), "reads": 0, "stale_reads": 0, **kept}}


def figures() -> dict[str, Any]:
    """The figures of that drill."""
    latency = {"p50_s": 0.012, "p99_s": 0.081, "p999_s": 0.4, "max_s": 2.0, "n": 1_000_000}
    return {
        "recovery": recoveries(),
        "latency": dict.fromkeys(recoveries(), latency),
        "loss": losses(),
        "exposure": {
            "orders": {"eu-west": {"crash": curve(1300, 2.6), "cut": curve(1400, 2.6)}},
            "payments": {"eu-west": {"crash": curve(0, 0.0), "cut": curve(0, 0.0)}},
        },
        "consistency": sights(),
        "operations": {
            "orders.write": {"ok": 999_000, "fail": 0, "info": 1000, "open": 0, "attempts": 1_020_000}
        },
        "conservation": {},
    }


def objective(
    name: str, measure: tuple[str, str], must: str, bounds: Bounds, verdict: str = "met"
) -> ObjectiveFigures:
    """An objective, judged in the units of the measures: ns, a count or a fraction."""
    return objective_of(Judged(name, *measure, must, bounds, verdict, bounds.reason))


def drill(**changes: Any) -> Outcome:
    """The outcome of that drill, with ``changes``; figures and faults as documents have them."""
    for name in changes.keys() & {"figures", "control"}:
        changes[name] = read(Figures, changes[name])
    if "faults" in changes:
        changes["faults"] = {name: read(FaultFigures, fault) for name, fault in changes["faults"].items()}
    objectives = [
        objective("orders-rto", ("rta", "orders.write"), "<= 5m", Bounds.exactly(95_400_000_000)),
        objective("orders-rpo", ("rpa_window", "orders"), "<= 1s", Bounds.exactly(2_410_000_000), "missed"),
        objective("no-loss", ("rpa_records", "payments"), "== 0", Bounds.exactly(0)),
        objective(
            "pay-rto",
            ("rta", "payments.write"),
            "<= 2h",
            Bounds.between(2700 * S, inf, NOT_OVER),
            "undecided",
        ),
        objective("fresh", ("stale_reads", "orders"), "<= 0.1%", Bounds.exactly(0.0005)),
    ]
    made = Outcome(
        scenario="Lose the primary region at peak",
        digest="3fa9c17e5b20d4418c6f",
        seed=0,
        figures=read(Figures, figures()),
        milestones=milestones(),
        faults={"power": read(FaultFigures, POWER)},
        objectives=objectives,
        verdict="fail",
        exit_code=1,
        performance=Performance(
            wall_s=4.12,
            rows=60_000_000,
            writes=3_600_000,
            stage_operations=21_000_000,
            peak_rss_bytes=400_000_000,
        ),
        journal_digest="77aa",
        trust=[
            "Replication uses a fixed share of each link and borrows nothing, so a real link may do better."
        ],
    )
    return replace(made, **changes)
