"""The network: legs between regions and between clients and gateways, with what faults lay over them."""

from math import floor, log

from sim.core.distributions import Distribution, constant
from sim.core.draws import Purpose
from sim.spec.scenario import Scenario

from .draws import FOREVER, Luck, ns

NOTHING = constant(0)
LOSS_OF = {
    Purpose.LEG1: Purpose.LOSS1,
    Purpose.LEG2: Purpose.LOSS2,
    Purpose.LEG3: Purpose.LOSS3,
    Purpose.LEG4: Purpose.LOSS4,
    Purpose.WIRE: Purpose.WIRELOSS,
    Purpose.ACK: Purpose.ACKLOSS,
}


class Leg:
    """One direction between two endpoints: its base values and the overlays on them, in order of arrival."""

    __slots__ = (
        "added",
        "bandwidth",
        "base_jitter",
        "base_latency",
        "base_loss",
        "cuts",
        "faults",
        "fixed",
        "jitter",
        "jitters",
        "latency",
        "limits",
        "loss",
        "losses",
        "name",
        "retransmit",
    )

    def __init__(
        self, latency: int, jitter: Distribution, *, loss: float, retransmit: int, bandwidth: float = 0.0
    ) -> None:
        self.base_latency = latency
        self.base_jitter = jitter
        self.base_loss = loss
        self.bandwidth = bandwidth
        self.retransmit = retransmit
        self.added: list[tuple[str, int]] = []
        self.jitters: list[tuple[str, Distribution]] = []
        self.losses: list[tuple[str, float]] = []
        self.limits: list[tuple[str, float]] = []
        self.cuts: set[str] = set()
        self.faults: set[str] = set()  # those that messages notice
        self.refresh()

    def refresh(self) -> None:
        """Work out the effective values after an overlay came or went."""
        self.latency = self.base_latency + sum(added for _, added in self.added)
        self.jitter = self.jitters[-1][1] if self.jitters else self.base_jitter
        self.loss = self.base_loss
        if self.losses:
            kept = 1 - self.base_loss
            for _, loss in self.losses:
                kept = kept * (1 - loss)
            self.loss = 1 - kept
        self.fixed = None
        if self.loss == 0 and self.jitter.kind == "constant":
            self.fixed = ns(self.latency + self.jitter.params[0])

    def transmissions_lost(self, u: float) -> int:
        """Return how many transmissions are lost before the one that arrives."""
        return FOREVER if self.loss == 1 else floor(min(log(u) / log(self.loss), FOREVER))

    def speed(self) -> float:
        """Return the limited bandwidth as a part of the nominal one."""
        return min([self.bandwidth, *(limit for _, limit in self.limits)]) / self.bandwidth

    def remove(self, fault: str) -> None:
        """Take away whatever ``fault`` laid over this leg."""
        for overlays in (self.added, self.jitters, self.losses, self.limits):
            overlays[:] = [overlay for overlay in overlays if overlay[0] != fault]
        self.uncut(fault)
        self.refresh()

    def cut(self, fault: str) -> None:
        """Cut this leg."""
        self.cuts.add(fault)
        self.faults.add(fault)

    def uncut(self, fault: str) -> None:
        """Mend it, as far as ``fault`` is concerned."""
        self.cuts.discard(fault)
        self.faults.discard(fault)


def leg_time(leg: Leg, luck: Luck, order: int, purpose: int) -> int:
    """Return how long a message takes over a leg, ns. ``order``: that of its seq and attempt."""
    if leg.fixed is not None:
        return leg.fixed
    if leg.loss != 0:
        return ns(wire_time(leg, luck, order, purpose)[1])
    return ns(leg.latency + luck.sample(leg.jitter, order, purpose))


def wire_time(leg: Leg, luck: Luck, order: int, purpose: int) -> tuple[int, float]:
    """Return (when the last transmission departs, when it arrives), ns after the first departure; the arrival
    is not rounded."""
    whole = leg.latency + luck.sample(leg.jitter, order, purpose)
    if leg.loss == 0:
        return 0, whole
    lost = leg.transmissions_lost(luck.uniform(order, LOSS_OF[purpose]))
    return min(lost * leg.retransmit, FOREVER), whole + lost * leg.retransmit


class Network:
    """Regions (by index in sorted order), whether they are up, and the legs between them."""

    def __init__(self, scenario: Scenario) -> None:
        self.fired: set[str] = set()  # faults that have taken effect
        self.names = sorted(scenario.regions)
        self.count = len(self.names)
        self.down: list[set[str]] = [set() for _ in self.names]
        spec = scenario.network
        again = spec.retransmit
        self.local = Leg(spec.local, NOTHING, loss=0.0, retransmit=again)
        self.links = [
            [self._link(scenario, a, b) if a != b else self.local for b in self.names] for a in self.names
        ]
        self.inward = [[self._access(scenario, c, g, c, g) for g in self.names] for c in self.names]
        self.outward = [[self._access(scenario, g, c, c, g) for c in self.names] for g in self.names]

    @staticmethod
    def _link(scenario: Scenario, a: str, b: str) -> Leg:
        link = _authored(scenario, a, b)
        return Leg(
            link.latency,
            link.jitter,
            loss=link.loss,
            retransmit=scenario.network.retransmit,
            bandwidth=link.bandwidth,
        )

    @staticmethod
    def _access(scenario: Scenario, a: str, b: str, client: str, gateway: str) -> Leg:
        access = scenario.network.access
        again = scenario.network.retransmit
        if client == gateway:
            return Leg(access.latency, access.jitter, loss=0.0, retransmit=again)
        link = _authored(scenario, a, b)
        return Leg(access.latency + link.latency, link.jitter, loss=link.loss, retransmit=again)

    def stopped(self, leg: Leg) -> bool:
        """Judge a message on a leg: whether it gets no further."""
        if leg.faults:
            self.fired |= leg.faults
        return bool(leg.cuts)

    def closed(self, gateway: int) -> bool:
        """Judge a message at a gateway: whether it gets no further."""
        self.fired |= self.down[gateway]
        return bool(self.down[gateway])

    def up(self, region: int) -> bool:
        """Whether a region is up."""
        return not self.down[region]

    def cut(self, a: int, b: int) -> bool:
        """Whether nothing gets from region a to region b."""
        return a != b and bool(self.links[a][b].cuts)

    def joined(self, a: int, b: int) -> bool:
        """Whether two regions reach each other."""
        return not self.cut(a, b) and not self.cut(b, a)

    def quorate(self, region: int) -> bool:
        """Whether a region is up and reaches a majority of all regions, itself included."""
        if not self.up(region):
            return False
        reached = sum(self.up(other) and self.joined(region, other) for other in range(self.count))
        return reached >= self.count // 2 + 1

    def pairs(self, link: str) -> list[tuple[int, int]]:
        """Return the directed pairs of regions that ``a/b``, ``a->b`` or a region's name stands for."""
        at = {name: i for i, name in enumerate(self.names)}
        if "->" in link:
            a, b = link.split("->")
            return [(at[a], at[b])]
        if "/" in link:
            a, b = link.split("/")
            return [(at[a], at[b]), (at[b], at[a])]
        mine = at[link]
        others = [i for i in range(self.count) if i != mine]
        return [(mine, i) for i in others] + [(i, mine) for i in others]


def _authored(scenario: Scenario, a: str, b: str):
    links = scenario.network.links
    return links.get(f"{a}/{b}") or links[f"{b}/{a}"]
