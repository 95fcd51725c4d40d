"""From a domain's cursors to the journal: the rows that are certain, as slices.

Rows that nobody needs any more are then dropped.
"""

import numpy as np

from sim.core.identity import pack_rid, within
from sim.engine.circle import layout as at
from sim.engine.circle.growth import with_outputs
from sim.engine.ordering import by_end
from sim.engine.reading import split
from sim.journal.recorder import Table
from sim.models.store.copies import node_table
from sim.models.store.domain import FOLLOWING, PROMOTING, RESTORING, Domain
from sim.models.store.timelines import version_of


def emit(domain: Domain, *, life_ns: int) -> dict[str, Table]:
    """Return what happened strictly before the domain's settled time and was not emitted yet.

    ``life_ns``: no operation stays open longer. LimitReached if a sequence number is beyond what is packed.
    """
    within("operations", int(domain.circle.stream[:, at.T_SEQ].max()))
    within("commits", int(domain.circle.node[:, at.N_LSN].max()))
    tables: dict[str, Table] = {"ops": _ops(domain), "commits": _commits(domain)}
    if domain.cut_rows:
        columns = np.array(domain.cut_rows, np.int64).T
        tables["cuts"] = {
            "at_ns": columns[0], "timeline": columns[1], "parent": columns[2], "cut": columns[3],
            "node": columns[4].astype(np.int16),
        }  # fmt: skip
        domain.cut_rows = []
    for region in domain.followers:
        _positions(domain, region, tables)
    _drop_reads(domain, domain.settled - life_ns)
    _drop_log(domain)
    domain.circle = with_outputs(domain.circle)
    domain.emitted = domain.settled
    return tables


def _ops(domain: Domain) -> Table:
    """Return the operations that ended before the settled time, in that order; the others stay."""
    circle = domain.circle
    n = int(circle.reg[at.OPS_OUT])
    order = by_end(circle.ops, n)
    certain = int(np.searchsorted(circle.ops[:n, at.O_END], domain.settled, sorter=order))
    c8, c16 = np.empty((2, certain), np.int8), np.empty((3, certain), np.int16)
    c32, c64 = np.empty((1, certain), np.int32), np.empty((7, certain), np.int64)
    split(
        circle.ops, order, certain, c8, c16, c32, c64, circle.reads, circle.node[:, at.N_READS_DROPPED].copy()
    )
    circle.ops[: n - certain] = circle.ops[order[certain:]]
    circle.reg[at.OPS_OUT] = n - certain
    return {
        "rid": c64[0], "send_ns": c64[1], "end_ns": c64[2], "kind": c8[0], "outcome": c8[1],
        "client": c16[0], "attempts": c16[1], "session": c64[3], "key": c32[0], "node": c16[2],
        "version": c64[4], "stale_ns": c64[5], "behind": c64[6],
    }  # fmt: skip


def _commits(domain: Domain) -> Table:
    """Return the commits before the settled time; the others stay."""
    circle, taken = domain.circle, domain.commits_taken
    certain = int(np.searchsorted(circle.commits[:taken, 0], domain.settled))
    rows = circle.commits[:certain].copy()
    circle.commits[: taken - certain] = circle.commits[certain:taken].copy()
    circle.reg[at.COMMITS_OUT] = domain.commits_taken = taken - certain
    return {
        "commit_ns": rows[:, 0].copy(), "version": rows[:, 1].copy(), "rid": rows[:, 2].copy(),
        "key": rows[:, 3].astype(np.int32), "node": rows[:, 4].astype(np.int16),
    }  # fmt: skip


def _positions(domain: Domain, region: str, tables: dict[str, Table]) -> None:
    """Add the rows a follower sent, received and applied since they were last taken."""
    follower = domain.followers[region]
    for name, rows in follower.take_rows().items():
        tables[f"{name}/{region}"] = rows
    copies = domain.copies[region]
    if copies:
        tables[f"copied/{region}"] = {
            "at_ns": np.array([when for when, _ in copies], np.int64),
            "version": np.array([version for _, version in copies], np.int64),
        }  # fmt: skip
        copies.clear()


def _drop_reads(domain: Domain, before: int) -> None:
    """Drop answered reads served before ``before``: no open operation can still be answered by them."""
    circle = domain.circle
    for node in range(len(domain.regions)):
        row, reads = circle.node[node], circle.reads[node]
        n = int(row[at.N_READS])
        gone = min(int(np.searchsorted(reads[:n, 0], before)), int(domain.read_first[node]))
        if gone:
            reads[: n - gone] = reads[gone:n].copy()
            row[at.N_READS] -= gone
            row[at.N_READS_DROPPED] += gone
            domain.read_first[node] -= gone


def _drop_log(domain: Domain) -> None:
    """Drop log rows that every node has, and that the journal has."""
    needed = [domain.log.end]
    for node in domain.nodes.values():
        needed.append(node.seen)
        if not node.data_lost or node.role == RESTORING:
            needed.append(node.shared + 1)
        if node.role in (FOLLOWING, PROMOTING):
            needed.append(domain.followers[node.region].needs())
        domain.followers[node.region].drop(node.shared + 1)
    domain.log.drop(min(needed) - 1)


def final_tables(domain: Domain) -> dict[str, Table]:
    """Return the tables of what had not ended when the run ended.

    These are open operations, counts issued and records under way to each node.
    """
    circle, tables = domain.circle, {}
    slots = circle.slot[circle.slot[:, at.S_OPEN] > 0]
    slots = slots[np.lexsort((slots[:, at.S_SEQ], slots[:, at.S_STREAM]))]
    streams = circle.stream[slots[:, at.S_STREAM]]
    tables["open"] = {
        "rid": pack_rid(slots[:, at.S_STREAM], slots[:, at.S_SEQ]), "send_ns": slots[:, at.S_FIRST].copy(),
        "kind": streams[:, at.T_KIND].astype(np.int8), "client": streams[:, at.T_CLIENT].astype(np.int16),
    }  # fmt: skip
    load = circle.stream[circle.load]
    tables["issued"] = {
        "client": load[:, at.T_CLIENT].astype(np.int16), "kind": load[:, at.T_KIND].astype(np.int8),
        "count": load[:, at.T_SEQ].copy(),
    }  # fmt: skip
    for region, node in domain.nodes.items():
        if node.data_lost:  # it holds nothing until it has been copied anew
            version = version_of(domain, max(domain.last_held, 0))
            tables[f"void/{region}"] = {"at_ns": np.array([domain.settled]), "version": np.array([version])}
        elif region != domain.primary:
            _under_way(domain, region, node.role in (FOLLOWING, PROMOTING), tables)
    tables["nodes"] = node_table(domain)
    return tables


def _under_way(domain: Domain, region: str, follows: bool, tables: dict[str, Table]) -> None:
    follower, log = domain.followers[region], domain.log
    taken, wired, applied = follower.received + 1, follower.flow.next, follower.applied + 1
    if not follows:  # it holds no more than its memory includes; the rest is still to come
        taken = wired = applied = domain.nodes[region].shared + 1
    for name, begin, end in (
        ("backlog", applied, taken),
        ("flight", taken, wired),
        ("waiting", wired, max(domain.last_held, 0) + 1),
    ):
        tables[f"{name}/{region}"] = {"version": log.part("version", begin, end).copy()}
