"""The circle's working arrays with more room, or with less in them."""

import numpy as np

from sim.core.identity import within
from sim.engine.circle.inbox import PLACES, enter_all, strike_out
from sim.engine.circle.loop import BATCH, GROW_ACKS, GROW_HEAP, GROW_INBOX, GROW_WAITING, SPARE
from sim.engine.circle.state import State
from sim.engine.ordering import absent


def grow(state: State) -> None:
    """Double the room in the array that ``reg.growth`` names.

    LimitReached beyond the operations that can be in flight.
    """
    if int(state.reg.growth) == GROW_HEAP:
        grow_heap(state, len(state.heap))
    elif int(state.reg.growth) == GROW_INBOX:
        _move_inbox(state, 2 * len(state.inbox))
    elif int(state.reg.growth) == GROW_ACKS:
        grow_acks(state, state.acks.shape[1] + 1)
    elif int(state.reg.growth) == GROW_WAITING:
        _grow_waiting(state)
    else:
        _grow_slots(state)


def grow_acks(state: State, rows: int) -> None:
    """Make room for acknowledgements of at least ``rows`` records."""
    if rows > state.acks.shape[1]:
        state.acks = _longer(state.acks, 2 * rows)


def _grow_waiting(state: State) -> None:
    """Make room for twice the writes that wait, the first of them in front."""
    kept = state.waiting[state.reg.wait_first : state.reg.wait_end]
    state.reg.wait_first, state.reg.wait_end = 0, len(kept)
    state.waiting = _longer(kept, 2 * (len(kept) + BATCH))


def grow_heap(state: State, more: int) -> None:
    """Make room for at least ``more`` further records in the heap."""
    used = int(state.reg.heaped)
    if used + more > len(state.heap):
        state.heap = _longer(state.heap[:used], 2 * (used + more))


def _longer(rows: np.ndarray, length: int) -> np.ndarray:
    """Return an array (..., length) that begins with these rows and goes on with zeros."""
    longer = np.zeros((*rows.shape[:-1], length), rows.dtype)
    longer[..., : rows.shape[-1]] = rows
    return longer


def _move_inbox(state: State, places: int) -> None:
    old, state.inbox = state.inbox, np.zeros(places, state.inbox.dtype)
    state.reg.entries = enter_all(state.handle, old)


def forget_tags(state: State, group: int, tags: np.ndarray, kept: np.ndarray) -> None:
    """Take these tags (n,) out of the inbox of a group, but ``kept`` (m,)."""
    strike_out(state.handle, group, absent(tags, kept))
    left = int((state.inbox.newest > 0).sum())
    places = len(state.inbox)
    while places > PLACES and places > 8 * (left + BATCH):
        places //= 2
    _move_inbox(state, places)


def tags_under_way(state: State, streams: list[int]) -> np.ndarray:
    """Return the tags (n,) int64 of operations of fed streams that are in flight, or to be sent."""
    used = np.ones(len(state.slot), np.bool_)
    used[state.free[: state.reg.free]] = False
    used[: len(state.load)] = False  # where lanes end, and no operation is
    slots = state.slot[used]
    coming = state.coming[state.reg.coming : state.reg.coming_end]
    found = [slots[np.isin(slots.stream, streams)].tag, coming.tag]
    for row in state.stream[streams]:
        seqs = np.arange(row.seq, row.fed_count)
        found.append(state.fed[row.ring, seqs % state.fed.shape[1]].tag)
    return np.concatenate(found)


def _grow_slots(state: State) -> None:
    old = len(state.slot)
    within("in_flight", 2 * old)
    used = int(state.reg.free)
    state.slot = _longer(state.slot, 2 * old)
    free = np.zeros(2 * old, np.int64)
    free[:old] = np.arange(2 * old - 1, old - 1, -1)
    free[old : old + used] = state.free[:used]
    state.free = free
    state.reg.free = old + used


def grow_timelines(state: State, timeline: int) -> None:
    """Make room for what a timeline was cut from. LimitReached if there can be no such."""
    within("timelines", timeline)
    old = len(state.cuts)
    if timeline < old:
        return
    state.cuts = _longer(state.cuts, 2 * timeline)


def grow_outputs(state: State) -> None:
    """Double the room in each output of which half is taken by rows that must stay.

    The circle keeps ``SPARE`` rows of each free; with no room beside those it could not go on.
    """
    used = {
        "ops": state.reg.ops_out,
        "commits": state.reg.commits_out,
        "reads": state.node.reads.max(),
    }
    for name, count in used.items():
        rows = getattr(state, name)
        if 2 * int(count) > rows.shape[-1] - SPARE:
            setattr(state, name, _longer(rows, 2 * rows.shape[-1]))


def grow_fed(state: State, rows: int) -> None:
    """Make room for ``rows`` operations of each fed stream.

    Those that were fed last are kept, as many as there was room for.
    """
    old = state.fed
    room = old.shape[1]
    fed = np.zeros((old.shape[0], rows), old.dtype)
    for stream in state.stream[state.stream.ring >= 0]:
        seqs = np.arange(max(0, int(stream.fed_count) - room), int(stream.fed_count))
        fed[stream.ring, seqs % rows] = old[stream.ring, seqs % room]
    state.fed = fed
