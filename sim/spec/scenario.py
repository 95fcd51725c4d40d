"""What a scenario may say: the pydantic models, authored and resolved alike.

Durations are int nanoseconds, rates float per second, sizes int bytes, bandwidths float bytes per second,
fractions 0 to 1. A field that is None in the authored form is filled in by ``resolve``; in the resolved form
none of those is None. Defaults carry their source as a comment: a row of the profile table, or a reason.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.identity import LIMITS
from sim.spec.bus.replay import Replay
from sim.spec.faults.kinds import AnyFault
from sim.spec.model import Model, S
from sim.spec.platform import Platform
from sim.spec.prices import Prices
from sim.spec.sweep_form import Sweep
from sim.spec.types import Duration, Good, Metric, Name, Positive, Predicate, Share


class Objective(Model):
    """A predicate on one run."""

    metric: Metric
    of: str
    must: Predicate
    over: Annotated[Duration, Field(gt=0)] | None = (
        None  # of a ratio: the worst window so long; None: the run
    )
    in_: Annotated[Share | None, Field(alias="in")] = None  # of runs; None: every trial of the study


class Study(Model):
    """How many trials a check runs, and when it may stop before."""

    trials: Annotated[int, Field(ge=1, le=LIMITS["trials"])] = 1  # at most
    until: Literal["trials", "decided"] = "decided"
    seed: Annotated[int, Field(ge=0)] = 0


class Level(Model):
    """When a capability counts as good."""

    good: Good = 0.99
    latency: Positive = 2 * S
    window: Positive = 1 * S
    hold: Duration = 300 * S
    patience: Positive = 300 * S  # an order that takes longer is stuck; as hold


class Scenario(Platform):
    """A platform and what happens to it."""

    replays: dict[Name, Replay] = {}
    faults: dict[Name, AnyFault] = {}
    level: Level = Level()
    sla: dict[Name, Objective] = {}
    study: Study | None = None
    sweep: Sweep | None = None
    prices: Prices | None = None
