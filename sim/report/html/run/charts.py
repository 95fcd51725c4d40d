"""Charts of a run on one axis of time: lag of standbys, age at each stage, with the faults shaded."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from markupsafe import Markup

from sim.report.html import axis, chart, marks
from sim.report.html.markup import el, name
from sim.report.html.run.watched import Watched
from sim.report.quantities import count, duration
from sim.report.replay.series import Curve

HEIGHT_PX = 110
SERIES = 8  # colours


def charts(watched: Watched) -> Iterator[Markup]:
    """Yield a figure for each group of series."""
    for title, lines in grouped(watched).items():
        yield _figure(title, lines, watched)


def drawn(watched: Watched) -> set[str]:
    """Return the keys of all series that charts show."""
    return {key for lines in grouped(watched).values() for key in lines.values()}


def grouped(watched: Watched) -> Mapping[str, dict[str, str]]:
    """Return title of a chart -> what a line is called -> key of its series."""
    found: dict[str, dict[str, str]] = {}
    for key in watched.curves:
        kind, _, of = key.partition("/")
        if kind == "lag":
            store, _, region = of.partition("/")
            found.setdefault(f"{store}: how far standbys are behind", {})[region] = key
        elif kind == "age":
            head, _, stage = of.partition(".")
            found.setdefault(f"{head}: how old what it shows is", {})[stage] = key
    return found


def _figure(title: str, lines: Mapping[str, str], watched: Watched) -> Markup:
    curves = [watched.curves[key] for key in lines.values()]
    x = axis.times(0.0, watched.end_s)
    y = _upright(curves)
    shown = chart.plot(
        marks.windows(watched.faults, x),
        *(marks.line(c.at_s, c.values, x, y, series=place) for place, c in enumerate(curves)),
        x=x,
        y=y,
        height_px=HEIGHT_PX,
    )
    return chart.figure(name(title), _legend(lines, watched), shown)


def _upright(curves: Sequence[Curve]) -> axis.Axis:
    """Return the axis of values: one that is not linear where what is usual would else not be seen."""
    usual = (median(v for v in c.values if v is not None) if any(c.values) else 0.0 for c in curves)
    return axis.durations(max(c.greatest for c in curves), least=axis.least_of(usual))


def _legend(lines: Mapping[str, str], watched: Watched) -> Markup:
    """Return what each line is, and its greatest value; a script writes the value at the cursor there."""
    shown = []
    for place, (words, key) in enumerate(lines.items()):
        kind = f"s{place % SERIES}{' dashed' if place // SERIES % 2 else ''}"
        most = written(watched.curves[key].unit, watched.curves[key].greatest)
        value = el("span", f"at most {most}", class_="value", data_value=key)
        shown.append(el("li", el("span", class_=f"swatch line {kind}"), name(words), " ", value))
    return el("ul", *shown, class_="legend")


def written(unit: str, value: float) -> str:
    """Write a value in its unit."""
    return duration(value) if unit == "s" else f"{count(value)} {unit}"
