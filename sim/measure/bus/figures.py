"""What is said of replays and of lag monitors. docs/measures.md defines it."""

from collections.abc import Mapping

from sim.core.record import figure, record
from sim.measure.platform.tally import TallyFigures


@record
class ReplayFigures:
    """What one replay brought."""

    started_s: float | None = figure("milestone `replay.started`; null: there was none")
    finished_s: float | None = figure("milestone `replay.finished`; null: there was none")
    catch_up_s: float | None = figure("from its start to the last of the filled; null: there was none")
    rows: int = figure("rows handed to the consumer, or operations called in the database", "records")
    filled: int = figure(
        "rows of versions that the consumer did not have; the first commits of writes that were on no "
        "database any more",
        "records",
    )
    unchanged: int = figure(
        "rows that the consumer had, of an idempotent replay; operations without a surviving commit",
        "records",
    )
    duplicates: TallyFigures = figure(
        "duplicates applied: versions that the consumer had; commits of writes that have another one",
        "records",
    )
    won_back: int = figure(
        "of the filled in a database: acknowledged writes (`loss`); 0 of a replay into a consumer, whose "
        "stage says it (`waterfall`)",
        "records",
    )


@record
class MonitorSample:
    """A monitor as a fault began, just before anything changed."""

    shown: float = figure("what was shown, in the monitor's `unit`")
    true_age_s: float = figure("the true age then")


@record
class MonitorSeries:
    """A monitor over time: looks at multiples of a step, just before anything changed."""

    step_s: float = figure("time from one look to the next; the first is one step after the start")
    shown: tuple[float | None, ...] = figure(
        "what was shown at each look, in the monitor's `unit`; null: there was nothing to look at"
    )
    true_age_s: tuple[float | None, ...] = figure("the true age at each look; null likewise")


@record
class MonitorFigures:
    """A lag metric as products define it, beside the truth."""

    unit: str = figure("unit of what is shown: `s` or `records`")
    shown_max: float = figure("the most that was shown, in `unit`")
    true_age_max_s: float = figure("the greatest true age")
    series: MonitorSeries = figure("both over time")
    at_faults: Mapping[str, MonitorSample] = figure("by fault: what was shown and true as it first began")
