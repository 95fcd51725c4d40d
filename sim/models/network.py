"""Regions and links: effective parameters under the active overlays, and who can reach whom."""

from dataclasses import dataclass

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.models.dials import Dials
from sim.spec.network.network import Link
from sim.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Path:
    """Effective parameters of a one-way link. Latency in ns; ``touched`` if any overlay is active on it."""

    latency: float
    jitter: Distribution
    loss: float
    cut: bool
    touched: bool


class Links:
    """The links of a resolved scenario under its dials."""

    def __init__(self, scenario: Scenario, dials: Dials) -> None:
        self.regions = sorted(scenario.regions)
        self._spec = scenario.network
        self._dials = dials
        self._quorate: dict[str, bool] = {}  # as the dials stand
        self._as_of = 0  # turns of dials

    def link(self, a: str, b: str) -> Link:
        """Return the base parameters of the link from region ``a`` to region ``b``."""
        return self._spec.links[f"{a}/{b}"]

    def path(self, a: str, b: str) -> Path:
        """Return the effective parameters of the inter-region link a -> b."""
        base, dials = self.link(a, b), self._dials
        return Path(
            dials.value(d.LATENCY, a, b, base=float(base.latency)),
            dials.value(d.JITTER, a, b, base=base.jitter),
            dials.value(d.LOSS, a, b, base=base.loss),
            self.cut(a, b),
            any(dials.by(dial, a, b) for dial in (d.LATENCY, d.JITTER, d.LOSS, d.CUT)),
        )

    def access(self, client: str, gateway: str, *, back: bool) -> Path:
        """Return the effective parameters from a client group to a gateway, or ``back``."""
        near = self._spec.access
        ends = (gateway, d.CLIENTS + client) if back else (d.CLIENTS + client, gateway)
        cut = self.cut(*ends)
        if client == gateway:
            return Path(float(near.latency), near.jitter, 0.0, cut, cut)
        far = self.link(gateway, client) if back else self.link(client, gateway)
        return Path(float(near.latency + far.latency), far.jitter, far.loss, cut, cut)

    def cut(self, a: str, b: str) -> bool:
        """Return whether the link a -> b is cut."""
        return bool(self._dials.value(d.CUT, a, b))

    def up(self, region: str) -> bool:
        """Return whether a region is up."""
        return not self._dials.value(d.REGION, region)

    def joined(self, a: str, b: str) -> bool:
        """Return whether two regions reach each other both ways."""
        return a == b or not (self.cut(a, b) or self.cut(b, a))

    def quorate(self, region: str) -> bool:
        """Return whether a region is up and, with itself, reaches a majority of all regions that are up.

        Every observer asks it of every other, so it is worked out once for each turn of the dials.
        """
        if self._as_of != self._dials.turned:
            self._as_of, self._quorate = self._dials.turned, {}
        if region not in self._quorate:
            self._quorate[region] = self._reaches_majority(region)
        return self._quorate[region]

    def _reaches_majority(self, region: str) -> bool:
        if not self.up(region):
            return False
        reached = sum(self.up(other) and self.joined(region, other) for other in self.regions)
        return 2 * reached > len(self.regions)

    def bandwidth(self, a: str, b: str) -> float:
        """Return limited / nominal bandwidth of the link a -> b."""
        nominal = self.link(a, b).bandwidth
        return float(self._dials.value(d.BANDWIDTH, a, b, base=nominal) / nominal)
