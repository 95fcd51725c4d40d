"""Which versions of the line lie between two log sequence numbers, also those that the ledger has let go."""

from sim.core.identity import pack_version
from sim.measure.compiled import CUT, PARENT
from sim.measure.platform.spans import Span, Spans
from sim.measure.store.ledger import Ledger


def versions_between(ledger: Ledger, timeline: int, after: int, last: int) -> Spans:
    """Return the versions of log sequence numbers (after, last] on a timeline; ``after``: not negative."""
    found, limit = list[Span](), last + 1
    while limit > after + 1:
        own = int(ledger.lineage[timeline, CUT]) + 1 if timeline > 1 else 1
        first = max(own, after + 1)
        if first < limit:
            found.append((pack_version(timeline, first), pack_version(timeline, limit)))
            limit = first
        timeline = int(ledger.lineage[timeline, PARENT])
    return Spans(sorted(found))


def emptied_spans(ledger: Ledger) -> Spans:
    """Return the versions that all nodes of a store had held when it was emptied; none if it never was."""
    if ledger.emptied_ns is None:
        return Spans()
    return versions_between(ledger, ledger.cuts[-1].parent, 0, ledger.line.base - 1)
