"""Records series while the measures of a run read its journal: it follows what they follow."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sim.core.stages import BUS, MIRROR, READ, stage_of
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.capability.flows import oldest_of
from sim.measure.series.ages import AgesAt
from sim.measure.series.figures import Placement, Recorded
from sim.measure.series.lags import LagsAt
from sim.measure.series.moments import kept, moments_of
from sim.measure.series.requests import RequestsAt, series

if TYPE_CHECKING:
    from sim.measure.measures import Measures

Named = tuple[str, str, np.ndarray]  # key, unit, values of every moment


class SeriesRecording:
    """Reducer beside ``Measures`` of the same run, which must see each slice before it."""

    def __init__(self, measures: "Measures", duration_ns: int) -> None:
        self._measures, self._moments = measures, moments_of(duration_ns)
        self._requests = {name: RequestsAt(self._moments) for name in measures.stores}
        self._lags = {}
        for name, store in measures.stores.items():
            self._lags[name] = LagsAt(self._moments, store.setup.regions, store.setup.nodes)
            store.observers.all.append(self._lags[name])
        self._ages = dict(self._followed())
        self._places: dict[str, list[tuple[int, int]]] = {}
        self._happened: list[int] = []

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        self._requests[part.domain].fold(part)
        for name in part.tables:
            head, _, process = name.partition("/")
            if head == "placed":
                rows = part.tables[name]
                moved = self._places.setdefault(f"{part.domain}/{process}", [])
                moved += zip(rows["at_ns"].tolist(), rows["region"].tolist(), strict=True)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones; the measures are finished already."""
        self._happened = [milestone.at_ns for milestone in milestones]
        for name, lags in self._lags.items():
            lags.finish(self._measures.stores[name].ledger, end_ns)

    def recorded(self) -> Recorded:
        """Return all series, after ``finish``."""
        numbers = kept(self._moments, self._happened)
        found = {key: series(unit, values[numbers]) for key, unit, values in self._series()}
        for name, requests in self._requests.items():
            for kind, unit, values in requests.series(numbers):
                found[f"{'ok' if unit == 'share' else 'rate'}/{name}.{kind}"] = series(unit, values)
        regions = next(iter(self._measures.stores.values())).setup.regions
        return Recorded(
            at_s=tuple((self._moments[numbers] / 1e9).tolist()),
            series=found,
            places={
                name: tuple(Placement(at_s=at_ns / 1e9, region=regions[r]) for at_ns, r in moved)
                for name, moved in sorted(self._places.items())
            },
        )

    def _series(self) -> Iterator[Named]:
        for name, lags in self._lags.items():
            regions = self._measures.stores[name].setup.regions
            for node, values in lags.ages_s.items():
                yield f"lag/{name}/{regions[node]}", "s", values
                yield f"behind/{name}/{regions[node]}", "records", lags.records[node]
        for key, ages in self._ages.items():
            yield key, "s", ages.values
        yield from self._combined()

    def _followed(self) -> Iterator[tuple[str, AgesAt]]:
        """Follow the oldest missing record of every bus and consumer; yield what follows."""
        for name, path in self._measures.path.domains.items():
            for region, watch in zip(path.setup.regions, path.buses, strict=True):
                ages = AgesAt(self._moments)
                watch.attach(ages)
                yield f"{MIRROR.name}/{name}/{region}", ages
            own = {BUS.capability.format(domain=name): path.events}
            own |= {READ.capability.format(domain=name, name=n): a for n, a in path.consumer_ages.items()}
            for capability, followed in own.items():
                ages = AgesAt(self._moments)
                followed.followers.append(ages)
                yield f"age/{capability}", ages

    def _combined(self) -> Iterator[Named]:
        """Yield how old tables of the lake and insights were, of which each domain knows a part."""
        paths = self._measures.path.domains
        first = next(iter(paths.values()), None)
        if first is None:
            return
        found = {
            stage_of(zone).capability: [path.tables.tracks[zone] for path in paths.values()]
            for zone in first.setup.zones_fresh_ns
        }
        for name, insight in first.setup.insights.items():
            found[f"dashboard.{name}"] = [
                paths[d].tables.shown[name, r].track for d in insight.domains for r in insight.regions
            ]
        for capability, tracks in found.items():
            ages = AgesAt(self._moments)
            ages.fold(*oldest_of(tracks))
            yield f"age/{capability}", "s", ages.values
