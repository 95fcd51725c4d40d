"""What the metrics of objectives are on capabilities: how long and how often it went wrong, how slow."""

from math import inf

from sim.measure.asked import NS, Asked, Value
from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.figures import Figures
from sim.spec.objectives.metrics import METRICS


def recovery_time(capability: RecoveryFigures) -> Bounds:
    """Return the bounds of a recovery time, in ns, of which the run may not have seen the end.

    If it served again it may have recovered then. Episodes that were over count too: the longest is what is
    asked for.
    """
    if capability.seen.rta_s is not None:
        return Bounds.exactly(round(capability.seen.rta_s * NS))
    again_s = capability.serving_again_s
    open_s = capability.seen.censored_after_s if again_s is None else again_s
    assert open_s is not None, "a recovery that is not known has an end of the run"
    over_s = [episode.rta_s for episode in capability.seen.episodes if episode.rta_s is not None]
    reason = "it did not serve again before the run ended"
    if again_s is not None:
        reason = "it served again, but the run ended before that had held"
    return Bounds.between(round(max([open_s, *over_s]) * NS), inf, reason)


def _recovery_time(figures: Figures, asked: Asked) -> Bounds | None:
    capability = figures.recovery[asked.of]
    return recovery_time(capability) if capability.seen.operations else None


def _caught_up(figures: Figures, asked: Asked) -> Bounds | None:
    """Return the time until every standby was close behind again, in ns; it is after it served again."""
    capability = figures.recovery[asked.of]
    if not capability.seen.operations:
        return None
    if capability.caught_up_s is not None:
        return exact_bounds(capability.caught_up_s, NS)
    served = recovery_time(capability)
    return Bounds.between(served.low, inf, served.reason or "a standby had not caught up when the run ended")


def _downtime(figures: Figures, asked: Asked) -> Bounds | None:
    capability = figures.recovery[asked.of]
    return exact_bounds(capability.seen.downtime_s, NS) if capability.seen.operations else None


def _failed(figures: Figures, asked: Asked) -> Bounds | None:
    capability = figures.recovery[asked.of]
    failed, population = capability.seen.failed_requests, capability.seen.operations
    if not population:
        return None
    return exact_bounds(failed / population if asked.fraction else failed)


def _ratio(figures: Figures, asked: Asked) -> Bounds | None:
    ratios = figures.ratios[asked.of]
    return exact_bounds(getattr(ratios.windows[asked.over] if asked.over else ratios, asked.metric))


def _latency(figures: Figures, asked: Asked) -> Bounds | None:
    return exact_bounds(getattr(figures.latency[asked.of], asked.metric.removeprefix("latency_") + "_s"), NS)


VALUES: dict[str, Value] = {
    "rta": _recovery_time,
    "caught_up": _caught_up,
    "downtime": _downtime,
    "failed_requests": _failed,
    "availability": _ratio,
    "error_rate": _ratio,
    **{name: _latency for name in METRICS if name.startswith("latency_")},  # a field of the figures each
}
