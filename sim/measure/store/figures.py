"""What is said of a store: loss, exposure, consistency, conservation. docs/measures.md defines them."""

from collections.abc import Mapping

from sim.core.record import figure, record
from sim.measure.bounds import Bounds

# Of the lost, of each promotion and of all of them.
DIVERGED = "of the lost: committed at or after t_f, by a primary that no longer served the majority"
AVOIDABLE = (
    "of the lost: another node, neither the old nor the new primary, had received them when the "
    "promotion was made"
)
SALVAGEABLE = (
    "of the lost: on the disk of a node that came back and rewound, instead of copying everything anew"
)


@record
class LossBounds:
    """The figures of a loss that objectives are about: what is lost, and what is lost or stranded."""

    records: Bounds = figure("lost writes", "records")
    window_s: Bounds = figure("how far back the loss reaches")
    diverged: Bounds = figure(
        "of the lost: committed by a primary that no longer served the majority", "records"
    )
    records_after_replay: Bounds = figure("lost writes that no replay won back", "records")


@record
class LossCauses:
    """Where lost writes were when the primary failed, on their way to the node that was promoted."""

    diverged: int = figure("committed after the primary no longer served the majority", "records")
    paused: int = figure("not sent, while a fault paused sending", "records")
    send_queue: int = figure("not sent", "records")
    wire: int = figure("sent, not received", "records")
    node: int = figure("received by a node that was destroyed later", "records")


@record
class CutFigures:
    """What one promotion or destruction lost."""

    at_s: float = figure("when it came")
    from_: str = figure("region of the primary before", key="from")
    to: str | None = figure("region of the node that was promoted; null: a destruction")
    timeline: int = figure("the timeline that it began")
    cut: int = figure("log sequence number up to which the timeline before goes on")
    failed_at_s: float = figure("t_f: when the old primary stopped serving the majority side")
    records: int = figure("lost writes", "records")
    window_s: float = figure(
        "from the commit of the oldest lost write to the failure, or the newest acknowledged abandoned "
        "commit; null: the store was destroyed as a whole",
        unbounded=True,
    )
    info_lost: int = figure("likewise lost writes whose client does not know", "records")
    diverged: int = figure(DIVERGED, "records")
    avoidable: int = figure(AVOIDABLE, "records")
    salvageable: int = figure(SALVAGEABLE, "records")
    cause: LossCauses = figure("where the lost were")


@record
class StrandedPlace:
    """A node that holds stranded writes, or will once it is rebuilt."""

    region: str = figure("where it is")
    records: int = figure("stranded writes that it holds", "records")
    why: str = figure("why they are out of reach, in words")


@record
class BlockedFigures:
    """How long too few replicas of a store could acknowledge what its primary committed."""

    times: int = figure("how often its writes were blocked", "times")
    total_s: float = figure("how long in all")
    longest_s: float = figure("the longest time of them")
    at_end: bool = figure("whether they were when the run ended: that time may be longer")


@record
class LossFigures:
    """Acknowledged writes of one store that are gone, and that are out of reach at the end."""

    records: int = figure("lost writes, each counted once", "records")
    stranded: int = figure("stranded writes: not lost, but on no side that counts", "records")
    window_s: float = figure(
        "the largest window of a recovery: max(t_f, t_s) less the commit time of its oldest lost write; 0: "
        "nothing was lost; null: the store was destroyed as a whole",
        unbounded=True,
    )
    window_over_s: float | None = figure(
        "of a store destroyed as a whole: the window is longer than that, the time from the start of the "
        "run to the destruction; else null"
    )
    stranded_window_s: float = figure(
        "max(t_f, t_s) less the commit time of the oldest stranded write, t_f being the last "
        "`primary.lost`, else the end, and t_s the commit of the newest; 0: nothing is stranded; null: what "
        "lay before the run is stranded too",
        unbounded=True,
    )
    bounds: LossBounds = figure(
        "what objectives are about: at least what is lost, at most what is lost or stranded; without bound: "
        "all of a store that was destroyed, or is stranded, with what lay before the run"
    )
    bytes: int = figure("the lost writes times the size of a record", "bytes")
    info_lost: int = figure(
        "likewise lost writes whose client does not know; in no objective's bounds", "records"
    )
    info_stranded: int = figure(
        "likewise stranded writes whose client does not know; in no objective's bounds", "records"
    )
    diverged: int = figure(DIVERGED, "records")
    avoidable: int = figure(AVOIDABLE, "records")
    salvageable: int = figure(SALVAGEABLE, "records")
    diverged_stranded: int = figure(
        "of the stranded: committed by a primary that no longer served the majority", "records"
    )
    destroyed: int = figure(
        "of the lost: by a destruction; the others were abandoned by a promotion", "records"
    )
    cause: LossCauses = figure("where the lost were")
    named_cause: str | None = figure("the cause of most of them; null: nothing was lost")
    recoveries: tuple[CutFigures, ...] = figure("each promotion and destruction")
    where: tuple[StrandedPlace, ...] = figure("where the stranded are, the node that holds most first")
    records_after_replay: int | None = figure(
        "lost writes that no replay won back; only with a bus", "records", sparse=True
    )
    replayable: int | None = figure("of the lost: still on a bus; only with a bus", "records", sparse=True)


@record
class ExposureSeries:
    """Maxima in steps, for plotting."""

    step_s: float = figure("length of a step")
    records: tuple[int, ...] = figure("the most records at risk in each step", "records")
    age_s: tuple[float, ...] = figure("the greatest age of the oldest of them in each step")


@record
class CurveFigures:
    """Records at risk over time, in one way."""

    records_max: int = figure("the most at any time, looked at after every commit", "records")
    records_max_at_s: float = figure("when that was")
    records_mean: float | None = figure("the mean over time", "records")
    age_max_s: float = figure(
        "the age of the oldest such record at its largest, looked at after every commit and before every "
        "departure"
    )
    age_max_at_s: float = figure("when that was")
    age_mean_s: float | None = figure("its mean over time, 0 while there is none")
    emptied: bool = figure(
        "the standby lost its data at some time: until it was copied anew nothing of the store was there, "
        "which the other figures, of what it had not received, do not say; `exposure_max_records` is then "
        "`records_max` or more, without bound"
    )
    series: ExposureSeries = figure(
        "the maxima in steps, at most 2000; what stood at the beginning of a step, and has grown older by "
        "its end, is in it though nothing happened"
    )


@record
class ExposureFigures:
    """What would be lost if the primary failed now, of one standby."""

    crash: CurveFigures = figure("records committed and not yet handed to the wire")
    cut: CurveFigures = figure("records committed and not yet received")


@record
class Violation:
    """An operation that broke a guarantee, and what of its session it contradicts."""

    rid: int = figure("the operation")
    session: int = figure("its session")
    key: int = figure("its key")
    send_ns: int = figure("when it was sent")
    end_ns: int = figure("when it ended")
    version: int = figure("the version that it returned or wrote")
    client: int = figure("its client region, by number")
    node: int = figure("the node that served it, by number")
    earlier_rid: int = figure("the earlier operation of the session that it contradicts")
    earlier_version: int = figure("the version of that")


@record
class GuaranteeFigures:
    """How often a session guarantee was broken."""

    violations: int = figure("operations that broke it", "operations")
    judged: int = figure("operations that could have", "operations")
    witness: Violation | None = figure("the first violation; null: none")


@record
class ConsistencyFigures:
    """What readers of one store saw; null: nobody read."""

    reads: int = figure("reads that ended ok", "operations")
    stale_reads: int = figure(
        "those for which a newer version of the key had been committed when they were served", "operations"
    )
    stale_fraction: float | None = figure("their share", "1")
    staleness_max_s: float | None = figure(
        "the most of: service time less commit time of the oldest newer version, 0 for a read of the newest"
    )
    staleness_mean_s: float | None = figure("its mean over all reads")
    staleness_p50_s: float | None = figure("half of the reads are at most as stale")
    staleness_p99_s: float | None = figure("99 % of the reads are at most as stale")
    staleness_p999_s: float | None = figure("99.9 % of the reads are at most as stale")
    versions_behind_max: int | None = figure("the most newer versions there were", "versions")
    versions_behind_mean: float | None = figure("the mean of that over all reads", "versions")
    read_your_writes: GuaranteeFigures = figure(
        "reads that returned less than the highest version of the session's own acknowledged writes of that "
        "key"
    )
    monotonic_reads: GuaranteeFigures = figure(
        "reads that returned less than the highest version that the session's own reads of that key returned"
    )
    monotonic_writes: GuaranteeFigures = figure(
        "writes committed on a timeline that does not hold the session's highest acknowledged version of "
        "that key"
    )
    writes_follow_reads: GuaranteeFigures = figure(
        "writes committed on a timeline that does not hold the highest version the session had read of that "
        "key"
    )


@record
class AckTerms:
    """Where the commits lie that acknowledgements named."""

    acknowledged: int = figure("acknowledgements that named a commit", "operations")
    surviving: int = figure("of a commit that survives", "operations")
    recommitted: int = figure("of one that was abandoned and whose write committed again", "operations")
    lost: int = figure("of a lost one", "operations")
    lost_records: int = figure("lost operations, as `loss` counts them", "operations")
    again: int = figure("of a commit that another had named before", "operations")
    unknown: int = figure("of a commit that is not known any more", "operations")


@record
class NodeTerms:
    """Where the surviving commits are at one node."""

    received: int = figure("received, or its own, or part of a copy", "records")
    applied: int = figure("applied, or its own, or part of a copy", "records")
    backlog: int = figure("received, not applied", "records")
    flight: int = figure("on the wire", "records")
    waiting: int = figure("to be sent", "records")
    void: int = figure("at a node that holds nothing at the end", "records")


@record
class ConservationFigures:
    """Terms of one store that are counted independently and must add up."""

    surviving: int = figure("commits of the surviving timeline", "records")
    committed: int = figure("all commits", "records")
    left_line: int = figure("received everywhere", "records")
    on_line: int = figure("not received everywhere yet", "records")
    abandoned: int = figure("abandoned by a promotion, or destroyed", "records")
    acks: AckTerms = figure("where the commits lie that acknowledgements named")
    nodes: Mapping[str, NodeTerms] = figure("by region of a node: where the surviving commits are")
    problems: tuple[str, ...] = figure("sums that do not close, in words; empty in every run")
