"""What a scenario may say: the pydantic models, authored and resolved alike.

Durations are int nanoseconds, rates float per second, sizes int bytes, bandwidths float bytes per second,
fractions 0 to 1. A field that is None in the authored form is filled in by ``resolve``; in the resolved form
none of those is None. Defaults carry their source as a comment: a row of the profile table, or a reason.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.identity import LIMITS
from sim.spec.bus.bus import Bus
from sim.spec.bus.consumer import Consumer
from sim.spec.bus.replay import Replay
from sim.spec.fault_models import AnyFault
from sim.spec.lake.insight import Insight
from sim.spec.lake.lake import Lake
from sim.spec.model import Model, S
from sim.spec.network.network import Network, Region
from sim.spec.prices import Prices
from sim.spec.store.database import Database
from sim.spec.store.routing import Client, Gateway
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


class Fresh(Model):
    """How old the newest complete state of each stage may be: its level."""

    events: Positive = 5 * S
    raw: Positive = 180 * S
    curated: Positive = 720 * S
    analytics: Positive = 1980 * S


class Scenario(Model):
    """A platform and what happens to it."""

    name: str
    purpose: str = ""
    duration: Positive
    warmup: Duration = 0
    regions: Annotated[dict[Name, Region], Field(min_length=1)]
    network: Network = Network()
    clients: Annotated[dict[Name, Client], Field(min_length=1)]
    gateway: Gateway = Gateway()
    databases: Annotated[dict[Name, Database], Field(min_length=1)]
    bus: Bus | None = None  # the data path is there if the bus is
    consumers: dict[Name, Consumer] = {}
    lake: Lake | None = None
    insights: dict[Name, Insight] = {}
    fresh: Fresh = Fresh()
    replays: dict[Name, Replay] = {}
    faults: dict[Name, AnyFault] = {}
    level: Level = Level()
    sla: dict[Name, Objective] = {}
    study: Study | None = None
    sweep: Sweep | None = None
    prices: Prices | None = None
