"""Recorded loads for generated cases, and how the twin reads one."""

import atexit
import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from io import StringIO
from itertools import count
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.spec.model import MS, S
from sim.spec.scenario import Scenario
from sim.spec.store.workload import Trace, TraceColumns

if TYPE_CHECKING:
    from .generate import Dice, Maker

_PLACE = TemporaryDirectory(prefix="sim-traces-")
atexit.register(_PLACE.cleanup)
_UNITS = {"s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_START = 1_772_366_400  # unix seconds: when the recordings that have moments begin
_NAMES = {"time": "at", "client": "from", "kind": "verb", "count": "n", "rate_per_s": "rps"}


# --- made ------------------------------------------------------------------------------------------


def traced(make: "Maker", number: int, scenario: Scenario) -> Scenario:
    """Return a scenario in which one store's operations come from a file, of which equal times, rows out of
    order and rows beyond the run are a part."""
    from .generate import Dice

    dice = Dice(f"trace {number}")
    name = dice.pick(sorted(scenario.databases))
    database = scenario.databases[name]
    workload = database.workload
    rows = max(1, int((workload.writes + workload.reads) * scenario.duration / S))
    columns, fields = _recorded(make, dice, scenario, rows)
    file = Path(_PLACE.name) / f"case-{number}.{dice.pick(('csv', 'csv', 'csv.gz', 'parquet'))}"
    if dice.chance(0.3):
        columns, fields = _renamed(columns, fields)
    _write(file, columns, dice.pick(",;\t|"))
    update = {"arrivals": Trace(file=str(file), **fields), "reads": 0.0, "writes": 0.0}
    workload = workload.model_copy(update=update)
    databases = {**scenario.databases, name: database.model_copy(update={"workload": workload})}
    return scenario.model_copy(update={"databases": databases})


def _recorded(
    make: "Maker", dice: "Dice", scenario: Scenario, rows: int
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return the columns of a file, and how it is to be read."""
    last_ms = scenario.duration // MS + 500
    interval_ms = dice.pick((0, 0, 0, 100, 700))
    if interval_ms:
        moments = [Fraction(i * interval_ms, 1000) for i in range(last_ms // interval_ms)]
    else:
        moments = [Fraction(5, 4), *(Fraction(str(_moment(make, last_ms))) for _ in range(rows))]
    columns, fields = _times(dice, moments)
    if dice.chance(0.6):
        columns["client"] = [dice.pick(sorted(scenario.clients)) for _ in moments]
    if dice.chance(0.8):
        columns["kind"] = [dice.pick(("read", "write")) for _ in moments]
    if interval_ms and dice.chance(0.5):
        columns["rate_per_s"] = [dice.pick((0, 3.7, 41.25, 60)) for _ in moments]
    elif interval_ms or dice.chance(0.3):
        columns["count"] = [5, *(dice.whole(0, 5) for _ in moments[1:])]
    fields |= {"interval": interval_ms * MS, "scale": dice.pick((1.0, 1.0, 0.3, 1.7, 2.0))}
    if dice.chance(0.3):
        fields["repeat"] = make.span(2000, 9000)
    return columns, fields


def _renamed(
    columns: dict[str, list[Any]], fields: dict[str, Any]
) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return the same load in a file whose columns have other names, beside others."""
    time, *rest = columns
    given = TraceColumns(**{role: _NAMES[role] for role in ("time", *rest)})
    named = {_NAMES["time"]: columns[time], **{_NAMES[role]: columns[role] for role in rest}}
    unit = time.partition("_")[2] or fields["unit"]
    return {"other": list(map(str, columns[time])), **named}, {**fields, "columns": given, "unit": unit}


def _moment(make: "Maker", last_ms: int) -> float:
    if make.even:
        unit_ms = make.unit // MS
        return make.dice.whole(0, last_ms // unit_ms) * unit_ms / 1000
    return make.dice.real(0, last_ms / 1000)


def _times(dice: "Dice", moments: list[Fraction]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """Return a column of times, in one of the forms that there are, and what says which."""
    style = dice.pick(("plain", "plain", "unit", "since", "first", "unix", "iso"))
    if style == "plain":
        return {"time_s": [float(at) for at in moments]}, {}
    unit = dice.pick(("s", "ms", "us", "ns"))
    if style == "unit":
        return {f"time_{unit}": [_in(unit, at) for at in moments]}, {}
    if style == "since":
        origin = dice.pick((-0.5, 0.25, 1.0))
        return {"time_s": [float(at) for at in moments]}, {"origin": origin}
    if style == "first":
        return {"time": [_in(unit, at + 7) for at in moments]}, {"unit": unit, "origin": "first"}
    if style == "unix":
        return {"time_ns": [floor((_START + at) * 10**9) for at in moments]}, {
            "origin": "2026-03-01T12:00:00Z"
        }
    there = timezone(timedelta(hours=dice.whole(-5, 5)))
    stamps = [_EPOCH + timedelta(seconds=_START, microseconds=floor(at * 10**6)) for at in moments]
    return {"time": [stamp.astimezone(there).isoformat() for stamp in stamps]}, {
        "unit": "iso8601",
        "origin": dice.pick(("first", "2026-03-01 12:00:00.250")),
    }


def _in(unit: str, at: Fraction) -> float | int:
    value = at * 10**9 / _UNITS[unit]
    return floor(value) if unit == "ns" else float(value)


def _write(file: Path, columns: dict[str, list[Any]], delimiter: str) -> None:
    if file.suffix == ".parquet":
        pq.write_table(pa.table(columns), file)
        return
    with gzip.open(file, "wt", newline="") if file.suffix == ".gz" else file.open("w", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


# --- read, as the contract says ----------------------------------------------------------------------


def times_of(scenario: Scenario, domain: str) -> dict[tuple[str, str], list[int]]:
    """Return (client, kind) -> the times (ns) at which a traced store's operations are sent, in order."""
    trace = scenario.databases[domain].workload.arrivals
    shares = {name: client.share for name, client in sorted(scenario.clients.items())}
    dealt = dict.fromkeys(shares, 0)
    found: dict[tuple[str, str], list[int]] = {}
    number = 0
    for at, n, row in _operations(trace, scenario.duration):
        for k in range(n):
            number += 1
            client = row.get("client")
            if client is None:
                behind = {name: share * number - dealt[name] for name, share in shares.items()}
                client = max(behind, key=behind.__getitem__)
                dealt[client] += 1
            sent = at + trace.interval * k // n
            if sent < scenario.duration:
                found.setdefault((client, row.get("kind", "write")), []).append(sent)
    return {stream: sorted(times) for stream, times in found.items()}


def _operations(trace: Trace, end: int) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Yield (time, operations, row) of each row of the run."""
    rows = _rows(trace)
    origin = _origin(trace, rows)
    timed = sorted(((_ns(row["time"], trace.unit) - origin, i) for i, row in enumerate(rows)))
    total, before = 0.0, 0
    for at, row in _again(timed, rows, trace.repeat, end):
        total += _amount(row, trace)
        now = floor(trace.scale * total + 0.5)
        yield at, now - before, row
        before = now


def _again(timed, rows, period: int | None, end: int):
    within = [(at, rows[i]) for at, i in timed if 0 <= at < min(end, period or end)]
    for again in count() if period else (0,):
        for at, row in within:
            if at + again * (period or 0) >= end:
                return
            yield at + again * (period or 0), row


def _amount(row: dict[str, Any], trace: Trace) -> float:
    if "rate_per_s" in row:
        return float(row["rate_per_s"]) * trace.interval / 1e9
    return float(row.get("count", 1))


def _origin(trace: Trace, rows: list[dict[str, Any]]) -> int:
    if trace.origin == "first":
        return min(_ns(row["time"], trace.unit) for row in rows)
    if isinstance(trace.origin, str):
        return _stamp(trace.origin)
    return _ns((trace.origin or 0, trace.unit or "s"), None)


def _ns(cell: tuple[Any, str], unit: str | None) -> int:
    value, own = cell
    unit = unit or own
    if unit == "iso8601":
        return _stamp(value)
    return floor(Fraction(str(value)) * _UNITS[unit] + Fraction(1, 2))


def _stamp(text: str) -> int:
    moment = datetime.fromisoformat(text)
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000


def _rows(trace: Trace) -> list[dict[str, Any]]:
    """Return the rows by what their columns are; a time as (cell, unit by its column's name)."""
    file = Path(trace.file)
    if file.suffix == ".parquet":
        rows = pq.read_table(file).to_pylist()
    else:
        data = file.read_bytes()
        text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode()
        delimiter = next((one for one in ";\t|" if one in text.partition("\n")[0]), ",")
        rows = list(csv.DictReader(StringIO(text, newline=""), delimiter=delimiter))
    return [_by_role(row, trace) for row in rows]


def _by_role(row: dict[str, Any], trace: Trace) -> dict[str, Any]:
    if trace.columns is not None:
        named = trace.columns.model_dump(exclude_none=True)
        row = {role: row[name] for role, name in named.items()}
    time = next(name for name in row if name.startswith("time"))
    return {**row, "time": (row[time], time.partition("_")[2] or "s")}
