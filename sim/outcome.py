"""What one trial gives back: the verdict, the figures it rests on, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.core.quantity import format_duration, seconds
from sim.core.record import figure, record
from sim.journal.milestones import Milestone
from sim.measure.figures import Figures
from sim.measure.missing import MissingRange
from sim.measure.series.figures import Recorded
from sim.measure.verdict import Verdict as JudgedObjective
from sim.spec.objectives.metrics import METRICS
from sim.spec.scenario import Scenario

Verdict = Literal["pass", "fail", "inconclusive"]
EXIT_CODES: dict[str, int] = {"pass": 0, "fail": 1, "inconclusive": 3}


@record
class ObjectiveFigures:
    """An objective, judged: in seconds, as a count or as a share, as its metric is."""

    id: str = figure("its name in the scenario")
    metric: str = figure("what is asked for")
    of: str = figure("of which capability, store, stage or standby")
    must: str = figure("the predicate")
    value: float | None = figure(
        "what it came to; null: the run does not tell, or it has no bound",
        "as `metric`",
    )
    low: float | None = figure(
        "the least that it can be; null: without bound, or nothing was measured",
        "as `metric`",
        unbounded=True,
    )
    high: float | None = figure(
        "the most that it can be; null: without bound, or nothing measured", "as `metric`", unbounded=True
    )
    censored: bool = figure("whether it is a recovery that the run did not see to its end")
    verdict: str = figure("`met`, `missed` or `undecided`")
    why: str = figure("why it is undecided, or why its bounds differ, in words")


@record
class FaultFigures:
    """What became of a fault."""

    fired: bool = figure("whether it took effect")
    status: str = figure("`healed`, `active`, `waiting` or `not_drawn`")
    started_s: float | None = figure("when it began; null: it did not")
    healed_s: float | None = figure("when it healed; null: it did not")
    until_s: float | None = figure("when it was to heal, perhaps after the end; null: never, or not known")


@record
class Performance:
    """What a run took."""

    wall_s: float = figure("how long it took")
    rows: int = figure("rows of the journal", "rows")
    writes: int = figure("writes that were simulated", "operations")
    stage_operations: int = figure("operations of all stages, as records received", "operations")
    peak_rss_bytes: int = figure("the most memory that the process has had")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial, judged.

    ``scenario`` is the scenario's name, ``digest`` the hash of its resolved form. ``objectives``: in the
    scenario's order. ``trust``: what limits belief in the figures, one sentence each. ``control``: the
    figures of the same seed without faults, or None if it was not run. ``missing``: records that are lost,
    out of reach, ghosts or there twice; ``recorded``: series over time; None if nobody asked.
    """

    scenario: str
    digest: str
    seed: int
    figures: Figures
    milestones: list[Milestone]
    faults: dict[str, FaultFigures]
    objectives: list[ObjectiveFigures]
    verdict: Verdict
    exit_code: int
    performance: Performance
    journal_digest: str
    trust: list[str]
    control: Figures | None = None
    missing: Sequence[MissingRange] | None = None
    recorded: Recorded | None = None


@dataclass
class Unfinished(Exception):
    """A run that its guard has ended, undecided: ``why``, at ``reached_ns``, and what was known by then."""

    why: str
    scenario: Scenario
    seed: int
    reached_ns: int
    milestones: list[Milestone]
    performance: Performance

    def __str__(self) -> str:
        """Say why, and when in the run."""
        duration = format_duration(self.scenario.duration)
        return f"ended at {format_duration(self.reached_ns)} of {duration}: {self.why}"


def objective_of(verdict: JudgedObjective) -> ObjectiveFigures:
    """Return a judged objective in the units of reports: seconds, a count or a fraction."""
    bounds, value = verdict.bounds, verdict.value
    low, high = (None, None) if bounds is None else (bounds.low, bounds.high)
    if METRICS[verdict.metric].in_seconds:
        value, low, high = seconds(value), seconds(low), seconds(high)
    return ObjectiveFigures(
        id=verdict.id,
        metric=verdict.metric,
        of=verdict.of,
        must=verdict.must,
        value=value,
        low=low,
        high=high,
        censored=verdict.censored,
        verdict=verdict.verdict,
        why=verdict.why,
    )
