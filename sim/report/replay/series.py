"""Series of a run over time, by key, as the document of a run has them.

``lag/<store>/<r>``      age of the oldest commit that the standby in ``r`` has not received, s
``behind/<store>/<r>``   how many such commits there are, records
``age/<capability>``     how old what it showed was, s
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time. ``at_s``: when each begins to hold, rising; ``values``: of each, None: unknown."""

    unit: str
    at_s: Sequence[float]
    values: Sequence[float | None]

    @property
    def greatest(self) -> float:
        """The largest value, 0 if there is none."""
        return max((value for value in self.values if value is not None), default=0.0)


def curves(document: Document) -> dict[str, Curve]:
    """Return the series of a document: the greatest value of each step."""
    return dict(_curves(document))


def _curves(document: Document) -> Iterator[tuple[str, Curve]]:
    for store, standbys in document["exposure"].items():
        for region, found in standbys.items():
            series = found["cut"]["series"]
            at_s = _starts(series["step_s"], len(series["age_s"]))
            yield f"lag/{store}/{region}", Curve("s", at_s, series["age_s"])
            yield f"behind/{store}/{region}", Curve("records", at_s, series["records"])
    for name, found in document.get("freshness", {}).items():
        series = found["series"]
        yield (
            f"age/{name}",
            Curve("s", _starts(series["step_s"], len(series["age_s"])), series["age_s"]),
        )


def _starts(step_s: float, number: int) -> list[float]:
    """Return when each of so many steps begins, in seconds."""
    return [round(place * step_s, 9) for place in range(number)]
