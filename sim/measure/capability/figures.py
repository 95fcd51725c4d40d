"""What is said of a capability: recovery, latency, operations and ratios. docs/measures.md defines them."""

from collections.abc import Mapping

from sim.core.record import figure, record


@record
class EpisodeFigures:
    """One time that a capability was bad."""

    started_s: float = figure("send time of the first bad operation of the first bad window")
    recovered_s: float | None = figure(
        "send time of the first good operation after the last bad window; null: there was none"
    )
    rta_s: float | None = figure("from start to recovery; null: the run ended before `hold` was complete")
    downtime_s: float = figure("total length of its bad windows")
    failed_requests: int = figure("operations that ended fail or info", "operations")


@record
class SeenFigures:
    """Recovery as one group of clients saw it."""

    rta_s: float | None = figure(
        "the recovery time: from start to end of the longest episode; 0: never bad; null: an episode is "
        "censored"
    )
    rta_ns: int | None = figure("the same in whole nanoseconds")
    censored_after_s: float | None = figure(
        "the run ended before `hold` was complete: how long that episode had lasted by then; else null"
    )
    downtime_s: float = figure(
        "total length of bad windows, in all episodes, cut off at the end of the warm-up and of the run"
    )
    operations: int = figure(
        "operations that were judged: ended, or open for longer than `latency`", "operations"
    )
    failed_requests: int = figure("operations that ended fail or info", "operations")
    slow_requests: int = figure(
        "operations that ended ok too late, or were open for longer than `latency` at the end", "operations"
    )
    episodes: tuple[EpisodeFigures, ...] = figure("each time that it was bad")


@record
class RecoveryFigures:
    """Recovery of one capability, over all clients."""

    seen: SeenFigures = figure("how all clients together saw it", flat=True)
    tested: bool = figure("whether faults put it to the test: it was used while they lasted")
    serving_again_s: float | None = figure(
        "from the start of the worst episode to the first good operation after its last bad window, `hold` "
        "or not; null: there was none"
    )
    caught_up_s: float | None = figure(
        "from the start of the worst episode until every standby was within `latency` of the primary again; "
        "null: one was not by the end"
    )
    phases: Mapping[str, float] = figure(
        "the recovery time of the worst episode, by what it was spent on; empty: never bad, or censored",
        "s",
    )
    phases_ns: Mapping[str, int] = figure("the same in whole nanoseconds; they sum to `rta_ns`")
    chain: tuple[int, ...] = figure("ids of the milestones on the chain of causes, earliest first")
    by_client: Mapping[str, SeenFigures] = figure("the same as each client region saw it")


@record
class LatencyFigures:
    """From first send to end, over the operations that ended ok; null: there was none."""

    p50_s: float | None = figure("half are at most as slow")
    p90_s: float | None = figure("90 % are at most as slow")
    p95_s: float | None = figure("95 % are at most as slow")
    p99_s: float | None = figure("99 % are at most as slow")
    p999_s: float | None = figure("99.9 % are at most as slow")
    max_s: float | None = figure("the slowest, exact")
    n: int = figure("how many ended ok", "operations")


@record
class OperationFigures:
    """Operations by how they ended."""

    ok: int = figure("an ok reached the client", "operations")
    fail: int = figure("every attempt is known not to have committed", "operations")
    info: int = figure("the client does not know", "operations")
    open: int = figure("had not ended when the run did", "operations")
    attempts: int = figure("attempts of those that ended", "attempts")


@record
class WindowFigures:
    """The worst windows of one length; null: none had an operation that was judged."""

    windows: int = figure("windows of that length that had an operation that was judged", "windows")
    availability: float | None = figure(
        "the least availability of one; null: none had such an operation", "1"
    )
    availability_at_s: float | None = figure("when the first window of that availability begins")
    error_rate: float | None = figure("the greatest error rate of one; null: likewise", "1")
    error_rate_at_s: float | None = figure("when the first window of that error rate begins")


@record
class RatioSeries:
    """The operations that were judged over time, by their first send."""

    step_s: float = figure("length of a step")
    operations: tuple[int, ...] = figure("how many were judged in each step", "operations")
    availability: tuple[float | None, ...] = figure(
        "the share of them that ended ok within `latency`; null: there was none", "1"
    )


@record
class RatioFigures:
    """Shares of the operations that were judged; null: there was none."""

    availability: float | None = figure(
        "good operations as a share of those judged; null: there is none", "1"
    )
    error_rate: float | None = figure("errors as a share of those judged; null: there is none", "1")
    series: RatioSeries = figure("availability over time, by when operations were first sent")
    windows: Mapping[str, WindowFigures] = figure(
        "by length, for each `over` that an objective asks for (`5m`): the worst windows of that length"
    )
