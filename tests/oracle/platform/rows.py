"""The twin's rows as the tables of the journal."""

from typing import TYPE_CHECKING

import numpy as np

from sim.journal.flow_schema import PATH_TABLES

from .tables import ZONES

if TYPE_CHECKING:
    from .platform import DomainPath

Rows = dict[str, list[tuple]]


def path_tables(part: "DomainPath", end: int) -> dict[str, dict[str, np.ndarray]]:
    """Return all tables of one domain's data path for a whole run that ended at ``end`` ns."""
    rows = _bus(part) | _processes(part) | _readers(part) | _calls(part) | _lake(part, end) | _insights(part)
    return {name: _columns(PATH_TABLES[name.split("/")[0]], some) for name, some in rows.items()}


def _bus(part: "DomainPath") -> Rows:
    found: Rows = {}
    for bus, name in zip(part.buses, part.path.names, strict=True):
        found[f"bus/{name}"] = [(row.at, row.version, row.origin) for row in bus.rows]
        found[f"gone/{name}"] = bus.gone_rows
    return found | {"dropped/validation": part.dropped_rows}


def _processes(part: "DomainPath") -> Rows:
    found: Rows = {"placed/relay": part.relay.placed_rows, "unsent/relay": part.relay.unsent()}
    for mirror in part.mirrors.values():
        found[f"skipped/{mirror.short}"] = mirror.skipped_rows
        found[f"unread/{mirror.short}"] = mirror.unread()
        found[f"flying/{mirror.short}"] = mirror.flying()
    return found


def _readers(part: "DomainPath") -> Rows:
    found: Rows = {}
    if part.stream is not None:
        found["dead/stream"] = part.stream.dead_rows
    everyone = {one.short: one for one in part.readers.values()}
    if part.stream is not None:
        everyone["stream"] = part.stream
    for name, one in everyone.items():
        found[f"skipped/{name}"] = one.cursor.skipped_rows
        found[f"unread/{name}"] = one.cursor.unread()
        found[f"placed/{name}"] = one.placed_rows
    return found | {f"consumed/{reader.short}": reader.consumed_rows for reader in part.readers.values()}


def _calls(part: "DomainPath") -> Rows:
    found: Rows = {}
    for reader in part.readers.values():
        if reader.handler is not None:
            found[f"handled/{reader.short}"] = reader.handler.handled_rows
    for replay in part.path.replays:
        if replay.part is part:
            found[f"{replay.table}/{replay.name}"] = replay.rows
    return found


def _lake(part: "DomainPath", end: int) -> Rows:
    found: Rows = {}
    for zone in ZONES:
        for region, name in enumerate(part.path.names):
            table = part.tables[zone][region]
            lasting = [
                row for flow in part.flows if flow.c == region for row in flow.still_dangling(zone, end)
            ]
            found[f"{zone}/{name}"] = table.rows
            found[f"taken/{zone}/{name}"] = table.taken_rows
            found[f"dangling/{zone}/{name}"] = table.dangling_rows + lasting
    return found


def _insights(part: "DomainPath") -> Rows:
    return {
        f"refresh/{insight.name.removeprefix('insights/')}": insight.rows[part.domain.name]
        for insight in part.path.insights
        if part.domain.name in insight.rows
    }


def _columns(schema, rows: list[tuple]) -> dict[str, np.ndarray]:
    if not rows:
        return {name: np.empty(0, dtype) for name, dtype in schema.items()}
    columns = zip(*rows, strict=True)
    return {
        name: np.array(column, dtype) for (name, dtype), column in zip(schema.items(), columns, strict=True)
    }
