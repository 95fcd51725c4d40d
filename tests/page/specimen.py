"""A page with every part that pages are put together from, and with names that would break a careless one."""

from math import exp, inf, sin

from sim.report.html import axis, chart, marks, table
from sim.report.html.markup import command, el, items, name
from sim.report.html.shell import Page, PageSection, rendered

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</script><b>&amp;",
    "\u202eevil \u05d0\u05d1\u05d2",
    "注文データベース",
    "x" * 300,
)
FAULTS = [(name, 600.0 * i, 600.0 * i + 900.0) for i, name in enumerate(HOSTILE[:5])] + [
    ("late", 5000.0, None)
]


def series():
    """Two lines over two hours that span decades, the second with a gap."""
    xs = [i * 3.6 for i in range(2001)]
    ys = [0.4 + 2000 * exp(-(((at - 2600) / 600) ** 2)) for at in xs]
    zs = [None if 100 < i < 200 else 0.4 + 0.1 * sin(at) for i, at in enumerate(xs)]
    x, y = axis.times(0.0, 7200.0), axis.durations(max(ys), least=1.0)
    lines = (marks.line(xs, ys, x, y, series=0), marks.line(xs, zs, x, y, series=9))
    limit = marks.limit(300.0, y, words="objective: 5m")
    names = chart.legend([("line s0", HOSTILE[0]), ("line s1 dashed", "b")])
    return chart.figure(
        name(HOSTILE[1]), names, chart.plot(marks.windows(FAULTS, x), *lines, limit, x=x, y=y)
    )


def histogram():
    """Bars of two colours, an objective, an interval, dots."""
    x, y = axis.durations(100.0), axis.counts(12)
    bars = marks.bars([0, 20, 40, 60], [("met", [1, 7, 2]), ("missed", [0, 0, 3])], x, y)
    rest = (
        marks.limit(50.0, x, words="objective", upright=True),
        marks.interval(30.0, inf, x, top=0.1, bottom=0.2, kind="s2"),
        marks.dots([(10.0, 3.0), (inf, 2.0)], x, y, series=3),
        marks.steps([0, 20, 40, 60], [1, 7, 7], x, y, series=1),
    )
    return chart.figure("How often", chart.plot(bars, *rest, x=x, y=y), note="So many trials.")


def lanes():
    """A row of every phase for each name."""
    phases = ("detect", "decide", "fence", "promote", "reroute", "repair", "replay", "reconcile", "catch-up")
    bars = tuple(chart.Bar(9.0 * i, 9.0 * i + 9.0, f"phase-{phase}", phase) for i, phase in enumerate(phases))
    rows = [chart.Row(name, bars, "1m 21s") for name in HOSTILE]
    shown = chart.lanes(rows, x=axis.durations(90.0), faults=[("power", 0.0, 30.0)])
    return chart.figure("Where the time went", shown)


def objectives():
    """A table with names of others."""
    columns = (table.Column("objective"), table.Column("was", "s", number=True), table.Column("verdict"))
    kinds = ("met", "missed", "undecided", "broken")
    rows = [
        (name(text), "86.0", el("span", kinds[i % 4], class_=f"verdict {kinds[i % 4]}"))
        for i, text in enumerate(HOSTILE)
    ]
    return table.table("Objectives", columns, rows)


def written(path):
    """Write the page; return the path."""
    sections = (
        PageSection("objectives", "Objectives", (objectives(),)),
        PageSection("series", "Over time", (series(), el("div", histogram(), histogram(), class_="charts"))),
        PageSection("phases", "Phases", (lanes(), items([command("sim run 'a b' --set x=1"), HOSTILE[2]]))),
        PageSection("rest", HOSTILE[0], (el("p", "Folded."),), folded=True),
    )
    head = (el("p", HOSTILE[0], class_="lead"),)
    path.write_text(
        rendered(Page(HOSTILE[1], "Specimen", head, sections, data={"name": HOSTILE[2]})), "utf-8"
    )
    return path
