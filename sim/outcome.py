"""What one trial gives back: the verdict, the figures it rests on, and what happened."""

from dataclasses import dataclass
from typing import Any, Literal

from sim.core.quantity import format_duration
from sim.journal.milestones import Milestone
from sim.measure.verdict import Verdict as JudgedObjective
from sim.spec.predicates import METRICS
from sim.spec.scenario import Scenario

Verdict = Literal["pass", "fail", "inconclusive"]
EXIT_CODES: dict[str, int] = {"pass": 0, "fail": 1, "inconclusive": 3}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One trial, judged.

    ``scenario`` is the scenario's name, ``digest`` the hash of its resolved form. ``figures`` has the keys
    recovery, latency, loss, exposure, consistency, operations and conservation, as ``sim.measure`` defines
    them; a key whose name ends in ``_s`` is in seconds. ``faults``: id -> fired, status, started_s, healed_s,
    until_s (when it was to heal, perhaps after the end; None: never).
    ``objectives``: as ``objective_of`` gives them, in the scenario's order. ``performance``: wall_s, rows,
    writes, stage_operations, peak_rss_bytes. ``trust``: what limits belief in the figures, one sentence each.
    ``control``: the same seed without faults, as ``{"figures": ...}``, or None if it was not run.
    """

    scenario: str
    digest: str
    seed: int
    figures: dict[str, Any]
    milestones: list[Milestone]
    faults: dict[str, dict[str, Any]]
    objectives: list[dict[str, Any]]
    verdict: Verdict
    exit_code: int
    performance: dict[str, Any]
    journal_digest: str
    trust: list[str]
    control: dict[str, Any] | None = None


@dataclass
class Unfinished(Exception):
    """A run that its guard has ended, undecided: ``why``, at ``reached_ns``, and what was known by then."""

    why: str
    scenario: Scenario
    seed: int
    reached_ns: int
    milestones: list[Milestone]
    performance: dict[str, Any]

    def __str__(self) -> str:
        """Say why, and when in the run."""
        duration = format_duration(self.scenario.duration)
        return f"ended at {format_duration(self.reached_ns)} of {duration}: {self.why}"


def objective_of(verdict: JudgedObjective) -> dict[str, Any]:
    """Return a judged objective in the units of reports: seconds, a count or a fraction.

    ``low`` and ``high``: the least and the most that it can be, inf: without bound, None: nothing was
    measured. ``value`` is None where they differ, or are infinite.
    """
    bounds, value = verdict.bounds, verdict.value
    low, high = (None, None) if bounds is None else (bounds.low, bounds.high)
    if METRICS[verdict.metric] == ("duration",):
        value, low, high = (None if ns is None else ns / 1e9 for ns in (value, low, high))
    return {
        "id": verdict.id,
        "metric": verdict.metric,
        "of": verdict.of,
        "must": verdict.must,
        "value": value,
        "low": low,
        "high": high,
        "censored": verdict.censored,
        "verdict": verdict.verdict,
        "why": verdict.why,
    }
