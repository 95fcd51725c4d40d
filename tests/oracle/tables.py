"""The twin's rows as the tables of the journal."""

from array import array
from collections import Counter
from itertools import chain

import numpy as np

from sim.journal.schema import columns_of

from .copies import last_held, node_rows, side_rows
from .domain import Domain
from .load import Load
from .network import Network
from .node import Node

Tables = dict[str, dict[str, np.ndarray]]


def tables_of(domain: Domain, network: Network, loads: list[Load], end: int) -> Tables:
    """Return all tables of one domain for a whole run that ended at ``end`` ns."""
    names = network.names
    rows = {"ops": domain.ops, "commits": domain.commits, "cuts": domain.cuts}
    mine = [load for load in loads if load.domain is domain]
    ring = {load.rid_base: load.keyring.client for load in mine}
    rows["open"] = [
        (rid, op.first, op.stream.kind, ring[op.stream.rid_base]) for rid, op in domain.open.items()
    ]
    issued: Counter[tuple[int, int]] = Counter()
    for load in mine:
        issued[load.keyring.client, load.kind] += load.issued
    rows["issued"] = [(*group, count) for group, count in issued.items()]
    rows |= {"nodes": node_rows(domain), "sides": side_rows(network)}
    for node in domain.nodes:
        if node is not None:
            moved = {
                "sent": node.sent,
                "received": node.received,
                "applied": node.done,
                "copied": node.copied,
            }
            if not node.intact:  # it holds nothing until it has been copied anew
                moved["void"] = [(end, _last_version(domain))]
            elif node is not domain.primary:
                moved |= _under_way(domain, node)
            rows |= {f"{table}/{names[node.region]}": table_rows for table, table_rows in moved.items()}
    return {name: _columns(columns_of(name), table_rows) for name, table_rows in rows.items()}


def _last_version(domain: Domain) -> int:
    lsn = max(last_held(domain), 0)
    return domain.record(domain.newest, lsn)[1] if lsn else 0


def _under_way(domain: Domain, node: Node) -> dict[str, list[tuple[int]]]:
    """Return the versions of the newest timeline that are on their way to a node at the end."""
    held = node.applied if node.cap is None else min(node.cap, node.applied)
    flight = [flying.lsn for flying in node.flow_in.wire] if node.flow_in is not None else []
    backlog = range(held + 1, node.last + 1) if node.following or node.candidate else range(0)
    reached = max([held, *backlog, *flight])
    waiting = range(reached + 1, last_held(domain) + 1)
    lsns = {"backlog": backlog, "flight": flight, "waiting": waiting}
    return {name: [(domain.record(domain.newest, lsn)[1],) for lsn in some] for name, some in lsns.items()}


def _columns(schema: dict, rows: list[tuple] | array) -> dict[str, np.ndarray]:
    """Return columns of rows that are tuples, or numbers one after the other."""
    cells = np.array(rows if isinstance(rows, array) else list(chain.from_iterable(rows)), np.int64)
    columns = cells.reshape(-1, len(schema)).T
    return {name: column.astype(dtype) for (name, dtype), column in zip(schema.items(), columns, strict=True)}
