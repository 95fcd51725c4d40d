"""What is said of the way of records through a platform. docs/measures.md defines it."""

from collections.abc import Mapping

from sim.core.record import figure, record
from sim.measure.bus.figures import MonitorFigures, ReplayFigures
from sim.measure.lake.figures import InsightFigures
from sim.measure.platform.tally import TallyFigures


@record
class LostRecord:
    """The oldest acknowledged record that a stage lost."""

    rid: int | None = figure("the operation; null: its commit is long gone")
    version: int = figure("its version")
    commit_s: float = figure("when it was committed")
    at_s: float = figure("when it was passed over")
    why: str = figure("how, in words")


@record
class SurvivingTerms:
    """Commits of the surviving timeline, acknowledged or not, by what became of them at a stage."""

    delivered: int = figure("the stage holds it", "records")
    in_flight: int = figure("a cursor can still bring it", "records")
    stranded: int = figure("it lies only in, or needs, a region that is out of reach", "records")
    dropped: int = figure("kept from the bus or a dead letter, and nothing else brought it", "records")
    lost: int = figure("none of these", "records")


@record
class StageFigures:
    """Acknowledged writes at one stage: each is in one of the first five terms."""

    delivered: int = figure("the stage holds it at the end", "records")
    in_flight: int = figure(
        "it does not, but a cursor can still bring it: not published yet, unread or on the wire of a "
        "mirror, unread by the reader, held by the stream job since its last commit, in a commit that a job "
        "or a sync has still to take; stopped processes and cut links resume one day",
        "records",
    )
    stranded: int = figure(
        "it would be delivered or in flight, but lies only in, or needs, a region that is out of reach: "
        "down, or on no side that counts for the domain's database (`loss`); tables of an emptied region "
        "are stranded, not lost, while the lake may still move to a region whose copy has them",
        "records",
    )
    dropped: int = figure(
        "it became a dead letter and nothing else brought it (raw and behind), or a stage before the bus "
        "dropped it (there and behind)",
        "records",
    )
    lost: int = figure(
        "none of these: no cursor, job or sync that is there can bring it, or only a replay brought it",
        "records",
    )
    records_after_replay: int = figure(
        "of the lost: those that no replay brought, neither the event (into a consumer) nor the write (into "
        "the database)",
        "records",
    )
    replayable: int | None = figure("of the lost of `replica`: still on a bus", "records", sparse=True)
    window_s: float = figure(
        "of the lost: when it was passed over, less the commit time of the oldest; of `replica` as in "
        "`loss`; losses of stages before it keep their window; null: without bound",
        unbounded=True,
    )
    first_lost: LostRecord | None = figure("the oldest of the lost; null: none")
    surviving: SurvivingTerms = figure("the same of all commits of the surviving timeline")


@record
class AgeSeries:
    """Maxima in steps, for plotting."""

    step_s: float = figure("length of a step")
    age_s: tuple[float, ...] = figure("the greatest age in each step")


@record
class FreshnessFigures:
    """How old what a capability showed was, over time."""

    max_s: float = figure("the greatest age, exact")
    mean_s: float = figure("the mean over time")
    p99_s: float = figure("for 99 % of the time it was at most as old")
    level_s: float = figure("the age beyond which it is bad: `fresh` of the stage")
    series: AgeSeries = figure("the age over time")


@record
class DeliveryFigures:
    """What one consumer or zone got twice, late, not at all, or of transactions that no longer exist."""

    arrivals: int = figure("completions of a consumer, rows of a table that are still there", "records")
    duplicates: TallyFigures = figure(
        "arrivals of a version that had arrived; with `deduplicate` none in curated and behind"
    )
    gaps: TallyFigures = figure(
        "surviving commits, lost or dropped here, although a later one arrived; witness: when the later one "
        "did"
    )
    reorderings: TallyFigures = figure(
        "first arrivals of a version after a newer version of its key (neither a duplicate nor what had "
        "been passed over)"
    )
    late: TallyFigures = figure("first arrivals more than `lateness` behind the watermark")
    late_max_s: float = figure("how far the latest of them was behind it; 0: none is")
    ghosts: TallyFigures = figure(
        "versions that arrived and are abandoned, whose write did not commit again; from then on when both "
        "are true"
    )
    ghosts_ended: TallyFigures = figure("versions that would be ghosts but for a replay into the database")
    orphans: TallyFigures = figure(
        "of the domain: acknowledged surviving records that no relay published or will publish; witness: "
        "when the relay passed them"
    )


@record
class DeadLetterFigures:
    """What a stream job could not take."""

    dead_letters: TallyFigures = figure("rows that became dead letters")


@record
class RecoveryLimit:
    """What limits the recovery point."""

    stage: str = figure("the store or stage, as `orders.search`")
    what: str = figure("`lost` or `ghost`")
    version: int | None = figure("the record; null: all of the store")
    rid: int | None = figure("its operation; null: not known")


@record
class RecoveryPointFigures:
    """Up to which commit time every store and stage agrees; null: nothing does."""

    at_s: float | None = figure("T; the end of the run if nothing limits it; null: nothing agrees")
    age_s: float = figure(
        "from T to when the record that limits it was passed over or abandoned; null: without bound, where a "
        "store was destroyed, or is stranded, with what lay before the run",
        unbounded=True,
    )
    age_stranded_s: float = figure(
        "what the age would be if what is stranded in a database were lost (from the last `primary.lost`, "
        "else the end); null: without bound",
        unbounded=True,
    )
    limited_by: RecoveryLimit | None = figure("what limits it; null: nothing")
    complete_to_s: Mapping[str, float] = figure(
        "of each stage: the commit time before which nothing is in flight"
    )


@record
class PathFigures:
    """The way of records through bus, consumers and lake; there if the scenario has a bus."""

    waterfall: Mapping[str, Mapping[str, StageFigures]] = figure(
        "by domain and stage: what became of its records"
    )
    freshness: Mapping[str, FreshnessFigures] = figure("by capability: how old what it showed was")
    delivery: Mapping[str, DeliveryFigures | DeadLetterFigures] = figure(
        "by consumer and zone: what came wrong"
    )
    recovery_point: RecoveryPointFigures = figure("of the platform: up to when all agree")
    monitoring: Mapping[str, MonitorFigures] = figure("by lag metric: what production dashboards showed")
    replays: Mapping[str, ReplayFigures] = figure("by replay: what it brought")
    insights: Mapping[str, Mapping[str, InsightFigures]] = figure("by insight and region: what it showed")
