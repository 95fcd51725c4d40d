"""What of each store is lost or out of reach, and why."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from sim.report.quantities import plural
from sim.report.review.records import Range, StoreRow

CAUSES = {
    "paused": "held back because replication was paused",
    "send_queue": "still to be sent: the replica was out of reach, or its share of the link too small",
    "wire": "sent but not received: the wire was lost",
    "diverged": "written to the old primary after the failure",
    "node": "received by a node whose data was lost later",
}


def stores(losses: Mapping[str, Mapping[str, Any]], exposure: Mapping[str, Any]) -> tuple[StoreRow, ...]:
    """Return every store of a document, that which lost most first; ``exposure``: the document's."""
    rows = [
        StoreRow(
            name=name,
            records=_range(found["bounds"]["records"]),
            window_s=_range(found["bounds"]["window_s"]),
            stranded=found["stranded"],
            reasons=tuple(reasons(found, alone=not exposure.get(name))),
        )
        for name, found in losses.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.records[0], -row.records[1], -row.window_s[1], row.name)))


def reasons(found: Mapping[str, Any], *, alone: bool) -> Iterator[str]:
    """Yield why a store's records are gone, the largest cause first, and where the others are.

    ``found``: of a document's ``loss``. ``alone``: it has one copy, so that there was no way for them to go.
    """
    if found["records"] and not alone:
        ordered = sorted(found["cause"].items(), key=lambda item: -item[1])
        yield "; ".join(f"{number:,} {CAUSES[cause]}" for cause, number in ordered if number)
    if found["destroyed"]:
        yield f"{plural(found['destroyed'], 'transaction')} destroyed: no copy is left on any disk"
    if found["window_s"] is None:
        yield "no node holds its data any more; all that lay before the run is lost too"
    if found["stranded"]:
        places = "; ".join(f"{p['records']:,} in {p['region']}, {p['why']}" for p in found["where"])
        yield f"{plural(found['stranded'], 'transaction')} out of reach at the end: {places}"
    if found["stranded_window_s"] is None and found["window_s"] is not None:
        yield "all that lay before the run is out of reach at the end too"


def _range(bounds: Mapping[str, Any]) -> Range:
    """Return bounds of a document, where null is without bound."""
    low, high = (inf if bounds[end] is None else bounds[end] for end in ("low", "high"))
    return low, high
