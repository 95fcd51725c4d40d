"""The critical path of a recovery: what it waited for, step by step, and what would shorten it most.

Two ways lead to what clients reach by DNS: the failover, and their answers of old, which run out beside it.
What ends first could take longer and nobody would notice. So only the steps of the way that ends last
count, and none of them can save more than that way is longer. What comes before a step that waited for
something else, as for a fault to heal, saves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from sim.core.milestones.declaration import CATCH_UP, REPAIR, REROUTE
from sim.core.milestones.store import AnswerChanged
from sim.journal.milestones import Milestone
from sim.report.review.capabilities import group_of
from sim.report.timeline import TimelineScene, milestones_of, parts
from sim.report.why.settings import NamedSetting, setting_of, ttl
from sim.spec.scenario import Scenario

Document = Mapping[str, Any]
NS = 1e9
LONGER, SLACK_S = 1.5, 1.0  # what takes so much longer than its setting waited for something else
OLD_ANSWERS = "clients let go of their old DNS answers"
CATCHING_UP = "what had piled up is worked off"


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a recovery: from ``since_s`` to ``until_s``, until ``what`` happened.

    ``setting``: what it waited for; None if that is no setting.
    """

    phase: str
    since_s: float
    until_s: float
    what: str
    setting: NamedSetting | None

    @property
    def took_s(self) -> float:
        """Return how long it took, in seconds."""
        return self.until_s - self.since_s

    @property
    def held_up(self) -> bool:
        """Whether it waited for something else than a setting, whatever came before it."""
        if self.phase not in (REROUTE, REPAIR):
            return False
        own_s = self.setting.takes_s if self.setting is not None else 0.0
        return own_s is not None and self.took_s > LONGER * own_s + SLACK_S

    @property
    def own_s(self) -> float:
        """Return what its setting makes up of it, in seconds; 0 without one."""
        if self.setting is None:
            return 0.0
        own_s = self.setting.takes_s
        return self.took_s if own_s is None or not self.held_up else min(own_s, self.took_s)


@dataclass(frozen=True, slots=True)
class Saving:
    """What halving the setting of a step saves at most, in seconds."""

    step: Step
    saves_s: float


@dataclass(frozen=True, slots=True)
class Critical:
    """The critical path. ``beside``: the other way, which had ended by ``beside_s``; none: -inf."""

    steps: tuple[Step, ...]
    beside: tuple[Step, ...]
    beside_s: float

    def savings(self) -> list[Saving]:
        """Return what halving each setting on the path would save, the most first."""
        ends_s = max((step.until_s for step in self.steps if step.phase != CATCH_UP), default=-inf)
        found: list[Saving] = []
        for step in self.steps:
            found = [] if step.held_up else found
            if step.setting is not None and step.took_s > 0:
                own = step.took_s if step.setting.takes_s is None else step.setting.takes_s
                found.append(Saving(step, min(own / 2, step.took_s, ends_s - self.beside_s)))
        return sorted(found, key=lambda saving: -saving.saves_s)


def critical_path(document: Document, name: str, scenario: Scenario) -> Critical | None:
    """Return the critical path of a capability's worst recovery; None if the run did not see it end."""
    figure = document["recovery"][name]
    worst = next((e for e in figure["episodes"] if figure["rta_s"] and e["rta_s"] == figure["rta_s"]), None)
    if worst is None:
        return None
    known = milestones_of(document)
    start_s, stop_s = worst["started_s"], worst["recovered_s"]
    chain = [known[i] for i in figure["chain"]]
    own = _steps(chain, start_s, scenario)
    reached_s = max(start_s, chain[-1].at_ns / NS) if chain else start_s
    served_s = stop_s - figure["phases"][CATCH_UP]
    tail = _step(REROUTE, (reached_s, served_s), OLD_ANSWERS, ttl(scenario))
    caught = _step(CATCH_UP, (served_s, stop_s), CATCHING_UP, None)
    asked = group_of(name) in ("write", "read")
    answers = _answers(known, name.split(".")[0], (start_s, served_s)) if asked else []
    if not answers or (chain and isinstance(chain[-1].what, AnswerChanged)):
        return Critical((*own, *tail, *caught), (), -inf)
    other = _steps(answers, start_s, scenario)
    answered_s = answers[-1].at_ns / NS
    if not tail:
        beside_s = min(answered_s + scenario.gateway.ttl / NS, reached_s)
        return Critical(
            (*own, *caught), (*other, *_step(REROUTE, (answered_s, beside_s), OLD_ANSWERS, None)), beside_s
        )
    waited = _step(REROUTE, (answered_s, served_s), OLD_ANSWERS, ttl(scenario))
    return Critical((*other, *waited, *caught), tuple(own), reached_s)


def _answers(known: Sequence[Milestone], domain: str, span_s: tuple[float, float]) -> list[Milestone]:
    """Return what led to the last DNS answer of a domain that changed in a time, itself last."""
    begun, ended = (round(at_s * NS) for at_s in span_s)
    within = [m for m in known if isinstance(m.what, AnswerChanged) and begun < m.at_ns <= ended]
    found = [m for m in within if m.subject.startswith(f"{domain}/")]
    chain: list[Milestone] = []
    here = found[-1] if found else None
    while here is not None:
        chain.append(here)
        here = None if here.cause is None else known[here.cause]
    return chain[::-1]


def _steps(chain: Sequence[Milestone], start_s: float, scenario: Scenario) -> list[Step]:
    """Return the steps that took time, one a milestone."""
    steps, since_s = [], start_s
    for milestone in chain:
        until_s = max(since_s, milestone.at_ns / NS)
        what, why = parts(TimelineScene(milestone.what.kind, (milestone,)), frozenset())
        told = f"{what}: {why}" if why else what
        setting = setting_of(milestone, scenario)
        steps += _step(milestone.what.kind.phase, (since_s, until_s), told, setting)
        since_s = until_s
    return steps


def _step(phase: str, span_s: tuple[float, float], what: str, setting: NamedSetting | None) -> list[Step]:
    """Return a step, or none if it took less than a microsecond."""
    return [Step(phase, *span_s, what, setting)] if span_s[1] - span_s[0] > 1e-6 else []
