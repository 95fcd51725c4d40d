"""Which records each stage of a domain lost, dropped, cannot be reached at, or got twice; and its ghosts."""

from collections.abc import Iterator

import numpy as np

from sim.core.stages import ZONES
from sim.measure.missing import (
    DROPPED,
    DUPLICATE,
    GHOST,
    LISTED_MAX,
    LOST,
    STRANDED,
    UNKNOWN,
    MissingRange,
    fate,
    ranges_of,
)
from sim.measure.platform.delivery import Ghosts
from sim.measure.platform.spans import Spans
from sim.measure.platform.waterfall import ABANDONED, DESTROYED, Terms, Waterfall
from sim.measure.store import ledger_kernels as k
from sim.measure.store.missing import ROW, of_spans

Parts = dict[str, Spans]  # term -> versions
IN_DATABASE = "the database"
OF_TERM = {"lost": LOST, "stranded": STRANDED, "dropped": DROPPED}
CAUSES = {"dropped": "became a dead letter", "stranded": "lies in, or needs, a region that is out of reach"}
NO_RULE = "without a rule"


def missing_at_stages(fall: Waterfall, ghosts: Ghosts) -> Iterator[MissingRange]:
    """Yield what stages behind a database miss, and what they have too much; ``ghosts``: as in figures."""
    for terms in fall.stages:
        yield from _stage(fall, terms)
    yield from _too_much(fall, ghosts)


def _stage(fall: Waterfall, terms: Terms) -> Iterator[MissingRange]:
    """Yield the acknowledged writes that a stage lost, dropped, or has out of reach."""
    known, parts, name = fall.acknowledged, terms.parts(), terms.name
    for term, kind in OF_TERM.items():
        for cause, at_ns, spans in _explained(terms, _share(known.line, term, parts), CAUSES.get(term)):
            yield from _of_line(fall, _fate(fall, (name, kind), cause, at_ns, copies=(IN_DATABASE,)), spans)
        burnt = _share(known.gone, term, parts)
        if burnt:
            yield from of_spans(_fate(fall, (name, kind), DESTROYED, fall.ledger.emptied_ns), burnt)
        yield from _abandoned(fall, (name, kind), term, parts)


def _fate(
    fall: Waterfall, what: tuple[str, str], cause: str, at_ns: int | None, *, copies: tuple[str, ...] = ()
) -> MissingRange:
    """Return a range to be filled; ``what``: stage and kind."""
    known_ns = UNKNOWN if at_ns is None else at_ns
    return fate(fall.path.setup.domain, *what, cause=cause, at_ns=known_ns, copies=copies)


def _share(spans: Spans, term: str, parts: Parts) -> Spans:
    """Return which versions are in a term; those in none are lost."""
    if term != "lost":
        return spans.meet(parts[term])
    for part in parts.values():
        spans = spans.minus(part)
    return spans


def _explained(terms: Terms, spans: Spans, cause: str | None) -> Iterator[tuple[str, int, Spans]]:
    """Split versions by why and when they were passed over; ``cause``: why, where there is one for all."""
    if cause is not None:
        yield cause, UNKNOWN, spans
        return
    for passed in terms.passed if spans else ():
        found = spans.meet(Spans([(passed.low, passed.high)]))
        if found:
            yield passed.why, passed.at_ns, found
            spans = spans.minus(found)
    yield NO_RULE, UNKNOWN, spans


def _of_line(fall: Waterfall, made: MissingRange, spans: Spans) -> Iterator[MissingRange]:
    """Yield ranges of versions of the line, with what is still known of each."""
    if len(spans) > LISTED_MAX:
        yield from of_spans(made, spans)
        return
    rows = [_rows(fall, low, high) for low, high in spans]
    if rows:
        yield from ranges_of(made, np.concatenate(rows))


def _rows(fall: Waterfall, low: int, high: int) -> np.ndarray:
    """Return rows of consecutive versions of the line, as ``missing.COLUMNS``; sessions are not known."""
    out = np.full((high - low, len(ROW)), UNKNOWN, np.int64)
    out[:, 0] = np.arange(low, high)
    out[:, [4, 1, 2]] = fall.path.line.rows(low, high, fall.end_ns)
    return out


def _abandoned(fall: Waterfall, what: tuple[str, str], term: str, parts: Parts) -> Iterator[MissingRange]:
    """Yield the abandoned acknowledged writes in a term of a stage, by what abandoned them.

    By either of its commits; of several terms the first counts.
    """
    rows = fall.ledger.abandoned
    rows = rows[rows[:, k.FLAGS] & k.ACKED != 0]
    terms = [
        next((name for name, spans in parts.items() if version in spans or again in spans), "lost")
        for version, again in rows[:, [k.VERSION, k.RECOMMIT]].tolist()
    ]
    rows = rows[np.array([found == term for found in terms], bool)]
    for which in np.unique(rows[:, k.CUT_ID]).tolist():
        own, cut = rows[rows[:, k.CUT_ID] == which], fall.ledger.cuts[which]
        made = _fate(fall, what, ABANDONED if cut.promoted else DESTROYED, cut.at_ns)
        yield from ranges_of(made, own[:, ROW])


def _too_much(fall: Waterfall, ghosts: Ghosts) -> Iterator[MissingRange]:
    """Yield ghosts and duplicates of every consumer and zone."""
    path, tables = fall.path, fall.path.tables
    stages = {name: watch.stage for name, watch in path.consumers.items()}
    if tables.region is not None:
        stages |= {zone: tables.held[zone, tables.region].watch.stage for zone in ZONES}
    for name, stage in stages.items():
        for spans, at_ns, burnt in ghosts.at(stage):
            cause = DESTROYED if burnt else ABANDONED
            made = _fate(fall, (name, GHOST), cause, at_ns)
            yield from _of_abandoned(fall, made, spans)
        clean = path.setup.deduplicate and name in ZONES[1:]
        for part in () if clean else stage.again:
            made = _fate(fall, (name, DUPLICATE), "arrived again", part.at_ns)
            yield from of_spans(made, Spans([(part.low, part.high)]))


def _of_abandoned(fall: Waterfall, made: MissingRange, spans: Spans) -> Iterator[MissingRange]:
    """Yield ranges of abandoned versions, with their rows where the ledger has them."""
    rows = fall.ledger.abandoned
    own = rows[np.array([v in spans for v in rows[:, k.VERSION].tolist()], bool)]
    yield from ranges_of(made, own[:, ROW])
    yield from of_spans(made, spans.minus(Spans((v, v + 1) for v in sorted(own[:, k.VERSION].tolist()))))
