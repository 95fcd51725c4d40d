"""Verdicts: figures and objectives to met, missed or undecided.

What a run says of a figure has bounds. An objective is decided if every value between them gives the same
answer; an empty population and a fault that never took effect leave the question open too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from sim.core.quantity import format_duration
from sim.measure.bounds import Bounds
from sim.measure.figures import Figures
from sim.measure.metrics import measured
from sim.spec.objectives.metrics import METRICS

if TYPE_CHECKING:
    from sim.spec.objectives.predicates import Bound as Predicate
    from sim.spec.scenario import Objective

MET, MISSED, UNDECIDED = "met", "missed", "undecided"
PASS, FAIL, INCONCLUSIVE = 0, 1, 3  # exit codes
ALL_GONE = "all of it was destroyed, with what lay before the run"
NOTHING = "nothing to measure"


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
    must, metric, of = objective.must, objective.metric, objective.about
    over = "" if objective.over is None else format_duration(objective.over)
    bounds = measured(figures, metric, of, fraction=must.unit == "fraction", over=over)
    verdict, why = decide(must, bounds)
    if untested(figures, metric, of) and not _missed_anyhow(verdict, must):
        verdict, why = UNDECIDED, NOTHING
    if idle:
        verdict, why = UNDECIDED, f"fault {', '.join(idle)} never took effect"
    return Verdict(name, metric, of, str(must), bounds, verdict, why, over)


def untested(figures: Figures, metric: str, of: str) -> bool:
    """Return whether a metric is about operations of which there was none while faults put it to the test."""
    capability = METRICS[metric].tested.format(of=of)
    return bool(capability) and not figures.recovery[capability].tested


def _missed_anyhow(verdict: str, must: "Predicate") -> bool:
    """Return whether an upper limit is missed already: no more operations would have mended that."""
    return verdict == MISSED and must.op in ("<", "<=")
