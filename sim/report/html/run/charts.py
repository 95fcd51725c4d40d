"""Charts of a run on one axis of time: requests, lag of standbys, age at each stage, the faults shaded."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median

from markupsafe import Markup

from sim.core.stages import MIRROR
from sim.report.html import axis, chart, marks
from sim.report.html.markup import Child, el, name
from sim.report.html.run.watched import Watched
from sim.report.quantities import count, duration, percent
from sim.report.replay.series import ReplayCurve

HEIGHT_PX = 110
SERIES = 8  # colours
BUCKETS = 160  # of a line of the whole run
Groups = Mapping[str, dict[str, str]]  # title of a chart -> what a line is called -> key of its series


def charts(watched: Watched) -> Iterator[Child]:
    """Yield a figure for each group of series, those that tell less folded."""
    shown, more = grouped(watched)
    yield from (_figure(title, lines, watched) for title, lines in shown.items())
    if more:
        figures = (_figure(title, lines, watched) for title, lines in more.items())
        yield el(
            "details",
            el("summary", f"{len(more)} more charts: what was answered, the bus of each region"),
            *figures,
        )


def grouped(watched: Watched) -> tuple[Groups, Groups]:
    """Return the charts that are shown, and those that are folded."""
    shown: dict[str, dict[str, str]] = {}
    more: dict[str, dict[str, str]] = {}
    for key in _in_order(watched.seen.curves):
        kind, _, of = key.partition("/")
        place, title, line = NAMES[kind](of)
        (more if place else shown).setdefault(title, {})[line] = key
    return shown, more


def _in_order(keys: Mapping[str, ReplayCurve]) -> Iterator[str]:
    """Yield keys by kind, requests first."""
    for kind in NAMES:
        yield from (key for key in keys if key.startswith(f"{kind}/"))


def _ok(of: str) -> tuple[bool, str, str]:
    store, _, kind = of.rpartition(".")
    return False, f"{kind}s that ended ok".capitalize(), store


def _lag(of: str) -> tuple[bool, str, str]:
    store, _, region = of.partition("/")
    return False, f"{store}: how far standbys are behind", region


def _age(of: str) -> tuple[bool, str, str]:
    head, _, stage = of.partition(".")
    return False, f"{head}: how old what it shows is", stage


def _rate(of: str) -> tuple[bool, str, str]:
    store, _, kind = of.rpartition(".")
    return True, f"{kind}s that ended ok, per second".capitalize(), store


def _mirror(of: str) -> tuple[bool, str, str]:
    store, _, region = of.partition("/")
    return True, f"{store}: how old the bus is", region


# Kind of a series -> from what it is of: whether it is folded, title of its chart, name of its line.
NAMES: Mapping[str, Callable[[str], tuple[bool, str, str]]] = {
    "ok": _ok,
    "lag": _lag,
    "age": _age,
    "rate": _rate,
    MIRROR.name: _mirror,
}


def _figure(title: str, lines: Mapping[str, str], watched: Watched) -> Markup:
    curves = [watched.seen.curves[key] for key in lines.values()]
    x, y = axis.times(0.0, watched.end_s), _upright(curves)
    shown = chart.plot(
        marks.windows(_named_once(watched.faults), x),
        *(_line(curve, x, y, place) for place, curve in enumerate(curves)),
        x=x,
        y=y,
        height_px=HEIGHT_PX,
    )
    return chart.figure(name(title), _legend(lines, watched), shown)


def _line(curve: ReplayCurve, x: axis.Axis, y: axis.Axis, place: int) -> marks.Mark:
    """Return the line as it is without a script, which draws every point of what is shown."""
    thin = curve.envelope(BUCKETS)
    return marks.line(thin.at_s, thin.values, x, y, series=place)


def _named_once(faults: Sequence[marks.Window]) -> Iterator[marks.Window]:
    """Yield the faults; of one that comes and goes only the first time has its name."""
    known: set[str] = set()
    for called, began_s, healed_s in faults:
        yield "" if called in known else called, began_s, healed_s
        known.add(called)


def _upright(curves: Sequence[ReplayCurve]) -> axis.Axis:
    """Return the axis of values: one that is not linear where what is usual would else not be seen."""
    unit, most = curves[0].unit, max(max(c.known, default=0.0) for c in curves)
    if unit == "share":
        return axis.shares()
    if unit != "s":
        return axis.counts(most)
    usual = (median(c.known or [0.0]) for c in curves)
    return axis.durations(most, least=axis.least_of(usual))


def _legend(lines: Mapping[str, str], watched: Watched) -> Markup:
    """Return what each line is, and its worst value; a script writes the value at the cursor there."""
    shown = []
    for place, (words, key) in enumerate(lines.items()):
        kind = f"s{place % SERIES}{' dashed' if place // SERIES % 2 else ''}"
        value = el("span", _worst(watched.seen.curves[key]), class_="value", data_value=key)
        shown.append(el("li", el("span", class_=f"swatch line {kind}"), name(words), " ", value))
    return el("ul", *shown, class_="legend")


def _worst(curve: ReplayCurve) -> str:
    """Write the largest value; of a share the smallest."""
    if not curve.known:
        return "never known"
    if curve.unit == "share":
        return f"at least {percent(min(curve.known))}"
    most = max(curve.known)
    return f"at most {duration(most)}" if curve.unit == "s" else f"at most {count(round(most, 1))}/s"
