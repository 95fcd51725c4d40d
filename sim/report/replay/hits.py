"""Where a fault hits, in words, for who looks at regions: on whole regions, nodes, links, buses, tables."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.spec.faults.scene import FaultScene
    from sim.spec.faults.targets import Targets
    from sim.spec.scenario import Scenario

NOWHERE = ""  # the place of what has no region of its own: processes, loads, controllers
ALL = ""  # of a region


def struck(scenario: "Scenario", name: str, scene: "FaultScene") -> dict[str, str]:
    """Return region -> the fault and what it hits there; ``scene``: who is primary as it begins.

    ``NOWHERE`` alone, with what it hits, if that has no region of its own.
    """
    from sim.spec.faults.targets import targets

    hit = targets(scenario, scenario.faults[name], scene=scene)
    found: dict[str, dict[str, None]] = {}
    for region, what in _places(hit):
        found.setdefault(region, {})[what] = None
    if not found:
        found[NOWHERE] = dict.fromkeys((*hit.processes, *hit.streams, *hit.controllers))
    return {region: name if ALL in own else f"{name}: {', '.join(own)}" for region, own in found.items()}


def _places(hit: "Targets") -> Iterator[tuple[str, str]]:
    """Yield (region, what is hit there)."""
    yield from ((region, ALL) for region in hit.regions)
    yield from ((region, store) for store, region in hit.nodes)
    yield from ((begin, f"\u2192 {end}") for begin, end in hit.links)
    yield from ((region, f"clients of {group}") for group, region in hit.clients)
    yield from ((region, f"broker {number}") for region, number in hit.brokers)
    yield from ((region, f"bus of {store}") for store, region in hit.logs)
    yield from ((region, f"tables of {store}") for store, region in hit.tables)
