"""From a domain's cursors to the journal: the rows that are certain, as slices.

Rows that nobody needs any more are then dropped.
"""

import numpy as np

from sim.core.identity import pack_rid, within
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
    operations, commits = domain.circle.counts_max
    within("operations", operations)
    within("commits", commits)
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
    domain.circle.make_output_room()
    domain.emitted = domain.settled
    return tables


def _ops(domain: Domain) -> Table:
    """Return the operations that ended before the settled time, in that order; the others stay."""
    circle = domain.circle
    order = by_end(circle.handle, len(circle.ops))
    certain = int(np.searchsorted(circle.ops["end"], domain.settled, sorter=order))
    c8, c16 = np.empty((2, certain), np.int8), np.empty((3, certain), np.int16)
    c32, c64 = np.empty((1, certain), np.int32), np.empty((7, certain), np.int64)
    split(circle.handle, order, certain, c8, c16, c32, c64)
    circle.keep_ops(order[certain:])
    return {
        "rid": c64[0], "send_ns": c64[1], "end_ns": c64[2], "kind": c8[0], "outcome": c8[1],
        "client": c16[0], "attempts": c16[1], "session": c64[3], "key": c32[0], "node": c16[2],
        "version": c64[4], "stale_ns": c64[5], "behind": c64[6],
    }  # fmt: skip


def _commits(domain: Domain) -> Table:
    """Return the commits before the settled time; the others stay."""
    circle = domain.circle
    assert domain.commits_taken == len(circle.commits), "settled"
    certain = int(np.searchsorted(circle.commits["at"], domain.settled))
    rows = circle.commits[:certain]
    table: Table = {
        "commit_ns": rows["at"].copy(), "version": rows["version"].copy(), "rid": rows["rid"].copy(),
        "key": rows["key"].astype(np.int32), "node": rows["node"].astype(np.int16),
    }  # fmt: skip
    circle.drop_commits(certain)
    domain.commits_taken -= certain
    return table


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
        gone = min(int(np.searchsorted(circle.reads(node)["at"], before)), int(domain.read_first[node]))
        if gone:
            circle.drop_reads(node, gone)
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
    slots = circle.unended()
    streams = circle.streams(slots["stream"])
    tables["open"] = {
        "rid": pack_rid(slots["stream"], slots["seq"]), "send_ns": slots["first"].copy(),
        "kind": streams["kind"].astype(np.int8), "client": streams["client"].astype(np.int16),
    }  # fmt: skip
    load = circle.streams(circle.load)
    tables["issued"] = {
        "client": load["client"].astype(np.int16), "kind": load["kind"].astype(np.int8),
        "count": load["seq"].copy(),
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
