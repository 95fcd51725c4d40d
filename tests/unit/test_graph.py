"""The graph of components: its order, what is pulled with what, what must stay, and slices of the journal."""

import numpy as np
import pytest

from sim.models.component import Component, Needed
from sim.models.graph import Graph, ordered, upstream


class Stage(Component):
    """Reads and writes logs, and does nothing else."""

    def __init__(
        self, name: str, inputs: str = "", outputs: str = "", *, driven: bool = False, need: int | None = None
    ) -> None:
        self.name, self.domain, self.driven = name, "d", driven
        self.inputs, self.outputs = tuple(inputs.split()), tuple(outputs.split())
        self.reached, self.kept, self._need, self._taken = 0, None, need, 0

    def advance(self, until: int) -> None:
        self.reached = max(self.reached, until)

    def needs(self, log: str) -> int | None:
        return self._need

    def forget(self, needed: Needed) -> None:
        self.kept = [needed(log) for log in self.outputs]

    def take_rows(self) -> dict:
        begin, self._taken = self._taken, self.reached
        return {self.name: {"at_ns": np.arange(begin, self.reached, dtype=np.int64)}}


def path() -> list[Stage]:
    """Return a store that calls itself: reader, bus and relay are added before those that they read."""
    return [
        Stage("reader", "rows", "calls", need=7),
        Stage("job", "rows", need=5),
        Stage("bus", "published", "rows"),
        Stage("relay", "log", "published"),
        Stage("store", "calls", "log", driven=True),
    ]


def names(components: list[Component]) -> list[str]:
    """Return the names of components."""
    return [component.name for component in components]


def closed(*components: Component) -> Graph:
    """Return a graph of these."""
    graph = Graph()
    graph.add(*components)
    graph.close()
    return graph


def test_each_comes_after_those_that_write_what_it_reads():
    """Whatever the order in which they are added; without a reason to move they stay."""
    assert names(ordered(path())) == ["store", "relay", "bus", "reader", "job"]
    assert names(ordered([Stage("b", "x"), Stage("a", "y")])) == ["b", "a"]


def test_components_that_wait_for_each_other_are_an_error():
    """Only through a store, which is driven, may there be circles."""
    with pytest.raises(ValueError, match="a -> b -> a"):
        ordered([Stage("a", "x", "y"), Stage("b", "y", "x")])
    with pytest.raises(ValueError, match="one name"):
        ordered([Stage("a"), Stage("a")])


def test_what_is_pulled_brings_what_it_reads_and_nothing_else():
    """A reader brings bus and relay; the store is driven, and the job stays."""
    stages = path()
    assert upstream([stages[0]], stages) == {"bus", "relay"}
    closed(*stages).pull("reader", 9)
    assert [stage.reached for stage in stages] == [9, 0, 9, 9, 0]


def test_what_leads_to_calls_is_led_and_its_later_rows_wait():
    """The job is left behind; of what was led to 9, a slice until 6 has 6 rows, the next one the others."""
    stages = path()
    graph = closed(*stages)
    graph.lead(9, "d")
    assert [stage.reached for stage in stages] == [9, 0, 9, 9, 0]
    first, second = (graph.rows("d", until, last=False) for until in (6, 9))
    assert {name: rows["at_ns"].size for name, rows in first.items()} == dict.fromkeys(names(stages), 6)
    assert second["relay"]["at_ns"].tolist() == second["job"]["at_ns"].tolist() == [6, 7, 8]


def test_a_log_stays_as_far_as_its_readers_need_it():
    """Of rows the least of what reader and job need; of calls, which nobody needs, nothing must stay."""
    stages = path()
    closed(*stages).rows("d", 1, last=False)
    reader, _, bus, _, _ = stages
    assert (bus.kept, reader.kept) == ([5], [None])
