"""The incident as a Gantt chart in Mermaid's language, which GitHub and GitLab draw.

A picture as text: a ticket or a comment has no folder that a file could lie in. Reference: Mermaid 11,
"Gantt diagrams".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sim.report.markdown.text import block
from sim.report.quantities import duration
from sim.report.review.records import CapabilityRow
from sim.report.span import end_s, spent, windows

Bar = tuple[str, float, float]  # what, from, to; s
LANES, FAULTS = 3, 4  # that are drawn
NAME_MAX = 24  # characters: as many as fit beside the lanes
LEAST = 1 / 500  # of the chart; a shorter phase cannot be seen
SPARE = 0.1  # of the incident, after its end
TICKS = 8
SETTING = '%%{init: {"gantt": {"leftPadding": 150}}}%%'
STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
DAY_MS, DAYS = 86_400_000, 28  # a longer chart is not drawn: its days are those of one month
_SYNTAX = re.compile(r"[^\w ./\-]")  # signs that mean something in the language, or may


def gantt(document: Mapping[str, Any], rows: Sequence[CapabilityRow]) -> str:
    """Return faults and the worst recoveries by phase; "" if nothing was down, or only after weeks.

    ``rows``: capabilities, those that matter most first. The chart is as long as the requests' recoveries;
    what lasts longer ends at the edge, and says so.
    """
    bars = {row.name: _bars(document, row.name) for row in rows if row.episodes}
    if not bars:
        return ""
    asked = [bars[row.name] for row in rows if row.name in bars and row.group in ("write", "read")]
    began, ended = _window(document, asked or list(bars.values()))
    if ended * 1e3 >= DAYS * DAY_MS:
        return ""
    lanes = {name: [line for bar in own for line in _task(bar, began, ended)] for name, own in bars.items()}
    seen = [(name, lines) for name, lines in lanes.items() if lines][:LANES]
    return block(
        "\n".join(
            [
                SETTING,
                "gantt",
                "  dateFormat YYYY-MM-DD HH:mm:ss.SSS",
                "  axisFormat %H:%M:%S",
                f"  tickInterval {_tick(ended - began)}second",
                *_section("faults", _faults(document, began, ended)),
                *(line for name, lines in seen for line in _section(_plain(name), lines)),
            ]
        ),
        "mermaid",
    )


def _section(name: str, lines: Sequence[str]) -> list[str]:
    return [f"  section {name}", *lines] if lines else []


def _faults(document: Mapping[str, Any], began: float, ended: float) -> list[str]:
    found = (
        (f"fault {name}", at_s, end_s(document) if healed_s is None else healed_s)
        for name, at_s, healed_s in windows(document)
    )
    return [line for bar in found for line in _task(bar, began, ended, tag="crit, ")][:FAULTS]


def _bars(document: Mapping[str, Any], name: str) -> list[Bar]:
    """Return (what, from, to; s) of a capability: its phases, or each time that it was down."""
    found = document["recovery"][name]
    phases = [(phase.replace("_", " "), began, began + lasted) for phase, began, lasted in spent(found)]
    return phases or [
        ("down", one["started_s"], end_s(document) if one["recovered_s"] is None else one["recovered_s"])
        for one in found["episodes"]
    ]


def _window(document: Mapping[str, Any], lanes: Iterable[Sequence[Bar]]) -> tuple[float, float]:
    """Return from when to when the chart goes: what these lanes have, and the faults shortly before."""
    bars = [bar for own in lanes for bar in own]
    began, ended = min(bar[1] for bar in bars), max(bar[2] for bar in bars)
    ended = min(end_s(document), ended + SPARE * (ended - began))
    before = [at_s for _, at_s, _ in windows(document) if began - (ended - began) <= at_s <= began]
    return min([began, *before]), ended


def _task(bar: Bar, began: float, ended: float, *, tag: str = "") -> Iterator[str]:
    """Yield the line of a bar, cut at the edges of the chart; none if it lies outside or cannot be seen."""
    what, first, last = bar
    beyond = f", to {duration(last)}" if last > ended else ""
    first, last = max(first, began), min(last, ended)
    if last - first > LEAST * (ended - began):
        yield f"    {_plain(what)}{beyond} :{tag}{_clock(first)}, {_clock(last)}"


def _clock(at_s: float) -> str:
    """Return a moment as a date; the axis shows its time of day. Runs begin at 0:00 of the first."""
    day, rest = divmod(round(at_s * 1e3), DAY_MS)
    minutes, millis = divmod(rest, 60_000)
    return f"2000-01-{day + 1:02} {minutes // 60:02}:{minutes % 60:02}:{millis // 1000:02}.{millis % 1000:03}"


def _plain(name: str) -> str:
    """Return a name without signs that Mermaid reads."""
    return _SYNTAX.sub("·", name)[:NAME_MAX] or "·"


def _tick(length_s: float) -> int:
    return next((step for step in STEPS_S if length_s / step <= TICKS), STEPS_S[-1])
