"""Conservation: nothing appears from nowhere and nothing vanishes without a rule.

Every term is counted on its own, from its own rows; none is what the others leave over. The sums must close
in every run: if one does not, the fault is ours.
"""

from collections.abc import Sequence

import numpy as np

from sim.core.identity import lsn_of
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice, Table
from sim.measure.store import ledger_kernels as k
from sim.measure.store.figures import AckTerms, ConservationFigures, NodeTerms
from sim.measure.store.latency import KINDS, Latency
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import Loss
from sim.measure.store.presence import Presence, limits_of, on_line, shared, size
from sim.measure.store.setup import DomainSetup

HELD = ("commits", "received", "applied")  # stages whose rows put a record on a node
LEFT = ("backlog", "flight", "waiting")  # at the end: what is not applied yet, by how far it has come


class ConservationError(AssertionError):
    """A sum did not close: a bug of ours, not a result."""


class Conservation:
    """Reducer of every table but ``ops`` of one domain."""

    def __init__(self, setup: DomainSetup) -> None:
        self._setup = setup
        self._cuts: dict[int, tuple[int, int]] = {}
        self._timeline = 1
        self._held = {(stage, name): Presence() for stage in HELD for name in setup.nodes}
        self._placed = dict.fromkeys(setup.nodes, 0)  # where each node was put last, 0: nowhere
        self._committed = Presence()
        self._left = {(stage, name): 0 for stage in LEFT for name in setup.nodes}
        self._void: dict[str, int] = {}  # nodes that hold nothing at the end -> lsn of the newest record
        self._issued = np.zeros((len(setup.clients), 2), np.int64)

    def fold(self, part: Slice) -> None:
        """Take in one slice."""
        cuts = part.table("cuts")
        for timeline, parent, cut in zip(
            *(cuts[c].tolist() for c in ("timeline", "parent", "cut")), strict=True
        ):
            self._cuts[timeline] = (parent, cut)
            self._timeline = timeline
        if part.rows("commits"):
            self._committed.add(part.table("commits")["version"])
        for name in self._setup.nodes:
            self._node(part, name)
        issued = part.table("issued")
        np.add.at(self._issued, (issued["client"], issued["kind"]), issued["count"])

    def _node(self, part: Slice, name: str) -> None:
        """Add a node's rows, up to each time at which a copy or a rewind put it at a position, and after."""
        rows = {stage: part.table(f"{stage}/{name}") for stage in HELD[1:]}
        rows["commits"] = _own(part.table("commits"), self._setup.regions.index(name))
        copied = part.table(f"copied/{name}")
        done = dict.fromkeys(HELD, 0)
        for at_ns, version in zip(copied["at_ns"].tolist(), copied["version"].tolist(), strict=True):
            self._add(name, rows, done, at_ns)
            self._put_at(name, version)
        self._add(name, rows, done, None)
        for stage in LEFT:
            self._left[stage, name] += part.rows(f"{stage}/{name}")
        for version in part.table(f"void/{name}")["version"].tolist():
            self._void[name] = lsn_of(version)

    def _add(self, name: str, rows: dict[str, Table], done: dict[str, int], at_ns: int | None) -> None:
        for stage, table in rows.items():
            stop = len(table["at_ns"]) if at_ns is None else int(np.searchsorted(table["at_ns"], at_ns))
            if stop > done[stage]:
                self._held[stage, name].add(table["version"][done[stage] : stop])
                done[stage] = stop

    def _put_at(self, name: str, version: int) -> None:
        """From now on the node holds exactly what is on the timeline of ``version`` up to it (0: nothing)."""
        self._placed[name] = version
        for stage in HELD:
            self._held[stage, name] = Presence()

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Nothing to do: the sums are formed by ``figures``."""

    def figures(
        self, ledger: Ledger, latency: Latency, loss: Loss, others: Sequence[str]
    ) -> ConservationFigures:
        """Return every term, and ``problems``: one line for each sum that does not close.

        ``others``: lines of other measures of the store.
        """
        nodes = {name: self._terms(name) for name in self._setup.nodes}
        commits, acks = _commit_terms(ledger), _ack_terms(ledger, loss)
        surviving = size(on_line(self._committed.runs, limits_of(self._timeline, self._cuts)))
        sums = [
            (
                f"commits: {commits}",
                commits["committed"],
                commits["left_line"] + commits["on_line"] + commits["abandoned"],
            )
        ]
        sums += [
            (
                f"surviving commits: {surviving}, {commits}",
                surviving,
                commits["left_line"] + commits["on_line"],
            )
        ]
        sums += [
            (
                f"acknowledged: {acks}",
                acks["acknowledged"],
                acks["surviving"] + acks["recommitted"] + acks["lost"] + acks["again"],
            )
        ]
        sums += [(f"lost: {acks}", acks["lost"], acks["lost_records"])]
        for name, t in nodes.items():
            sums += [
                (
                    f"{name}: {surviving} surviving, {t}",
                    surviving,
                    t["applied"] + t["backlog"] + t["flight"] + t["waiting"] + t["void"],
                )
            ]
            sums += [(f"{name} received: {t}", t["received"], t["applied"] + t["backlog"])]
        problems = [f"{self._setup.domain} {what}" for what, total, parts in sums if total != parts]
        return ConservationFigures(
            surviving=surviving, **commits, acks=AckTerms(**acks),
            nodes={name: NodeTerms(**terms) for name, terms in nodes.items()},
            problems=(*problems, *self._operation_problems(latency), *others),
        )  # fmt: skip

    def _terms(self, name: str) -> dict[str, int]:
        limits = limits_of(self._timeline, self._cuts)
        own = self._held["commits", name].runs
        first = [(1, shared(self._placed[name], limits, self._cuts))]
        held = {
            stage: size(first + on_line([*self._held[stage, name].runs, *own], limits)) for stage in HELD[1:]
        }
        left = {stage: self._left[stage, name] for stage in LEFT}
        return {**held, **left, "void": self._void.get(name, 0)}

    def _operation_problems(self, latency: Latency) -> list[str]:
        out = []
        for c, client in enumerate(self._setup.clients):
            for kind, name in enumerate(KINDS):
                sent, ended, still = (int(a[c, kind]) for a in (self._issued, latency.ended, latency.open))
                if sent != ended + still:
                    out.append(
                        f"{self._setup.domain} {name}s of {client}: {sent} sent, {ended} ended, {still} open"
                    )
        return out


def _own(commits: Table, node: int) -> Table:
    """Return the commits made at one node, as positions."""
    at_ns, version, mine = commits["commit_ns"], commits["version"], commits["node"] == node
    if mine.all():  # the usual case, without a copy
        return {"at_ns": at_ns, "version": version}
    return {"at_ns": at_ns[mine], "version": version[mine]}


def _commit_terms(ledger: Ledger) -> dict[str, int]:
    totals, emptied = ledger.totals.tolist(), ledger.emptied_ns is not None
    return {
        "committed": totals[k.COMMITS],
        "left_line": 0 if emptied else totals[k.PRUNED],
        "on_line": len(ledger.line),
        "abandoned": len(ledger.abandoned) + (totals[k.PRUNED] if emptied else 0),
    }


def _ack_terms(ledger: Ledger, loss: Loss) -> dict[str, int]:
    """Return where the commits lie that acknowledgements named.

    ``lost_records`` counts lost operations, the way the loss measure does.
    """
    rows = ledger.abandoned
    named = rows[rows[:, k.FLAGS] & k.ACKED != 0, k.RID]
    gone = named[np.isin(named, loss.lost)]
    writes = len(np.unique(gone))  # two abandoned commits of one write may both have been named
    totals = ledger.totals.tolist()
    settled = totals[k.ACKS_PRUNED]
    if ledger.emptied_ns is not None:
        settled, writes = 0, writes + settled
    return {
        "acknowledged": totals[k.ACKS],
        "surviving": settled + int((ledger.line.all("flags") & k.ACKED != 0).sum()),
        "recommitted": len(named) - len(gone),
        "lost": writes,
        "lost_records": loss.records,
        "again": totals[k.ACKS_AGAIN] + len(gone) - len(np.unique(gone)),
        "unknown": totals[k.ACKS_UNKNOWN],
    }
