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
    """Of events on the bus. Default: ten rounds of the default relay."""
    raw: Positive = 180 * S
    """Of the raw tables. Default: three checkpoints of the stream job."""
    curated: Positive = 720 * S
    """Of the curated tables. Default: with the default schedules they come to 6m30s by themselves; one
    round may be missed."""
    analytics: Positive = 1980 * S
    """Of the analytics tables. Default: with the default schedules they come to 22m30s by themselves;
    ten minutes are left for a slow round."""


class Platform(Model):
    """What there is, and how long it is looked at."""

    name: str
    """What the scenario is called, in at most 200 letters; reports and files have the name."""
    purpose: str = ""
    """What it is to show, for whoever reads it. Default: nothing is said."""
    duration: Positive
    """How long the platform is looked at, in simulated time."""
    warmup: Duration = 0
    """How long its beginning is that counts in no figure. Default: none; what starts empty fills
    within seconds."""
    regions: Annotated[dict[Name, Region], Field(min_length=1)]
    """The regions, by name."""
    network: Network = Network()
    """How long messages take between regions and within one, and how much the links carry."""
    clients: Annotated[dict[Name, Client], Field(min_length=1)]
    """The groups of clients, each by the name of the region that it is near."""
    gateway: Gateway = Gateway()
    """How clients are led to a region, and away from one that fails."""
    databases: Annotated[dict[Name, Database], Field(min_length=1)]
    """The domains (orders, payments), each a store of its own, by name."""
    bus: Bus | None = None
    """The event bus. Without one there are databases only: no events, no lake, no insights."""
    consumers: dict[Name, Consumer] = {}
    """The consumer groups, by name; they need a bus."""
    lake: Lake | None = None
    """The lakehouse; it needs a bus. Without one there are no tables and no insights."""
    insights: dict[Name, Insight] = {}
    """What reads the analytics tables, by name; they need a lake."""
    fresh: Fresh = Fresh()
    """How old the oldest commit may be that has not arrived, for a stage of the data path to count as
    good."""
