"""The graph of components: who is advanced when, told what, and asked for which rows."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from sim.journal.recorder import Table
from sim.models.component import Component

Rows = dict[str, Table]  # by table name


class Graph:
    """All components, each after those that write what it reads; else in the order in which they were added.

    ``add`` all of them, then ``close``.
    """

    def __init__(self) -> None:
        self.components: list[Component] = []  # in order, once it is closed
        self._of: dict[str | None, list[Component]] = {}
        self._leading: dict[str | None, list[Component]] = {}
        self._led: dict[str | None, int] = {}  # domain -> how far what leads to calls has been advanced
        self._readers: dict[str, list[Component]] = {}  # log -> who reads it
        self._held: dict[str, Rows] = {}  # rows of a time to come, by domain and table

    def add(self, *components: Component) -> None:
        """Add components."""
        self.components += components

    def __contains__(self, name: str) -> bool:
        """Return whether a component has this name."""
        return any(component.name == name for component in self.components)

    def close(self) -> None:
        """Work out the order. ValueError if two have one name, or each waits for the other."""
        self.components = ordered(self.components)
        leading = upstream([c for c in self.components if c.driven], self.components)
        for component in self.components:
            self._of.setdefault(component.domain, []).append(component)
            if component.name in leading:
                self._leading.setdefault(component.domain, []).append(component)
            for log in component.inputs:
                self._readers.setdefault(log, []).append(component)

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self, until: int, domain: str | None = None) -> None:
        """Bring the components of a domain, or all, to ``until``; circles must have been advanced so far."""
        for component in self.components if domain is None else self._of[domain]:
            component.advance(until)

    def lead(self, until: int, domain: str) -> None:
        """Bring what leads to calls from a domain to ``until``, before which nothing else may change.

        Its circle must have been advanced to the last tick of its relay before that.
        """
        self._led[domain] = max(until, self._led.get(domain, 0))
        for component in self._leading.get(domain, ()):
            component.advance(until)

    def pull(self, name: str, until: int) -> None:
        """Bring one component, and what it reads from, to ``until``; circles must have been advanced so far.

        All others stay where they are.
        """
        (asked,) = (c for c in self.components if c.name == name)
        wanted = upstream([asked], self.components) | {name}
        for component in self.components:
            if component.name in wanted:
                component.advance(until)

    # --- what happens ---------------------------------------------------------------------------------------

    def changed(self, cause: int | None) -> None:
        """Tell all that something in the world has changed now, to which they have been advanced."""
        for component in self.components:
            component.changed(cause)

    def promoted(self, domain: str, cut: int, cut_ns: int, cause: int) -> None:
        """Tell a domain that its new timeline has begun now."""
        for component in self._of[domain]:
            component.promoted(cut, cut_ns, cause)

    def opened(self, region: str) -> None:
        """Tell all that partitions of a region's bus are available again."""
        for component in self.components:
            component.opened(region)

    # --- the journal ----------------------------------------------------------------------------------------

    def rows(self, domain: str, until: int, *, last: bool) -> Rows:
        """Return a domain's new rows for the journal before ``until``; of the ``last`` slice, all.

        Rows of later times, of what has been led ahead, come with a later slice.
        """
        self.advance(until, domain)
        found = [table for component in self._of[domain] for table in _tables(component, last=last)]
        for component in self._of[domain]:
            component.forget(self._needed)
        tables = self._held.pop(domain, {})
        for name, table in found:
            if len(next(iter(table.values()))):
                tables[name] = _joined(tables[name], table) if name in tables else table
        return tables if self._led.get(domain, 0) <= until else self._before(until, domain, tables)

    def _needed(self, log: str) -> int | None:
        needs = [component.needs(log) for component in self._readers.get(log, ())]
        return min((need for need in needs if need is not None), default=None)

    def _before(self, until: int, domain: str, tables: Rows) -> Rows:
        """Hold back what happens at ``until`` or later; return the rest."""
        out, held = Rows(), self._held.setdefault(domain, {})
        for name, table in tables.items():
            count = len(next(iter(table.values())))
            # a table without times tells how long something lasted, which is over
            certain = int(np.searchsorted(table["at_ns"], until)) if "at_ns" in table else count
            if certain:
                out[name] = {column: values[:certain] for column, values in table.items()}
            if certain < count:
                held[name] = {column: values[certain:] for column, values in table.items()}
        return out


def _tables(component: Component, *, last: bool) -> Iterator[tuple[str, Table]]:
    yield from component.take_rows().items()
    if last:
        yield from component.final_rows().items()


def _joined(first: Table, second: Table) -> Table:
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def ordered(components: Iterable[Component]) -> list[Component]:
    """Return components so that each comes after those that write what it reads, unless it is driven.

    Else they stay in their order. ValueError if two have one name, or each waits for the other.
    """
    components = list(components)
    if len({component.name for component in components}) < len(components):
        raise ValueError("two components have one name")
    found: dict[str, Component] = {}
    waiting: list[str] = []

    def visit(component: Component) -> None:
        if component.name in waiting:
            raise ValueError(f"components wait for each other: {' -> '.join(waiting)} -> {component.name}")
        if component.name not in found:
            waiting.append(component.name)
            for other in () if component.driven else writers(component):
                visit(other)
            waiting.pop()
            found[component.name] = component

    writers = _writers(components)
    for component in components:
        visit(component)
    return list(found.values())


def upstream(of: Iterable[Component], components: Iterable[Component]) -> set[str]:
    """Return the names of all components that, directly or through others, write what those ``of`` read.

    A driven one is not looked through: nobody pulls it along.
    """
    writers, ahead, found = _writers(components), list(of), set[str]()
    while ahead:
        for other in writers(ahead.pop()):
            if not other.driven and other.name not in found:
                found.add(other.name)
                ahead.append(other)
    return found


def _writers(components: Iterable[Component]) -> Callable[[Component], list[Component]]:
    """Return what tells of a component who writes what it reads."""
    of: dict[str, list[Component]] = {}
    for component in components:
        for log in component.outputs:
            of.setdefault(log, []).append(component)
    return lambda reader: [writer for log in reader.inputs for writer in of.get(log, ())]
