"""What was at risk at each moment: the records that a crash, or a cut, would have cost with each standby."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from sim.report.html import axis, chart, marks
from sim.report.html.markup import el, name
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection

EVENTS = {"crash": "if the primary had died", "cut": "if its links had been cut"}


class RiskCurve(NamedTuple):
    """The most records at risk in each step of time, of a standby and an event."""

    words: str
    step_s: float
    records: Sequence[float]


def section(watched: Watched) -> PageSection | None:
    """Return a drawing for each store that was ever at risk, folded; None if none was."""
    figures = [
        _figure(store, curves, watched)
        for store, standbys in watched.document["exposure"].items()
        if (curves := list(_curves(standbys)))
    ]
    if not figures:
        return None
    words = el(
        "p", "Acknowledged records that a standby did not have, so that a failover would have lost them."
    )
    return PageSection("risk", "What was at risk at each moment", [words, *figures], folded=True)


def _curves(standbys: Mapping[str, Any]) -> Iterator[RiskCurve]:
    """Yield every curve of a store that ever leaves zero."""
    for standby, kinds in standbys.items():
        for event, words in EVENTS.items():
            series = kinds[event]["series"]
            if any(series["records"]):
                yield RiskCurve(f"{standby}, {words}", series["step_s"], series["records"])


def _figure(store: str, curves: Sequence[RiskCurve], watched: Watched) -> Markup:
    x = axis.times(0.0, watched.end_s)
    y = axis.counts(max(max(curve.records) for curve in curves), least=1.0)
    lines = (
        marks.steps([i * c.step_s for i in range(len(c.records) + 1)], c.records, x, y, series=place)
        for place, c in enumerate(curves)
    )
    keys = chart.legend([(f"line {marks.of_series(place)}", c.words) for place, c in enumerate(curves)])
    return chart.figure(name(store), keys, chart.plot(marks.windows(watched.faults, x), *lines, x=x, y=y))
