"""What readers saw that they should not have, what limits belief, and where the page comes from."""

from collections.abc import Iterator, Mapping
from typing import Any

from sim.report.consistency import GUARANTEES, version_words
from sim.report.html.markup import Child, command, el, items, name
from sim.report.html.run.watched import Watched
from sim.report.html.shell import PageSection
from sim.report.html.table import Column, table
from sim.report.quantities import clock, count, duration, percent

Document = Mapping[str, Any]


def sections(watched: Watched) -> Iterator[PageSection]:
    """Yield the last sections of a page."""
    document = watched.document
    yield PageSection("consistency", "What readers saw", tuple(_consistency(document)))
    yield PageSection("trust", "How far to trust this", (items(watched.review.trust),))
    yield PageSection("origin", "How to get it again", tuple(_origin(watched)))


def _consistency(document: Document) -> Iterator[Child]:
    stores = document["consistency"]
    columns = (
        Column("store"), *(Column(head, number=True) for head in ("reads", "stale", "share", "age p99")),
        Column("age worst", number=True), Column("versions behind", number=True),
    )  # fmt: skip
    stale = [
        (
            name(store), count(found["reads"]), count(found["stale_reads"]),
            percent(found["stale_fraction"]), duration(found["staleness_p99_s"]),
            duration(found["staleness_max_s"]), count(found["versions_behind_max"]),
        )
        for store, found in stores.items()
    ]  # fmt: skip
    yield table("Stale reads", columns, stale)
    heads = (Column("store"), *(Column(g.replace("_", " "), number=True) for g in GUARANTEES))
    broken = [
        (name(store), *(f"{found[g]['violations']:,} of {found[g]['judged']:,}" for g in GUARANTEES))
        for store, found in stores.items()
    ]
    yield table("Promises to sessions that were broken, of the operations that could", heads, broken)
    witnesses = list(_witnesses(stores))
    if witnesses:
        yield el("h3", "The first of each kind")
        yield items(witnesses)


def _witnesses(stores: Mapping[str, Any]) -> Iterator[Child]:
    for guarantee, (did, though) in GUARANTEES.items():
        for store, found in stores.items():
            witness = found[guarantee]["witness"]
            if witness is not None:
                said = (
                    f", {guarantee.replace('_', ' ')}: at {clock(witness['send_ns'])} a session {did} "
                    f"{version_words(witness['version'])} of key {witness['key']}, "
                    f"{though} {version_words(witness['earlier_version'])}"
                )
                yield el("span", name(store), said)


def _origin(watched: Watched) -> Iterator[Child]:
    document, review = watched.document, watched.review
    yield el("p", el("span", f"In this folder, {review.reproduce.purpose}:"))
    yield el("p", command(review.reproduce.line))
    told = {
        "seed": f"{document['seed']}",
        "scenario's digest": document["digest"],
        "journal's digest": document["journal_digest"],
        **{
            f"version of {what}": number or "not installed"
            for what, number in (document["versions"] or {}).items()
        },
    }
    rows = [(name(what), name(value)) for what, value in told.items()]
    yield table("What it was made with", (Column("what"), Column("value")), rows)
