"""Regions, the links between them, and what a client's request crosses in its own."""

from typing import Annotated

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import MS, Model
from sim.spec.types import Bandwidth, Duration, DurationDist, Fraction, Name


class Region(Model):
    """A region and its zones."""

    zones: list[Name] = Field(default=["a", "b", "c"], min_length=1)
    """Its zones, by name. Default: three, which large clouds offer."""


class Link(Model):
    """A link from one region to another, one way."""

    latency: Duration
    """How long a message takes one way, without jitter: half of the round trip that tools show."""
    jitter: DurationDist = constant(0)
    """What is added to the latency, drawn anew for each message. Default: nothing."""
    loss: Annotated[Fraction, Field(lt=1)] = 0.0
    """The share of messages that get lost; each comes ``network.retransmit`` later. Default: none."""
    bandwidth: Bandwidth = 125_000_000.0
    """How much it carries of what is copied in bulk (replication, mirrors, tables). Default: 1 Gbit/s,
    a common allowance between regions; set your own."""


class Access(Model):
    """Between a client and the gateway of its own region."""

    latency: Duration = 5 * MS
    """How long a message takes one way, without jitter. Default: half of a metropolitan round trip of
    about 10 ms."""
    jitter: DurationDist = constant(0)
    """What is added to the latency, drawn anew for each message. Default: nothing."""


class Network(Model):
    """What is between regions, and between clients and the nodes of one."""

    links: dict[str, Link] = {}
    """The links, by their ends: us-east/us-west is both directions, unless us-west/us-east is there
    too. Every two regions need one."""
    access: Access = Access()
    """Between clients and the gateway of their own region."""
    local: Duration = 300_000
    """How long a message takes one way between gateway and node in one region. Default: a round trip
    of 0.6 ms; IBM Cloud publishes 0.28 to 2.01 ms between zones."""
    retransmit: Duration = 200 * MS
    """After how long a lost message is sent again. Default: Linux's TCP_RTO_MIN."""
