"""What the faults of a scenario can turn a dial to: asked by whoever has to be ready for it."""

from collections.abc import Iterator

from sim.core.dials import Dial, Turn
from sim.spec.faults.scene import at_first
from sim.spec.scenario import Scenario


def turned(scenario: Scenario, dial: Dial) -> Iterator[tuple[str, Turn]]:
    """Yield (fault, overlay) for each that a fault puts on a dial; the primaries are the first ones."""
    scene = at_first(scenario)
    for name, fault in scenario.faults.items():
        yield from ((name, turn) for turn in fault.turns(scene) if turn.dial == dial)
