"""Which acknowledged writes of a store are lost or stranded, as ranges with their records."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from sim.core.stages import REPLICA
from sim.measure.missing import LISTED_MAX, LOST, STRANDED, UNKNOWN, MissingRange, fate, ranges_of
from sim.measure.platform.spans import Spans
from sim.measure.store import ledger_kernels as k
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import CAUSES, Gone, Loss
from sim.measure.store.settled import emptied_spans, versions_between
from sim.measure.store.standing import Standing
from sim.measure.store.stranded import saved_beyond

DESTROYED = "destroyed"  # all nodes had held it, and the last copy was destroyed
OTHER_COPY = "another replica had it"
ROW = [k.VERSION, k.RID, k.KEY, k.SESSION, k.COMMIT_NS]  # of abandoned commits, as missing.COLUMNS


def missing_of(loss: Loss, buses: dict[str, Spans]) -> list[MissingRange]:
    """Return what a store has lost and what is stranded; ``buses``: region -> versions on its bus."""
    return [*_lost(loss, buses), *_settled(loss), *_stranded(loss)]


def _lost(loss: Loss, buses: dict[str, Spans]) -> Iterator[MissingRange]:
    """Yield what promotions and destructions lost; a write that several abandoned counts at the first."""
    seen = np.zeros(0, np.int64)
    for gone in loss.gone:
        new = ~np.isin(gone.rows[:, k.RID], seen)
        seen = np.concatenate([seen, gone.rows[:, k.RID]])
        copies = _copies(loss.ledger, gone, buses)
        kinds = list(zip(gone.causes[new].tolist(), [copies[i] for i in np.flatnonzero(new)], strict=True))
        rows = gone.rows[new]
        for kind in dict.fromkeys(kinds):
            own = np.array([one == kind for one in kinds], bool)
            cause, held = CAUSES[kind[0]], kind[1]
            made = fate(
                loss.ledger.setup.domain, REPLICA.name, LOST, cause=cause, at_ns=gone.cut.at_ns, copies=held
            )
            yield from ranges_of(made, rows[own][:, ROW])


def _copies(ledger: Ledger, gone: Gone, buses: dict[str, Spans]) -> list[tuple[str, ...]]:
    """Return what still has each lost write."""
    regions = ledger.setup.regions
    out = []
    for row, on_disk in zip(gone.rows.tolist(), gone.on_disk.tolist(), strict=True):
        held = [f"disk in {regions[row[k.NODE]]}"] if on_disk else []
        held += [OTHER_COPY] if row[k.FLAGS] & k.AVOIDABLE else []
        held += [f"bus in {region}" for region, there in buses.items() if row[k.VERSION] in there]
        out.append(tuple(held))
    return out


def _settled(loss: Loss) -> Iterator[MissingRange]:
    """Yield what all nodes had held of a store that was destroyed as a whole; only versions are known."""
    ledger = loss.ledger
    if ledger.emptied_ns is None:
        return
    again = ledger.abandoned[ledger.abandoned[:, k.FLAGS] & k.ACKED_BY_RID != 0][:, k.RECOMMIT].tolist()
    twice = Spans((v, v + 1) for v in sorted(set(again)) if ledger.settled_and_named(v))
    spans = emptied_spans(ledger).minus(Spans(ledger.silent)).minus(twice)
    made = fate(ledger.setup.domain, REPLICA.name, LOST, cause=DESTROYED, at_ns=ledger.emptied_ns, copies=())
    yield from of_spans(made, spans)


def of_spans(made: MissingRange, spans: Spans) -> Iterator[MissingRange]:
    """Yield ranges of which only the versions are known."""
    yield from ranges_of(made, bare_rows(spans)) if len(spans) <= LISTED_MAX else _counted(made, spans)


def bare_rows(spans: Spans) -> np.ndarray:
    """Return rows of versions of which nothing else is known, (n, COLUMNS) int64."""
    versions = np.concatenate([np.arange(low, high) for low, high in spans] or [np.zeros(0, np.int64)])
    rows = np.full((len(versions), len(ROW)), UNKNOWN, np.int64)
    rows[:, 0] = versions
    return rows


def _counted(made: MissingRange, spans: Spans) -> Iterator[MissingRange]:
    """Yield a range a span, with as many rows as are ever listed."""
    for low, high in spans:
        rows = bare_rows(Spans([(low, min(high, low + LISTED_MAX))]))
        yield replace(made, first=low, last=high - 1, records=high - low, rows=rows)


def _stranded(loss: Loss) -> Iterator[MissingRange]:
    """Yield what is out of reach, by which nodes hold it."""
    ledger, standing = loss.ledger, Standing.of(loss.ledger.standing)
    reach = standing.reach
    if not loss.stranded.records:
        return
    holders = [h for h in standing.holders if h.copy > reach]
    edges = sorted({max(reach, 0), *(h.copy for h in holders)})
    end = ledger.line.end - 1
    for low, high in pairwise([*edges, end] if edges[-1] < end else edges):
        there = [h for h in holders if h.copy >= high]
        why = standing.why(max(there, key=lambda h: (h.copy, -h.region))) if there else "held by no node"
        copies = [f"node in {ledger.setup.regions[h.region]}" for h in there]
        made = fate(
            ledger.setup.domain,
            REPLICA.name,
            STRANDED,
            cause=why,
            at_ns=loss.stranded.since_ns,
            copies=copies,
        )
        settled = versions_between(ledger, ledger.timeline, low, min(high, ledger.line.base - 1))
        rows = [_pending(ledger, low, high), saved_beyond(ledger, low, high)[:, ROW]]
        yield from ranges_of(made, np.concatenate(rows))
        yield from of_spans(made, settled.minus(Spans(ledger.silent)))


def _pending(ledger: Ledger, after: int, last: int) -> np.ndarray:
    """Return the acknowledged commits of log sequence numbers (after, last] that the ledger still has."""
    line = ledger.line
    part = slice(max(after + 1 - line.base, 0), max(last + 1 - line.base, 0))
    rows = np.stack(
        [line.all(name)[part] for name in ("version", "rid", "key", "session", "commit_ns")], axis=1
    )
    return np.compress(line.all("flags")[part] & k.ACKED != 0, rows, axis=0)
