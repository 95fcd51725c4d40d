"""The circle's working arrays with more room, or with less in them."""

import numpy as np

from sim.core.identity import within
from sim.engine.circle.inbox import PLACES, enter_all, strike_out
from sim.engine.circle.layout import (
    C_TAG,
    COMING,
    COMING_END,
    COMMITS_OUT,
    F_TAG,
    FREE,
    GROWTH,
    HEAP,
    I_NEWEST,
    INBOX,
    N_READS,
    OPS_OUT,
    S_STREAM,
    S_TAG,
    T_FED,
    T_SEQ,
    T_TRACE_END,
    Circle,
)
from sim.engine.circle.loop import BATCH, GROW_HEAP, GROW_INBOX, SPARE
from sim.engine.ordering import absent


def grown(circle: Circle) -> Circle:
    """Return the circle with twice the room in the array that ``reg[GROWTH]`` names.

    LimitReached beyond the operations that can be in flight.
    """
    if int(circle.reg[GROWTH]) == GROW_HEAP:
        return with_heap(circle, len(circle.heap))
    if int(circle.reg[GROWTH]) == GROW_INBOX:
        return _with_inbox(circle, 2 * len(circle.inbox))
    return _more_slots(circle)


def with_heap(circle: Circle, more: int) -> Circle:
    """Return the circle with room for at least ``more`` further records in the heap."""
    used = int(circle.reg[HEAP])
    if used + more <= len(circle.heap):
        return circle
    heap = np.zeros((2 * (used + more), 4), np.int64)
    heap[:used] = circle.heap[:used]
    return circle._replace(heap=heap)


def _with_inbox(circle: Circle, places: int) -> Circle:
    inbox = np.zeros((places, circle.inbox.shape[1]), np.int64)
    circle.reg[INBOX] = enter_all(inbox, circle.inbox)
    return circle._replace(inbox=inbox)


def without(circle: Circle, group: int, tags: np.ndarray, kept: np.ndarray) -> Circle:
    """Return the circle without the entries of these tags (n,) in the inbox of a group, but ``kept`` (m,)."""
    strike_out(circle.inbox, group, absent(tags, kept))
    left = int((circle.inbox[:, I_NEWEST] > 0).sum())
    places = len(circle.inbox)
    while places > PLACES and places > 8 * (left + BATCH):
        places //= 2
    return _with_inbox(circle, places)


def tags_under_way(circle: Circle, streams: list[int]) -> np.ndarray:
    """Return the tags (n,) int64 of operations of fed streams that are in flight, or to be sent."""
    used = np.ones(len(circle.slot), np.bool_)
    used[circle.free[: circle.reg[FREE]]] = False
    used[: len(circle.load)] = False  # where lanes end, and no operation is
    slots = circle.slot[used]
    coming = circle.coming[C_TAG, circle.reg[COMING] : circle.reg[COMING_END]]
    found = [slots[np.isin(slots[:, S_STREAM], streams), S_TAG], coming]
    for row in circle.stream[streams]:
        seqs = np.arange(row[T_SEQ], row[T_TRACE_END])
        found.append(circle.fed[row[T_FED], seqs % circle.fed.shape[1], F_TAG])
    return np.concatenate(found)


def _more_slots(circle: Circle) -> Circle:
    old = len(circle.slot)
    within("in_flight", 2 * old)
    slot = np.zeros((2 * old, circle.slot.shape[1]), np.int64)
    slot[:old] = circle.slot
    free = np.zeros(2 * old, np.int64)
    used = int(circle.reg[FREE])
    free[:old] = np.arange(2 * old - 1, old - 1, -1)
    free[old : old + used] = circle.free[:used]
    circle.reg[FREE] = old + used
    return circle._replace(slot=slot, free=free)


def with_timeline(circle: Circle, timeline: int) -> Circle:
    """Return the circle with room for what a timeline was cut from. LimitReached if there can be no such."""
    within("timelines", timeline)
    old = len(circle.cuts)
    if timeline < old:
        return circle
    cuts = np.zeros((2 * timeline, circle.cuts.shape[1]), np.int64)
    cuts[:old] = circle.cuts
    return circle._replace(cuts=cuts)


def with_outputs(circle: Circle) -> Circle:
    """Return the circle with twice the room in each output of which half is taken by rows that must stay.

    The circle keeps ``SPARE`` rows of each free; with no room beside those it could not go on.
    """
    outputs = {
        "ops": (circle.ops, int(circle.reg[OPS_OUT])),
        "commits": (circle.commits, int(circle.reg[COMMITS_OUT])),
        "reads": (circle.reads, int(circle.node[:, N_READS].max())),
    }
    tight = {name: rows for name, (rows, used) in outputs.items() if 2 * used > rows.shape[-2] - SPARE}
    return circle._replace(**{name: _doubled(rows) for name, rows in tight.items()})


def _doubled(rows: np.ndarray) -> np.ndarray:
    """Return the rows (..., n, columns) with as many empty ones behind them."""
    return np.concatenate([rows, np.zeros_like(rows)], axis=-2)


def with_fed(circle: Circle, rows: int) -> Circle:
    """Return the circle with room for ``rows`` operations of each fed stream.

    Those that were fed last are kept, as many as there was room for.
    """
    old = circle.fed.shape[1]
    fed = np.zeros((circle.fed.shape[0], rows, circle.fed.shape[2]), np.int64)
    for stream in circle.stream[circle.stream[:, T_FED] >= 0]:
        seqs = np.arange(max(0, int(stream[T_TRACE_END]) - old), int(stream[T_TRACE_END]))
        fed[stream[T_FED], seqs % rows] = circle.fed[stream[T_FED], seqs % old]
    return circle._replace(fed=fed)
