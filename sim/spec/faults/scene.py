"""What a fault meets when it strikes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.spec.platform import Platform
from sim.spec.store.placement import Pair, nodes_of


@dataclass(frozen=True, slots=True)
class FaultScene:
    """A platform at a moment. ``primaries``: domain -> region of the primary then."""

    platform: Platform
    primaries: Mapping[str, str]

    def domains(self, name: str) -> list[str]:
        """Return the domains that a name or ``*`` stands for, in order of name."""
        return domains_named(self.platform, name)

    def nodes(self, domain: str, region: str | None) -> list[Pair]:
        """Return (domain, region) of the nodes of named domains in a region; without one, the primaries."""
        places = [(name, region or self.primaries[name]) for name in self.domains(domain)]
        return [(name, place) for name, place in places if place in nodes_of(self.platform.databases[name])]


def at_first(platform: Platform) -> FaultScene:
    """Return the scene when a run begins."""
    return FaultScene(platform, {name: database.primary for name, database in platform.databases.items()})


def domains_named(platform: Platform, name: str) -> list[str]:
    """Return the domains that a name or ``*`` stands for, in order of name."""
    return sorted(domain for domain in platform.databases if name in ("*", domain))
