"""Verdicts: figures and objectives to met, missed or undecided.

An undecided objective never reads as a pass: a censored recovery time below its bound, an empty population
and a fault that never took effect all leave the question open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.measure.orders.metrics import METRICS as ORDER_METRICS
from sim.measure.orders.metrics import order_value
from sim.measure.path.metrics import METRICS as PATH_METRICS
from sim.measure.path.metrics import path_value
from sim.spec.predicates import CAPABILITY_METRICS, FRESHNESS_METRICS, REQUEST_METRICS

if TYPE_CHECKING:
    from sim.spec.models import Objective
    from sim.spec.predicates import Bound

MET, MISSED, UNDECIDED = "met", "missed", "undecided"
PASS, FAIL, INCONCLUSIVE = 0, 1, 3  # exit codes
NS = 10**9
LATENCIES = {"latency_p50": "p50_s", "latency_p99": "p99_s", "latency_p999": "p999_s"}
RECOVERY_POINTS = ("rpa_records", "rpa_window", "rpa_after_replay", "diverged")
OF_READS = ("stale_reads", "staleness_max", "staleness_p99", "behind_max")  # of a store
OF_USES = (*CAPABILITY_METRICS, *REQUEST_METRICS, *FRESHNESS_METRICS, *OF_READS)
NOTHING = "nothing to measure"
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value in the base unit of its bound (ns, count or fraction).

    None if the population is empty. ``at_least``: censored there.
    """

    value: float | None
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One objective judged. ``value`` is in ns, a count or a fraction; None: no value."""

    id: str
    metric: str
    of: str
    must: str
    value: float | None
    censored: bool
    verdict: str
    why: str = ""


def judge(
    figures: Mapping[str, Any], objectives: Mapping[str, "Objective"], faults: Mapping[str, Mapping[str, Any]]
) -> list[Verdict]:
    """Return a verdict for each objective. ``faults``: id -> {"fired": bool}."""
    idle = sorted(name for name, fault in faults.items() if not fault["fired"])
    return [_judge_one(name, objective, figures, idle) for name, objective in objectives.items()]


def overall(verdicts: list[Verdict], faults: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the exit code, worst first: an objective missed, anything undecided, pass."""
    found = {v.verdict for v in verdicts}
    if MISSED in found:
        return FAIL
    return (
        INCONCLUSIVE if UNDECIDED in found or any(not fault["fired"] for fault in faults.values()) else PASS
    )


def measured(figures: Mapping[str, Any], metric: str, of: str, *, fraction: bool = False) -> Measured:
    """Return what ``metric`` came to.

    ``of``: a capability (orders.write), a store (orders), a stage, consumer or zone of the data path
    (orders.raw) or, for exposure, a standby (orders/us-west).
    KeyError if there is no such thing.
    """
    if metric in ORDER_METRICS:
        return Measured(order_value(figures, metric, of))
    if metric in PATH_METRICS:
        value, seconds = path_value(figures, metric, of)
        return Measured(_ns(value) if seconds else value)
    if metric in ("rta", "downtime", "failed_requests"):
        return _recovery(figures["recovery"][of], metric, fraction)
    if metric in LATENCIES:
        return Measured(_ns(figures["latency"][of][LATENCIES[metric]]))
    if metric == "exposure_max_records":
        store, _, standby = of.partition("/")
        curves = figures["exposure"][store]
        chosen = [curves[standby]] if standby else curves.values()
        return Measured(max((c["cut"]["records_max"] for c in chosen), default=None))
    if metric in RECOVERY_POINTS:
        return _loss(figures, metric, of)
    return _consistency(figures["consistency"][of], metric, fraction)


def _judge_one(name: str, objective: "Objective", figures: Mapping[str, Any], idle: list[str]) -> Verdict:
    bound = objective.must
    got = measured(figures, objective.metric, objective.of, fraction=bound.unit == "fraction")
    verdict, why = _decide(bound, got)
    if untested(figures, objective.metric, objective.of) and not _missed_anyhow(verdict, bound):
        verdict, why = UNDECIDED, NOTHING
    if idle:
        verdict, why = UNDECIDED, f"fault {', '.join(idle)} never took effect"
    return Verdict(name, objective.metric, objective.of, str(bound), got.value, got.at_least, verdict, why)


def untested(figures: Mapping[str, Any], metric: str, of: str) -> bool:
    """Return whether a metric is about operations of which there was none while faults put it to the test."""
    capability = f"{of}.read" if metric in OF_READS else of
    return metric in OF_USES and not figures["recovery"][capability]["tested"]


def _missed_anyhow(verdict: str, bound: "Bound") -> bool:
    """Return whether an upper limit is missed already: no more operations would have mended that."""
    return verdict == MISSED and bound.op in ("<", "<=")


def _decide(bound: "Bound", got: Measured) -> tuple[str, str]:
    if got.value is None:
        return UNDECIDED, NOTHING
    if not got.at_least:
        return (MET if bound.holds(got.value) else MISSED), ""
    if bound.op in ("<=", "<") and got.value >= bound.value:
        return MISSED, "not over when the run ended"
    if bound.op in (">=", ">") and bound.holds(got.value):
        return MET, "not over when the run ended"
    if bound.op in ("==", "!=") and got.value > bound.value:
        return (MISSED if bound.op == "==" else MET), "not over when the run ended"
    return UNDECIDED, "the run ended before the recovery was complete"


def _recovery(capability: Mapping[str, Any], metric: str, fraction: bool) -> Measured:
    population = capability["operations"]
    if not population:
        return Measured(None)
    if metric == "downtime":
        return Measured(_ns(capability["downtime_s"]))
    if metric == "failed_requests":
        failed = capability["failed_requests"]
        return Measured(failed / population if fraction else failed)
    if capability["rta_s"] is None:
        return Measured(_ns(capability["censored_after_s"]), at_least=True)
    return Measured(_ns(capability["rta_s"]))


def _loss(figures: Mapping[str, Any], metric: str, of: str) -> Measured:
    loss = figures["loss"][of]
    if not figures["conservation"][of]["acks"]["acknowledged"]:
        return Measured(None)
    if metric == "rpa_window":
        return Measured(_ns(loss["window_s"]))
    if metric == "rpa_after_replay":
        return Measured(loss.get("records_after_replay", loss["records"]))  # no bus: no replay
    return Measured(loss["records" if metric == "rpa_records" else "diverged"])


def _consistency(store: Mapping[str, Any], metric: str, fraction: bool) -> Measured:
    if metric in GUARANTEES:
        return Measured(store[metric]["violations"] if store[metric]["judged"] else None)
    if not store["reads"]:
        return Measured(None)
    if metric == "stale_reads":
        return Measured(store["stale_fraction"] if fraction else store["stale_reads"])
    if metric == "behind_max":
        return Measured(store["versions_behind_max"])
    return Measured(_ns(store[f"{metric}_s"]))


def _ns(seconds: float | None) -> int | None:
    """Return whole ns; exact, since a figure in seconds came from whole ns below 2**53."""
    return None if seconds is None else round(seconds * NS)
