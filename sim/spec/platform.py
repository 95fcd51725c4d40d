"""What a scenario says of the platform: everything but what happens to it, and what is asked."""

from typing import Annotated

from pydantic import Field

from sim.spec.bus.bus import Bus
from sim.spec.bus.consumer import Consumer
from sim.spec.lake.insight import Insight
from sim.spec.lake.lake import Lake
from sim.spec.model import Model, S
from sim.spec.network.network import Network, Region
from sim.spec.store.database import Database
from sim.spec.store.routing import Client, Gateway
from sim.spec.types import Duration, Name, Positive


class Fresh(Model):
    """How old the newest complete state of each stage may be: its level."""

    events: Positive = 5 * S
    raw: Positive = 180 * S
    curated: Positive = 720 * S
    analytics: Positive = 1980 * S


class Platform(Model):
    """What there is, and how long it is looked at."""

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
