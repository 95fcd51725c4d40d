"""Regions, the links between them, and what a client's request crosses in its own."""

from typing import Annotated

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import MS, Model
from sim.spec.types import Bandwidth, Duration, DurationDist, Fraction, Name


class Region(Model):
    """A region and its zones."""

    zones: list[Name] = Field(
        default=["a", "b", "c"], min_length=1
    )  # three zones: what the large clouds offer


class Link(Model):
    """A one-way inter-region link. In the map, ``a/b`` gives both directions unless ``b/a`` is also there."""

    latency: Duration  # one way, the constant part
    jitter: DurationDist = constant(0)
    loss: Annotated[Fraction, Field(lt=1)] = 0.0
    bandwidth: Bandwidth = 125_000_000.0  # 1 Gbit/s: a common inter-region allowance; set your own


class Access(Model):
    """Between a client and the gateway of its own region."""

    latency: Duration = 5 * MS  # a metropolitan round trip of about 10 ms
    jitter: DurationDist = constant(0)


class Network(Model):
    """Latency matrix, client access and retransmission."""

    links: dict[str, Link] = {}  # "us-east/us-west"
    access: Access = Access()
    local: Duration = (
        300_000  # gateway to node in one region, one way; IBM Cloud inter-zone RTT 0.28 to 2.01 ms
    )
    retransmit: Duration = 200 * MS  # Linux TCP_RTO_MIN
