"""Trace files: arrival times from CSV or Parquet, in the columns ``time_s``, ``client`` and ``kind``.

Without ``kind`` every row is a write. Without ``client`` the rows are dealt to the client groups in
proportion to their shares, in the order of time.
"""

import csv
import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

from sim.spec import models as m
from sim.spec.text import Complaint, nearest

_COLUMNS = ("time_s", "client", "kind")
_KINDS = ("read", "write")
_LONGEST_S = 1e9
_COMPLAINTS_MAX = 5


class _Unreadable(Exception):
    """Why a trace cannot be read as a table."""


def arrivals(scenario: m.Scenario, domain: str) -> dict[str, tuple[int, ...]]:
    """Return stream name -> its arrival times, int ns, ascending; an empty dict for a domain without trace.

    The file must have passed ``check_trace``.
    """
    trace = scenario.databases[domain].workload.arrivals
    if not isinstance(trace, m.Trace):
        return {}
    columns = _read(trace.file)
    order = sorted(range(len(columns["time_s"])), key=lambda row: columns["time_s"][row])
    clients = columns.get("client") or _deal(scenario.clients, order)
    kinds = columns.get("kind") or ["write"] * len(order)
    streams: dict[str, list[int]] = {}
    for row in order:
        name = f"{domain}/{clients[row]}/{kinds[row]}"
        streams.setdefault(name, []).append(math.floor(columns["time_s"][row] * 1e9 + 0.5))
    return {name: tuple(times) for name, times in sorted(streams.items())}


def digest_of(file: str) -> str:
    """Return the SHA-256 (hex) of a file's bytes. Raises OSError."""
    with open(file, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_trace(
    load: m.Workload, clients: Mapping[str, m.Client], path: tuple[str, ...]
) -> Iterator[Complaint]:
    """Yield what is wrong with a workload that follows a trace. ``path`` is the workload's."""
    assert isinstance(load.arrivals, m.Trace)
    for field in ("writes", "reads"):
        if getattr(load, field):
            yield Complaint((*path, field), "a trace has its own arrival times", "leave the rate out")
    at = (*path, "arrivals", "file")
    name = os.path.basename(load.arrivals.file)
    try:
        columns = _read(load.arrivals.file)
        if load.arrivals.sha256 not in (None, digest_of(load.arrivals.file)):
            yield Complaint(at, f"{name} has changed since the scenario was resolved")
    except (OSError, _Unreadable) as error:
        yield Complaint(at, f"cannot read {name}: {getattr(error, 'strerror', None) or error}")
        return
    for _, complaint in zip(range(_COMPLAINTS_MAX), _rows(columns, clients, name), strict=False):
        yield Complaint(at, *complaint)


def _rows(
    columns: dict[str, list[Any]], clients: Mapping[str, m.Client], name: str
) -> Iterator[tuple[str, str]]:
    """Yield (why, hint) for each cell that is wrong; rows count from 1, without the header."""
    allowed = {"client": clients, "kind": _KINDS}
    for row, seconds in enumerate(columns["time_s"], 1):
        if not 0 <= seconds <= _LONGEST_S:
            yield f"{name}, row {row}: time_s is no number of seconds", ""
        for column, names in allowed.items():
            cell = columns[column][row - 1] if column in columns else next(iter(names))
            if cell not in names:
                yield f"{name}, row {row}: no {column} {cell!r}", nearest(str(cell), names)


def _deal(clients: Mapping[str, m.Client], order: list[int]) -> list[str]:
    """Return a client group for each row: always the one furthest behind its share."""
    total = math.fsum(client.share for client in clients.values())
    names = sorted(clients)
    dealt = dict.fromkeys(names, 0)
    chosen = [""] * len(order)
    for count, row in enumerate(order, 1):
        name = max(names, key=lambda n: clients[n].share / total * count - dealt[n])
        dealt[name] += 1
        chosen[row] = name
    return chosen


def _read(file: str) -> dict[str, list[Any]]:
    """Return the known columns; ``time_s`` as float, NaN where it is none. Raises OSError, _Unreadable."""
    columns = _parquet(file) if file.endswith(".parquet") else _csv(file)
    if "time_s" not in columns:
        raise _Unreadable("it has no column time_s")
    if not columns["time_s"]:
        raise _Unreadable("it has no rows")
    columns["time_s"] = [_seconds(cell) for cell in columns["time_s"]]
    return columns


def _csv(file: str) -> dict[str, list[Any]]:
    try:
        with open(file, encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
    except (UnicodeDecodeError, csv.Error):
        raise _Unreadable("it is no CSV file") from None
    header = rows[0] if rows else []
    places = {name: header.index(name) for name in _COLUMNS if name in header}
    body = [row for row in rows[1:] if row]
    return {name: [row[place] if place < len(row) else "" for row in body] for name, place in places.items()}


def _parquet(file: str) -> dict[str, list[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
    except pa.ArrowInvalid:
        raise _Unreadable("it is no Parquet file") from None
    return {name: table.column(name).to_pylist() for name in _COLUMNS if name in table.column_names}


def _seconds(cell: Any) -> float:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return math.nan
