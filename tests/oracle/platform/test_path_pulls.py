"""What an extra pull moves: one component and what it reads from, nothing else."""

from collections import Counter
from unittest.mock import patch

from sim.models.bus.bus import RegionBus
from sim.models.bus.consumer import ConsumerGroup
from sim.models.bus.relay import Relay
from sim.models.component import Component
from sim.models.graph import Graph, upstream
from sim.models.lake.stream import StreamJob
from sim.trial import run_tables

from .generate import case


def _place(component: Component) -> int | None:
    """Return where a component of a kind that shows it is."""
    if isinstance(component, ConsumerGroup | StreamJob):
        return component.reader.position()
    if isinstance(component, Relay):
        return component.advanced
    return component.end if isinstance(component, RegionBus) else None


def test_a_pull_moves_one_component_of_the_event_path():
    """A pull moves its component and those that it reads from, no other; each kind often moves its own."""
    moved: Counter[str] = Counter()
    pull = Graph.pull

    def watched(graph: Graph, name: str, until: int) -> None:
        components = {component.name: component for component in graph.components}
        before = {name: _place(component) for name, component in components.items()}
        pull(graph, name, until)
        now = {name for name, component in components.items() if _place(component) != before[name]}
        assert now <= {name} | upstream([components[name]], graph.components)
        moved[type(components[name]).__name__] += name in now

    with patch.object(Graph, "pull", watched):
        for one in map(case, range(40)):
            run_tables(one.scenario, one.seed, pulls=one.pulls)
    assert all(moved[kind] >= 10 for kind in ("Relay", "RegionBus", "ConsumerGroup", "StreamJob")), moved
