"""Trace files for generated cases, and how the twin reads one."""

import atexit
import csv
from math import floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sim.spec import models as m

if TYPE_CHECKING:
    from .generate import Maker

_PLACE = TemporaryDirectory(prefix="sim-traces-")
atexit.register(_PLACE.cleanup)


def traced(make: "Maker", number: int, scenario: m.Scenario) -> m.Scenario:
    """Return a scenario in which one store's operations come from a file, of which equal times, rows out of
    order and rows beyond the end are a part."""
    dice = make.dice
    name = dice.pick(sorted(scenario.databases))
    database = scenario.databases[name]
    rows = max(1, int((database.workload.writes + database.workload.reads) * scenario.duration / m.S))
    last_ms = scenario.duration // m.MS + 500
    columns: dict[str, list] = {"time_s": [_moment(make, last_ms) for _ in range(rows)]}
    if dice.chance(0.6):
        columns["client"] = [dice.pick(sorted(scenario.clients)) for _ in range(rows)]
    if dice.chance(0.8):
        columns["kind"] = [dice.pick(("read", "write")) for _ in range(rows)]
    file = Path(_PLACE.name) / f"case-{number}.{dice.pick(('csv', 'parquet'))}"
    _write(file, columns)
    trace = {"arrivals": m.Trace(file=str(file)), "reads": 0.0, "writes": 0.0}
    workload = database.workload.model_copy(update=trace)
    databases = {**scenario.databases, name: database.model_copy(update={"workload": workload})}
    return scenario.model_copy(update={"databases": databases})


def _moment(make: "Maker", last_ms: int) -> float:
    if make.even:
        unit_ms = make.unit // m.MS
        return make.dice.whole(0, last_ms // unit_ms) * unit_ms / 1000
    return make.dice.real(0, last_ms / 1000)


def _write(file: Path, columns: dict[str, list]) -> None:
    if file.suffix == ".parquet":
        pq.write_table(pa.table(columns), file)
        return
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def times_of(scenario: m.Scenario, domain: str) -> dict[tuple[str, str], list[int]]:
    """Return (client, kind) -> the times (ns) at which a traced store's operations are sent, in order."""
    file = Path(scenario.databases[domain].workload.arrivals.file)
    if file.suffix == ".parquet":
        rows = pq.read_table(file).to_pylist()
    else:
        with file.open(newline="") as stream:
            rows = list(csv.DictReader(stream))
    shares = {name: client.share for name, client in sorted(scenario.clients.items())}
    dealt = dict.fromkeys(shares, 0)
    found: dict[tuple[str, str], list[int]] = {}
    for count, row in enumerate(sorted(rows, key=lambda row: float(row["time_s"])), 1):
        client = row.get("client")
        if client is None:
            behind = {
                name: share / sum(shares.values()) * count - dealt[name] for name, share in shares.items()
            }
            client = max(behind, key=behind.__getitem__)
            dealt[client] += 1
        at = floor(float(row["time_s"]) * 1e9 + 0.5)
        found.setdefault((client, row.get("kind", "write")), []).append(at)
    return found
