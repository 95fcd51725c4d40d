"""Recorded loads: the rows of a file, and which operations of a run they stand for (semantics, section 3)."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from sim.core.errors import Problem, SpecError
from sim.core.quantity import LONGEST_NS, format_duration
from sim.spec.cells import ISO, Convert, amount, as_ns, count, nanoseconds, one_of, timestamp, unit_of
from sim.spec.columns import Reading, chosen, filled
from sim.spec.scenario import Scenario
from sim.spec.store.workload import Trace, Workload
from sim.spec.table_file import ROWS_MAX, TableFile, Unreadable, opened, there
from sim.spec.text import Complaint

Array = np.ndarray[Any, Any]

OPERATIONS_MAX = 100_000_000  # in a run: what fits into a machine's memory, 8 bytes each
BURST_MAX = 2_000_000  # in a second: all of them may be open at once, a few hundred bytes each
KINDS = {"read": 0, "write": 1}
_ROLES = {
    "time": ("time_s", "time_ms", "time_us", "time_ns", "time"),
    "client": ("client",),
    "kind": ("kind",),
    "count": ("count",),
    "rate_per_s": ("rate_per_s",),
}
_NEEDED = "time_s is needed, the seconds since the start of the run"
_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}
_S = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRows:
    """The rows of a file in order of time, equal times in the order of the file.

    ``times_ns``: int64 (n,), since ``origin``. Where the file has the column, else None: ``amounts``, float64
    (n,); ``clients``, int16 (n,), in name order; ``kinds``, int8 (n,), of KINDS.
    """

    times_ns: Array
    amounts: Array | None
    clients: Array | None
    kinds: Array | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a run uses of a file: ``used`` of ``rows``, from ``first_ns`` to ``last_ns``.

    ``starts_ns``, ``ends_ns``: the first and last row of all. ``gap_ns``: the longest time of the run without
    an operation, which begins at ``gap_from_ns``.
    """

    rows: int
    used: int
    first_ns: int
    last_ns: int
    starts_ns: int
    ends_ns: int
    gap_ns: int
    gap_from_ns: int
    operations: int


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """The rows of a run in order of time, repeated ones too, and how many operations there are up to each."""

    times_ns: Array
    ends: Array
    clients: Array | None
    kinds: Array | None
    interval_ns: int
    coverage: Coverage


def load_of(scenario: Scenario, domain: str) -> Load | None:
    """Return the recorded load of a domain, None where it has none. Raises SpecError for an unusable file."""
    trace = scenario.databases[domain].workload.arrivals
    if not isinstance(trace, Trace):
        return None
    try:
        return _load(_named(trace), tuple(sorted(scenario.clients)), scenario.duration)
    except Unreadable as error:
        raise SpecError(Problem(*said, file=trace.file) for said in error.told(trace.file)) from None


def digest_of(file: str) -> str:
    """Return the SHA-256 (hex) of a file's bytes. Raises OSError."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_trace(
    load: Workload, clients: Iterable[str], duration_ns: int, path: tuple[str, ...]
) -> Iterator[Complaint]:
    """Yield what is wrong with a workload that follows a trace. ``path`` is the workload's."""
    assert isinstance(load.arrivals, Trace)
    for field in ("writes", "reads"):
        if getattr(load, field):
            yield Complaint((*path, field), "a trace has its own arrival times", "leave the rate out")
    at = (*path, "arrivals", "file")
    try:
        trace = _named(load.arrivals, again=True)
        if load.arrivals.sha256 not in (None, trace.sha256):
            name = os.path.basename(trace.file)
            yield Complaint(at, f"{name} has changed since the scenario was resolved")
        _load(trace, tuple(sorted(clients)), duration_ns)
    except Unreadable as error:
        yield from (Complaint(at, *said) for said in error.told(load.arrivals.file))


def _named(trace: Trace, *, again: bool = False) -> Trace:
    """Return the trace with the hash of its file, ``again``: as it is now. Raises Unreadable."""
    if trace.sha256 is not None and not again:
        return trace
    with there(trace.file):
        return trace.model_copy(update={"sha256": digest_of(trace.file)})


# --- reading: once for each content, since a study runs a scenario many times ---------------------------


@lru_cache(maxsize=4)
def _read(trace: Trace, clients: tuple[str, ...]) -> RecordedRows:
    with opened(trace.file) as table:
        readings = _readings(table, trace, clients)
        columns = filled(table, readings, trace.file)
        origin = _origin(trace, unit_of(table, readings["time"].column, trace.unit))
    if digest_of(trace.file) != trace.sha256:
        raise Unreadable("it has changed since the scenario was resolved")
    return _recording(columns, trace, origin)


def _readings(table: TableFile, trace: Trace, clients: tuple[str, ...]) -> dict[str, Reading]:
    given = {} if trace.columns is None else trace.columns.model_dump(exclude_none=True)
    columns = chosen(table, _ROLES, given, _NEEDED)
    if "time" not in columns:
        raise Unreadable("it has no column time_s, the seconds since the start of the run", table.found)
    _check_amounts(columns, trace)
    regions = {name: index for index, name in enumerate(clients)}
    kinds = {
        "client": lambda name: Reading(name, one_of(regions), "a client region", np.int16, clients),
        "kind": lambda name: Reading(name, one_of(KINDS), "read or write", np.int8, tuple(KINDS)),
        "count": lambda name: Reading(name, count, "a whole number from 0 on"),
        "rate_per_s": lambda name: Reading(name, amount, "a number of requests a second"),
    }
    time = _time(table, columns.pop("time"), trace)
    return {"time": time, **{role: kinds[role](name) for role, name in columns.items()}}


def _check_amounts(columns: dict[str, str], trace: Trace) -> None:
    if {"count", "rate_per_s"} <= columns.keys():
        raise Unreadable("count and rate_per_s are two ways to say the same", "name one of them in `columns`")
    if "rate_per_s" in columns and not trace.interval:
        raise Unreadable("a rate needs to know how long a row lasts", "such as interval: 1m")
    if trace.interval and not columns.keys() & {"count", "rate_per_s"}:
        raise Unreadable("with an interval each row needs a count or a rate_per_s", "leave the interval out")


def _time(table: TableFile, column: str, trace: Trace) -> Reading:
    unit = unit_of(table, column, trace.unit)
    if unit is None:
        raise Unreadable(f"in which unit is {column!r}", "say unit: s, ms, us, ns or iso8601")
    if unit == ISO and trace.origin is None:
        hint = "say origin: first, or the timestamp at which it starts"
        raise Unreadable(f"{column!r} has timestamps, and none of them is the start of the run", hint)
    convert = as_ns if column in table.types else nanoseconds(unit)
    if unit == ISO:
        return Reading(column, convert, "a timestamp such as 2026-03-01T12:00:00Z", np.int64)
    if trace.origin is not None:
        return Reading(column, convert, _WORDS[unit], np.int64)
    expected = f"{_WORDS[unit]} since the start of the run, or say `origin`"
    return Reading(column, _since_start(convert), expected, np.int64)


def _since_start(convert: Convert) -> Convert:
    def within(cell: Any) -> int | None:
        ns: int | None = convert(cell)
        return ns if ns is not None and 0 <= ns <= LONGEST_NS else None

    return within


def _origin(trace: Trace, unit: str | None) -> int | None:
    """Return which ns of the file is time 0 of the run; None: its first."""
    if trace.origin in (None, "first"):
        return 0 if trace.origin is None else None
    found = None if unit in (None, ISO) else nanoseconds(str(unit))(trace.origin)
    found = timestamp(trace.origin) if found is None else found
    if found is None:
        raise Unreadable(f"origin: {trace.origin} is no moment of its times", f"these are in {unit}")
    return int(found)


def _recording(columns: dict[str, Array], trace: Trace, origin_ns: int | None) -> RecordedRows:
    order = np.argsort(columns["time"], kind="stable")
    ordered = {role: values[order] for role, values in columns.items()}
    amounts = ordered.get("count")
    if "rate_per_s" in ordered:
        amounts = ordered["rate_per_s"] * trace.interval / 1e9
    since = ordered["time"] - (ordered["time"][0] if origin_ns is None else origin_ns)
    found = RecordedRows(since, amounts, ordered.get("client"), ordered.get("kind"))
    if trace.interval:
        _check_apart(found, trace.interval)
    return found


def _check_apart(found: RecordedRows, interval_ns: int) -> None:
    """Refuse rows of one stream that lie so near that each can hardly last the whole interval."""
    parts = [part for part in (found.clients, found.kinds) if part is not None]
    order = np.lexsort((found.times_ns, *parts))
    apart = np.diff(found.times_ns[order])
    alike = np.ones(apart.size, bool)
    for part in parts:
        alike &= np.diff(part[order]) == 0
    near = np.flatnonzero(alike & (apart <= interval_ns // 2))
    if near.size:
        at, other = (format_duration(abs(int(found.times_ns[order[near[0] + i]]))) for i in (0, 1))
        why = f"two rows of one stream are at {at} and {other}, and each lasts {format_duration(interval_ns)}"
        raise Unreadable(why, "is `interval` too long, or are there several series in the file")


# --- laying out -----------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _load(trace: Trace, clients: tuple[str, ...], duration_ns: int) -> Load:
    """Return the operations of a run. Raises Unreadable if there are none, or too many."""
    found = _read(trace, clients)
    low, high = np.searchsorted(found.times_ns, [0, min(duration_ns, trace.repeat or duration_ns)])
    if low == high:
        raise Unreadable(f"none of its rows lies in the run: {_reach(found.times_ns)}", "see origin and unit")
    index, times = _repeated(found.times_ns[low:high], trace.repeat, duration_ns)
    index += low
    amounts = np.ones(index.size) if found.amounts is None else found.amounts[index]
    totals = np.floor(trace.scale * np.cumsum(amounts) + 0.5)
    _check_total(times, totals, trace)
    ends = totals.astype(np.int64)
    coverage = _coverage(found, (int(low), int(high)), times, ends=ends, trace=trace, duration_ns=duration_ns)
    clients_of, kinds = (None if part is None else part[index] for part in (found.clients, found.kinds))
    return Load(times, ends, clients_of, kinds, trace.interval, coverage)


def _reach(times_ns: Array) -> str:
    first, last = (_moment(int(times_ns[i])) for i in (0, -1))
    return f"the first is at {first}, the last at {last}"


def _moment(ns: int) -> str:
    return ("-" if ns < 0 else "") + format_duration(abs(ns))


def _repeated(times_ns: Array, period_ns: int | None, duration_ns: int) -> tuple[Array, Array]:
    """Return the number and the time of each row of a run, in order of time."""
    copies = 1 if period_ns is None else -(-duration_ns // period_ns)
    if copies * times_ns.size > ROWS_MAX:
        why = f"repeated {copies:,} times it has {copies * times_ns.size:,} rows"
        raise Unreadable(why, f"a run may have {ROWS_MAX:,}")
    index = np.tile(np.arange(times_ns.size), copies)
    times = np.tile(times_ns, copies) + np.repeat(np.arange(copies), times_ns.size) * (period_ns or 0)
    inside = times < duration_ns
    return index[inside], times[inside]


def _check_total(times_ns: Array, totals: Array, trace: Trace) -> None:
    if totals[-1] < 1:
        raise Unreadable("its rows in the run stand for no operation at all", "see count and scale")
    if totals[-1] > OPERATIONS_MAX:
        why = f"its rows in the run stand for {totals[-1]:,.0f} operations"
        raise Unreadable(why, f"there may be {OPERATIONS_MAX:,}; see scale")
    counts = np.diff(totals, prepend=0.0) * min(1.0, _S / max(trace.interval, 1))
    seconds = times_ns // _S
    firsts = np.flatnonzero(np.diff(seconds, prepend=-1))
    sums = np.add.reduceat(counts, firsts)
    most = int(np.argmax(sums))
    if sums[most] > BURST_MAX:
        why = f"{sums[most]:,.0f} operations begin in the second from {int(seconds[firsts[most]])}s on"
        raise Unreadable(why, f"there may be {BURST_MAX:,} in one; see interval and scale")


def _coverage(
    found: RecordedRows,
    used: tuple[int, int],
    times_ns: Array,
    *,
    ends: Array,
    trace: Trace,
    duration_ns: int,
) -> Coverage:
    all_ns = found.times_ns
    busy = np.diff(ends, prepend=0) > 0
    until = np.minimum(times_ns[busy] + trace.interval, duration_ns)
    quiet_from = np.concatenate(([0], np.maximum.accumulate(until)))
    gaps = np.concatenate((times_ns[busy], [duration_ns])) - quiet_from
    longest = int(np.argmax(gaps))
    return Coverage(
        rows=all_ns.size,
        used=used[1] - used[0],
        first_ns=int(all_ns[used[0]]),
        last_ns=int(all_ns[used[1] - 1]),
        starts_ns=int(all_ns[0]),
        ends_ns=int(all_ns[-1]),
        gap_ns=int(gaps[longest]),
        gap_from_ns=int(quiet_from[longest]),
        operations=int(ends[-1]),
    )
