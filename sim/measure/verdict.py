"""Verdicts: figures and objectives to met, missed or undecided.

What a run says of a figure has bounds. An objective is decided if every value between them gives the same
answer; an empty population and a fault that never took effect leave the question open too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING

from sim.core.quantity import format_duration
from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.figures import Figures
from sim.measure.orders.metrics import METRICS as ORDER_METRICS
from sim.measure.orders.metrics import order_value
from sim.measure.platform.metrics import METRICS as PATH_METRICS
from sim.measure.platform.metrics import path_value
from sim.measure.store.figures import ConsistencyFigures, ExposureFigures, GuaranteeFigures
from sim.spec.predicates import (
    CAPABILITY_METRICS,
    FRESHNESS_METRICS,
    LATENCY_METRICS,
    RATIO_METRICS,
    REQUEST_METRICS,
)

if TYPE_CHECKING:
    from sim.spec.predicates import Bound as Predicate
    from sim.spec.scenario import Objective

MET, MISSED, UNDECIDED = "met", "missed", "undecided"
PASS, FAIL, INCONCLUSIVE = 0, 1, 3  # exit codes
NS = 10**9
RECOVERY_POINTS = {
    "rpa_records": "records", "rpa_window": "window_s", "rpa_after_replay": "records_after_replay",
    "diverged": "diverged",
}  # fmt: skip  # of the bounds of a loss
ALL_GONE = "all of it was destroyed, with what lay before the run"
OF_READS = ("stale_reads", "staleness_max", "staleness_p99", "behind_max")  # of a store
OF_USES = (*CAPABILITY_METRICS, *REQUEST_METRICS, *FRESHNESS_METRICS, *OF_READS)
NOTHING = "nothing to measure"
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One objective judged. ``bounds`` are in ns, a count or a fraction; None: nothing was measured."""

    id: str
    metric: str
    of: str
    must: str
    bounds: Bounds | None
    verdict: str
    why: str = ""
    over: str = ""  # the length of the windows, if it is about the worst of them

    @property
    def value(self) -> float | None:
        """What the metric came to, where the run tells."""
        if self.bounds is None or not self.bounds.exact or self.bounds.low == inf:
            return None
        return self.bounds.low

    @property
    def censored(self) -> bool:
        """Whether it is a recovery that the run did not see to its end."""
        return self.metric == "rta" and self.bounds is not None and not self.bounds.exact


def judge(
    figures: Figures, objectives: Mapping[str, "Objective"], fired: Mapping[str, bool]
) -> list[Verdict]:
    """Return a verdict for each objective. ``fired``: fault -> whether it took effect."""
    idle = sorted(name for name, took_effect in fired.items() if not took_effect)
    return [_judge_one(name, objective, figures, idle) for name, objective in objectives.items()]


def overall(verdicts: list[Verdict], fired: Mapping[str, bool]) -> int:
    """Return the exit code, worst first: an objective missed, anything undecided, pass."""
    found = {v.verdict for v in verdicts}
    if MISSED in found:
        return FAIL
    return INCONCLUSIVE if UNDECIDED in found or not all(fired.values()) else PASS


def measured(
    figures: Figures, metric: str, of: str, *, fraction: bool = False, over: str = ""
) -> Bounds | None:
    """Return what ``metric`` came to, in the base unit of its predicates (ns, count or fraction).

    ``over``: in the worst window as long; "": in the whole run.

    ``of``: a capability (orders.write), a store (orders), a stage, consumer or zone of the data path
    (orders.raw) or, for exposure, a standby (orders/us-west). None if there was nothing to measure.
    KeyError if there is no such thing.
    """
    if metric in ORDER_METRICS:
        return exact_bounds(order_value(figures, metric, of))
    if metric in PATH_METRICS:
        return path_value(figures, metric, of)
    if metric in ("rta", "downtime", "failed_requests"):
        return _recovery(figures.recovery[of], metric, fraction)
    if metric in RATIO_METRICS:
        ratios = figures.ratios[of]
        return exact_bounds(getattr(ratios.windows[over] if over else ratios, metric))
    if metric in LATENCY_METRICS:
        return exact_bounds(getattr(figures.latency[of], metric.removeprefix("latency_") + "_s"), NS)
    if metric == "exposure_max_records":
        store, _, standby = of.partition("/")
        standbys = figures.exposure[store]
        return _exposed([standbys[standby]] if standby else list(standbys.values()))
    if metric in RECOVERY_POINTS:
        return _loss(figures, metric, of)
    return _consistency(figures.consistency[of], metric, fraction)


def decide(must: "Predicate", bounds: Bounds | None) -> tuple[str, str]:
    """Return whether a predicate is met, missed or undecided by a figure in ``bounds``, and why.

    Between two values a predicate changes at its own value alone: where it and both ends agree, all do.
    """
    if bounds is None:
        return UNDECIDED, NOTHING
    nearest = min(max(must.value, bounds.low), bounds.high)
    found = {must.holds(value) for value in (bounds.low, nearest, bounds.high)}
    if len(found) == 2:
        return UNDECIDED, bounds.reason
    return (MET if found.pop() else MISSED), ALL_GONE if bounds.low == inf else bounds.reason


def _judge_one(name: str, objective: "Objective", figures: Figures, idle: list[str]) -> Verdict:
    must, metric, of = objective.must, objective.metric, objective.of
    over = "" if objective.over is None else format_duration(objective.over)
    bounds = measured(figures, metric, of, fraction=must.unit == "fraction", over=over)
    verdict, why = decide(must, bounds)
    if untested(figures, metric, of) and not _missed_anyhow(verdict, must):
        verdict, why = UNDECIDED, NOTHING
    if idle:
        verdict, why = UNDECIDED, f"fault {', '.join(idle)} never took effect"
    return Verdict(name, metric, of, str(must), bounds, verdict, why, over)


def _exposed(standbys: Sequence[ExposureFigures]) -> Bounds | None:
    """Return the most records at risk; without bound if a standby lost its data, and all that it had had."""
    most = max((standby.cut.records_max for standby in standbys), default=None)
    if most is None or not any(standby.cut.emptied for standby in standbys):
        return exact_bounds(most)
    return Bounds.between(most, inf, "a standby lost its data: for a while nothing of the store was there")


def untested(figures: Figures, metric: str, of: str) -> bool:
    """Return whether a metric is about operations of which there was none while faults put it to the test."""
    capability = f"{of}.read" if metric in OF_READS else of
    return metric in OF_USES and not figures.recovery[capability].tested


def _missed_anyhow(verdict: str, must: "Predicate") -> bool:
    """Return whether an upper limit is missed already: no more operations would have mended that."""
    return verdict == MISSED and must.op in ("<", "<=")


def _recovery(capability: RecoveryFigures, metric: str, fraction: bool) -> Bounds | None:
    population = capability.operations
    if not population:
        return None
    if metric == "downtime":
        return exact_bounds(capability.downtime_s, NS)
    if metric == "failed_requests":
        failed = capability.failed_requests
        return exact_bounds(failed / population if fraction else failed)
    return recovery_time(capability)


def recovery_time(capability: RecoveryFigures) -> Bounds:
    """Return the bounds of a recovery time, in ns, of which the run may not have seen the end.

    If it served again it may have recovered then. Episodes that were over count too: the longest is what is
    asked for.
    """
    if capability.rta_s is not None:
        return Bounds.exactly(round(capability.rta_s * NS))
    again_s = capability.serving_again_s
    open_s = capability.censored_after_s if again_s is None else again_s
    assert open_s is not None, "a recovery that is not known has an end of the run"
    over_s = [episode.rta_s for episode in capability.episodes if episode.rta_s is not None]
    reason = "it did not serve again before the run ended"
    if again_s is not None:
        reason = "it served again, but the run ended before that had held"
    return Bounds.between(round(max([open_s, *over_s]) * NS), inf, reason)


def _loss(figures: Figures, metric: str, of: str) -> Bounds | None:
    """Return the bounds of a loss; without an acknowledged write only one of all there was is any."""
    bounds: Bounds = getattr(figures.loss[of].bounds, RECOVERY_POINTS[metric])
    found = bounds.times(NS) if metric == "rpa_window" else bounds
    if isfinite(found.high) and not figures.conservation[of].acks.acknowledged:
        return None
    return found


def _consistency(store: ConsistencyFigures, metric: str, fraction: bool) -> Bounds | None:
    if metric in GUARANTEES:
        guarantee: GuaranteeFigures = getattr(store, metric)
        return exact_bounds(guarantee.violations if guarantee.judged else None)
    if not store.reads:
        return None
    if metric == "stale_reads":
        return exact_bounds(store.stale_fraction if fraction else store.stale_reads)
    if metric == "behind_max":
        return exact_bounds(store.versions_behind_max)
    return exact_bounds(getattr(store, f"{metric}_s"), NS)
