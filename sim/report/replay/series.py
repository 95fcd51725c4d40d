"""Series of a run over time, by key: as they were recorded, else the greatest values that its document has.

``lag/<store>/<r>``       age of the oldest commit that the standby in ``r`` has not received, s
``mirror/<store>/<r>``    age of the oldest commit that is not on the bus in ``r``, s
``age/<capability>``      how old what it showed was, s
``ok/<capability>``       of the requests that ended since the moment before, the share that ended ok
``rate/<capability>``     those that ended ok, per second
"""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.core.stages import MIRROR
from sim.report.folder import SERIES

Document = Mapping[str, Any]
KINDS = ("lag", MIRROR.name, "age", "ok", "rate")  # in this order; what else is recorded has no curve here


@dataclass(frozen=True, slots=True)
class ReplayCurve:
    """Values over time. ``at_s``: when each begins to hold, rising; ``values``: of each, None: unknown."""

    unit: str
    at_s: Sequence[float]
    values: Sequence[float | None]

    @property
    def known(self) -> list[float]:
        """The values that are known."""
        return [value for value in self.values if value is not None]

    def envelope(self, buckets: int) -> "ReplayCurve":
        """Return the least and the greatest value of each stretch between so many, in order of time."""
        size = -(-len(self.at_s) // buckets)
        places: list[int] = []
        for first in range(0, len(self.at_s), size):
            own = [i for i in range(first, min(first + size, len(self.at_s))) if self.values[i] is not None]
            ends = {min(own, key=self._at), max(own, key=self._at)} if own else {first}
            places += sorted(ends)
        return ReplayCurve(self.unit, [self.at_s[i] for i in places], [self.values[i] for i in places])

    def _at(self, place: int) -> float:
        value = self.values[place]
        assert value is not None, "only known ones are compared"
        return value


@dataclass(frozen=True, slots=True)
class Seen:
    """What was recorded of a run. ``places``: process -> (since when in seconds, region), in order."""

    curves: Mapping[str, ReplayCurve]
    places: Mapping[str, Sequence[tuple[float, str]]]
    exact: bool  # values of moments, not the greatest of steps

    def thinned(self, values_most: int, wanted_s: Iterable[float]) -> "Seen":
        """Return this with fewer values in all, the first at or after each wanted time among them."""
        number = sum(len(curve.at_s) for curve in self.curves.values())
        if number <= values_most or not self.exact:
            return self
        at_s = next(iter(self.curves.values())).at_s
        share = -(-number // values_most)
        kept = {min(bisect_left(at_s, wanted), len(at_s) - 1) for wanted in wanted_s}
        kept = kept if len(kept) * share < len(at_s) else set()
        places = sorted({*range(0, len(at_s), share), *kept})
        curves = {
            key: ReplayCurve(c.unit, [at_s[i] for i in places], [c.values[i] for i in places])
            for key, c in self.curves.items()
        }
        return replace(self, curves=curves)


def seen_in(folder: Path, document: Document) -> Seen:
    """Return the series of a run's folder: those recorded, if it has any."""
    if not (folder / SERIES).is_file():
        return Seen(dict(_of_document(document)), {}, exact=False)
    found = json.loads((folder / SERIES).read_text(encoding="utf-8"))
    at_s = found["at_s"]
    curves = {
        key: ReplayCurve(one["unit"], at_s, one["values"])
        for kind in KINDS
        for key, one in found["series"].items()
        if key.startswith(f"{kind}/") and any(value is not None for value in one["values"])
    }
    places = {
        process: [(one["at_s"], one["region"]) for one in moved] for process, moved in found["places"].items()
    }
    return Seen(curves, places, exact=True)


def _of_document(document: Document) -> Iterator[tuple[str, ReplayCurve]]:
    for store, standbys in document["exposure"].items():
        for region, found in standbys.items():
            series = found["cut"]["series"]
            starts = _starts(series["step_s"], len(series["age_s"]))
            yield f"lag/{store}/{region}", ReplayCurve("s", starts, series["age_s"])
    for name, found in document.get("freshness", {}).items():
        series = found["series"]
        yield (
            f"age/{name}",
            ReplayCurve("s", _starts(series["step_s"], len(series["age_s"])), series["age_s"]),
        )


def _starts(step_s: float, number: int) -> list[float]:
    """Return when each of so many steps begins, in seconds."""
    return [round(place * step_s, 9) for place in range(number)]
