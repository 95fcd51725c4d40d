"""What the metrics of objectives are on stores: what is lost, at risk, or seen too old or out of order."""

from collections.abc import Sequence
from math import inf, isfinite

from sim.measure.asked import NS, Asked, Value
from sim.measure.bounds import Bounds, exact_bounds
from sim.measure.figures import Figures
from sim.measure.store.figures import ExposureFigures, GuaranteeFigures

LOSSES = {
    "rpa_records": "records", "rpa_window": "window_s", "rpa_after_replay": "records_after_replay",
    "diverged": "diverged",
}  # fmt: skip  # of the bounds of a loss
STALENESS = {"staleness_max": "staleness_max_s", "staleness_p99": "staleness_p99_s"}  # of reads
GUARANTEES = ("read_your_writes", "monotonic_reads", "monotonic_writes", "writes_follow_reads")


def _loss(figures: Figures, asked: Asked) -> Bounds | None:
    """Return the bounds of a loss; without an acknowledged write only one of all there was is any."""
    bounds: Bounds = getattr(figures.loss[asked.of].bounds, LOSSES[asked.metric])
    found = bounds.times(NS) if asked.metric == "rpa_window" else bounds
    if isfinite(found.high) and not figures.conservation[asked.of].acks.acknowledged:
        return None
    return found


def _exposure(figures: Figures, asked: Asked) -> Bounds | None:
    """Return what is at risk of a store, or at one standby (orders/us-west)."""
    store, _, standby = asked.of.partition("/")
    standbys = figures.exposure[store]
    return _exposed([standbys[standby]] if standby else list(standbys.values()))


def _exposed(standbys: Sequence[ExposureFigures]) -> Bounds | None:
    """Return the most records at risk; without bound if a standby lost its data, and all that it had had."""
    most = max((standby.cut.records_max for standby in standbys), default=None)
    if most is None or not any(standby.cut.emptied for standby in standbys):
        return exact_bounds(most)
    return Bounds.between(most, inf, "a standby lost its data: for a while nothing of the store was there")


def _guarantee(figures: Figures, asked: Asked) -> Bounds | None:
    guarantee: GuaranteeFigures = getattr(figures.consistency[asked.of], asked.metric)
    return exact_bounds(guarantee.violations if guarantee.judged else None)


def _stale_reads(figures: Figures, asked: Asked) -> Bounds | None:
    store = figures.consistency[asked.of]
    stale = store.stale_fraction if asked.fraction else store.stale_reads
    return exact_bounds(stale if store.reads else None)


def _behind(figures: Figures, asked: Asked) -> Bounds | None:
    store = figures.consistency[asked.of]
    return exact_bounds(store.versions_behind_max if store.reads else None)


def _staleness(figures: Figures, asked: Asked) -> Bounds | None:
    store = figures.consistency[asked.of]
    return exact_bounds(getattr(store, STALENESS[asked.metric]) if store.reads else None, NS)


def _blocked(figures: Figures, asked: Asked) -> Bounds | None:
    """Return the longest time; if it was so when the run ended, it may last for ever. At once never waits."""
    found = {**dict.fromkeys(figures.loss), **(figures.blocked or {})}[asked.of]
    if found is None:
        return exact_bounds(0)
    if not found.at_end:
        return exact_bounds(found.longest_s, NS)
    return Bounds.between(round(found.longest_s * NS), inf, "its writes were blocked when the run ended")


VALUES: dict[str, Value] = {
    "blocked_max": _blocked,
    **dict.fromkeys(LOSSES, _loss),
    **dict.fromkeys(STALENESS, _staleness),
    **dict.fromkeys(GUARANTEES, _guarantee),
    "stale_reads": _stale_reads,
    "behind_max": _behind,
    "exposure_max_records": _exposure,
}
