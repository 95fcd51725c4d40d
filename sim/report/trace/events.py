"""Trace events: slices, instants, counters, and the names of processes and threads.

Reference: "Trace Event Format" (Google, 2016), object form. ``ts`` and ``dur`` are microseconds; three
decimals make them exact to the nanosecond.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from json import dumps
from typing import Any

from sim.core.inert import inert

Event = dict[str, Any]
THREAD_OF_PROCESS = 0


def microseconds(at_s: float) -> Decimal:
    """Return a moment, which is a whole number of nanoseconds, in microseconds."""
    return Decimal(round(at_s * 1e9)).scaleb(-3)


class TraceEvents:
    """Events that grow; processes and threads are numbered in the order of their first use."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._pids: dict[str, int] = {}
        self._tids: dict[tuple[str, str], int] = {}

    def process(self, name: str) -> int:
        """Return the number of a process, which begins to exist here if it does not."""
        return self._pids.setdefault(name, len(self._pids) + 1)

    def _thread(self, process: str, name: str) -> int:
        return self._tids.setdefault((process, name), len(self._tids) + 1)

    def _on(self, process: str, thread: str) -> Event:
        return {"pid": self.process(process), "tid": self._thread(process, thread)}

    def slice(
        self, place: tuple[str, str], name: str, span_s: tuple[float, float], args: Mapping[str, Any]
    ) -> None:
        """Add what lasted. ``place``: process and thread; on one thread slices nest or are apart."""
        began, ended = map(microseconds, span_s)
        timed = {"ts": began, "dur": ended - began}
        self.events.append({"ph": "X", "name": name, **self._on(*place), **timed, "args": dict(args)})

    def instant(self, place: tuple[str, str], name: str, at_s: float, args: Mapping[str, Any]) -> None:
        """Add what happened at one moment."""
        at = {"ts": microseconds(at_s), "s": "t"}
        self.events.append({"ph": "i", "name": name, **self._on(*place), **at, "args": dict(args)})

    def counter(self, process: str, name: str, steps: Iterable[tuple[float, Mapping[str, float]]]) -> None:
        """Add values over time: (since when, s; name -> value), only where any changes."""
        pid, before = self.process(process), None
        for at_s, values in steps:
            if values != before:
                told = {"ts": microseconds(at_s), "args": dict(values)}
                self.events.append({"ph": "C", "name": name, "pid": pid, "tid": THREAD_OF_PROCESS, **told})
            before = values

    def ordered(self) -> Iterator[Event]:
        """Yield names first, then all events by time; of those that begin together the longest first."""
        yield from self._names()
        yield from sorted(
            self.events, key=lambda e: (e["ts"], -e.get("dur", 0), e["pid"], e["tid"], e["name"])
        )

    def _names(self) -> Iterator[Event]:
        for name, pid in self._pids.items():
            about = {"ph": "M", "pid": pid, "tid": THREAD_OF_PROCESS, "ts": 0}
            yield {"name": "process_name", **about, "args": {"name": name}}
            yield {"name": "process_sort_index", **about, "args": {"sort_index": pid}}
        for (process, name), tid in self._tids.items():
            about = {"ph": "M", "pid": self._pids[process], "tid": tid, "ts": 0}
            yield {"name": "thread_name", **about, "args": {"name": name}}
            yield {"name": "thread_sort_index", **about, "args": {"sort_index": tid}}


def written(trace: TraceEvents, about: Mapping[str, Any]) -> str:
    """Return a trace as JSON, a line for each event. ``about``: what is told of the whole."""
    head = f'{{"displayTimeUnit": "ms", "otherData": {_text(about)}, "traceEvents": [\n'
    return head + ",\n".join(map(_text, trace.ordered())) + "\n]}\n"


def _text(event: Mapping[str, Any]) -> str:
    """Return an event in one line; microseconds as the decimals that they are, and not by way of a float."""
    times = {key: value for key, value in event.items() if isinstance(value, Decimal)}
    rest = {key: value for key, value in event.items() if key not in times}
    text = dumps(rest, ensure_ascii=False, separators=(",", ":"))
    timed = "".join(f',"{key}":{value:f}' for key, value in times.items())
    return inert(text[:-1] + timed + "}")
