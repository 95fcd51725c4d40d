"""The metrics of objectives: each is declared here, once. What it came to is ``sim/measure/metrics.py``."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["duration", "count", "fraction"]
ITSELF, ITS_READS = "{of}", "{of}.read"  # which capability the faults must have put to the test


@dataclass(frozen=True, slots=True)
class Metric:
    """What an objective can bound.

    ``units``: those its bound may have. ``of``: what it is measured of, a kind of ``subjects.KINDS``.
    ``figure``: which of a run's document: section and field, without names. ``says``: what it is, a clause.
    ``tested``: the capability that must have been used while faults lasted, for the metric to say anything;
    "" if none need be. ``windows``: whether it can be the worst of windows.
    """

    units: tuple[Unit, ...]
    of: str
    figure: str
    says: str
    tested: str = ""
    windows: bool = False

    @property
    def in_seconds(self) -> bool:
        """Whether reports give it in seconds."""
        return self.units == ("duration",)


def _time(of: str, figure: str, says: str, tested: str = "") -> Metric:
    return Metric(("duration",), of, figure, says, tested)


def _count(of: str, figure: str, says: str, tested: str = "") -> Metric:
    return Metric(("count",), of, figure, says, tested)


def _either(of: str, figure: str, says: str, tested: str) -> Metric:
    return Metric(("count", "fraction"), of, figure, says, tested)


def _ratio(figure: str, says: str) -> Metric:
    return Metric(("fraction",), "requests", figure, says, ITSELF, windows=True)


def _latency(percent: str) -> Metric:
    figure = f"latency.p{percent.replace('.', '')}_s"
    return _time(
        "requests", figure, f"{percent} % of the operations that ended ok took at most so long", ITSELF
    )


METRICS: dict[str, Metric] = {
    "rta": _time(
        "capability",
        "recovery.rta_s",
        "recovery time: the longest time from going bad to holding again",
        ITSELF,
    ),
    "caught_up": _time(
        "requests",
        "recovery.caught_up_s",
        "from the start of its worst time until every standby was close behind",
        ITSELF,
    ),
    "downtime": _time("capability", "recovery.downtime_s", "how long it was bad in all", ITSELF),
    "failed_requests": _either(
        "requests", "recovery.failed_requests", "operations that ended fail or info", ITSELF
    ),
    "availability": _ratio(
        "ratios.availability", "share of the operations judged that ended ok within the level's latency"
    ),
    "error_rate": _ratio(
        "ratios.error_rate", "share of the operations judged that ended fail or info, or hung"
    ),
    "latency_p50": _latency("50"),
    "latency_p90": _latency("90"),
    "latency_p95": _latency("95"),
    "latency_p99": _latency("99"),
    "latency_p999": _latency("99.9"),
    "rpa_records": _count("store", "loss.bounds.records", "acknowledged writes lost"),
    "rpa_window": _time(
        "store", "loss.bounds.window_s", "how far back the loss of acknowledged writes reaches"
    ),
    "rpa_after_replay": _count(
        "store", "loss.bounds.records_after_replay", "acknowledged writes lost that no replay won back"
    ),
    "stale_reads": _either(
        "store", "consistency.stale_reads", "reads for which a newer version had been committed", ITS_READS
    ),
    "staleness_max": _time(
        "store",
        "consistency.staleness_max_s",
        "the longest time for which what was read had been outdated",
        ITS_READS,
    ),
    "staleness_p99": _time(
        "store",
        "consistency.staleness_p99_s",
        "that time, which of 99 % of the reads was no longer",
        ITS_READS,
    ),
    "behind_max": _count(
        "store", "consistency.versions_behind_max", "the most versions that a read was behind", ITS_READS
    ),
    "read_your_writes": _count(
        "store", "consistency.read_your_writes.violations", "reads of a session that missed its own write"
    ),
    "monotonic_reads": _count(
        "store", "consistency.monotonic_reads.violations", "reads of a session older than one before"
    ),
    "monotonic_writes": _count(
        "store",
        "consistency.monotonic_writes.violations",
        "writes of a session in another order than it made them",
    ),
    "writes_follow_reads": _count(
        "store",
        "consistency.writes_follow_reads.violations",
        "writes of a session ordered before what it had read",
    ),
    "blocked_max": _time(
        "store", "blocked.longest_s", "the longest time for which too few replicas could acknowledge"
    ),
    "diverged": _count(
        "store", "loss.bounds.diverged", "lost writes of a primary that no longer served the majority"
    ),
    "exposure_max_records": _count(
        "store", "exposure.cut.records_max", "the most records that a standby had not received"
    ),
    "freshness_max": _time(
        "delivery", "freshness.max_s", "the greatest age of what should be there and is not", ITSELF
    ),
    "freshness_p99": _time(
        "delivery", "freshness.p99_s", "that age, which 99 % of the time was no greater", ITSELF
    ),
    "continuity": _time("insight", "insights.longest_s", "the longest time without a good refresh"),
    "completeness": Metric(
        ("fraction",), "insight", "insights.completeness", "share of the records shown that are there"
    ),
    "records_lost": _count("stage", "waterfall.lost", "acknowledged records that never arrive"),
    "lost_after_replay": _count(
        "stage", "waterfall.records_after_replay", "acknowledged records that never arrive, nor by a replay"
    ),
    "ghosts": _count(
        "arrivals", "delivery.ghosts.count", "records that arrived and are no longer in the database"
    ),
    "orphans": _count(
        "arrivals", "delivery.orphans.count", "surviving records of the domain that no relay publishes"
    ),
    "duplicates": _count("arrivals", "delivery.duplicates.count", "arrivals of what had arrived"),
    "gaps": _count(
        "arrivals", "delivery.gaps.count", "surviving records missing although a later one arrived"
    ),
    "reorderings": _count(
        "arrivals", "delivery.reorderings.count", "records that arrived after a newer one of their key"
    ),
    "late_records": _count(
        "arrivals", "delivery.late.count", "records that came after their window had closed"
    ),
    "dead_letters": _count("stream job", "delivery.dead_letters.count", "records set aside as dead letters"),
    "recovery_point": _time(
        "platform", "recovery_point.age_s", "how far back everything is whole and consistent"
    ),
    "orders_stuck": _count(
        "orders", "choreography.stuck.count", "orders with a step that is not done after the patience"
    ),
    "orders_half_done": _count(
        "orders", "choreography.half_done.count", "stuck orders of which some step is done"
    ),
    "orders_doubled": _count("orders", "choreography.doubled.count", "steps of orders done more than once"),
    "oversold": _count("stock", "stock.oversold.count", "units promised to somebody that were not there"),
}
