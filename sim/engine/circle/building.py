"""A circle at time 0: what a scenario says of it, and empty working arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.core.identity import within
from sim.engine.circle import records as of
from sim.engine.circle.door import Circle
from sim.engine.circle.inbox import PLACES
from sim.engine.circle.kinds import NEVER, STARTS, WRITE
from sim.engine.circle.state import State
from sim.engine.sampling import DistTable

OUTPUT_ROWS = 65_536
RECORDS = 8192  # at first, besides one for each probe
SLOTS = 4096  # at first, besides those that close lanes
TIMELINES = 16  # at first
FEEDS = 1024  # operations of a fed stream that there is room for at first
FORESEEN = 128  # operations drawn at a time: few enough for the nearest cache

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleSetup:
    """What a circle is made of. Fields are those of ``records``; what is not said is 0."""

    registers: Fields
    streams: Sequence[Fields]
    nodes: Sequence[Fields]  # by region
    workers: int
    queue: int
    work: Sequence[int]  # rows of ``table`` by kind of stream
    table: DistTable
    keys: np.ndarray  # float64, ``zipf_table``
    session_keys: Sequence[int]  # of the draws of keys, by region
    flow_keys: Sequence[int]  # of the draws of each region's replica
    sessions: Sequence[Fields]
    primary: int
    answers: Sequence[int]  # the region each client group is sent to
    expiries: np.ndarray  # int64 (regions, resolvers) ns: of the answers that resolvers have at first
    recorded: np.ndarray  # int64 ns


def build(setup: CircleSetup) -> Circle:
    """Return the circle, its links still to be set. LimitReached if there is too much of something."""
    r, s = len(setup.nodes), len(setup.streams)
    load = [i for i, stream in enumerate(setup.streams) if stream["kind"] <= WRITE]
    fed = sum(stream["ring"] >= 0 for stream in setup.streams)
    within("regions", r)
    within("streams", s)
    within("in_flight", len(load) + SLOTS)
    dns = np.zeros(setup.expiries.shape, of.ANSWER)
    dns["gateway"], dns["expires"] = np.array(setup.answers)[:, None], setup.expiries
    return Circle(
        State(
            registers=_filled(of.REGISTERS, [{**setup.registers, "free": SLOTS}]),
            heap=np.zeros(RECORDS + s, of.HEAPED),
            slot=_slots(len(load)),
            free=np.arange(SLOTS + len(load) - 1, -1, -1, dtype=np.int64),
            stream=_filled(of.STREAM, setup.streams),
            load=np.array(load, np.int64),
            lane_due=np.full(len(load), NEVER, np.int64),
            lane_kind=np.array([setup.streams[i]["kind"] for i in load], np.int64),
            next_due=np.zeros(len(load), np.int64),
            next_gap=np.zeros(len(load), np.int64),
            coming=np.zeros(FORESEEN, of.COMING),
            limit=np.zeros((r, 2), np.int64),
            node=_filled(of.NODE, setup.nodes),
            worker=np.zeros((r, setup.workers), of.WORKER),
            queue=np.zeros((r, setup.queue + 1), of.QUEUED),
            starts=np.zeros((r, STARTS), np.int64),
            contact=np.zeros(r, np.int64),
            cuts=np.zeros(TIMELINES, of.CUT),
            link=np.zeros(3 * r * r, of.LINK),
            route=np.full(r, setup.primary, np.int64),
            answer=np.array(setup.answers, np.int64),
            dns=dns,
            session_key=np.array(setup.session_keys, np.uint64),
            session=_filled(of.SESSION, setup.sessions),
            keys=setup.keys,
            rows=setup.table.rows,
            values=setup.table.values,
            work=np.array(setup.work, np.int64),
            recorded=setup.recorded,
            fed=np.zeros((max(1, fed), FEEDS), of.FED_OPERATION),
            flow=_filled(of.FLOW, [{"key": key} for key in setup.flow_keys]),
            acks=np.zeros((r, 1), of.ACKNOWLEDGEMENT),
            waiting=np.zeros(1, of.WAITING),
            inbox=np.zeros(PLACES, of.ENTRY),
            ops=np.zeros(OUTPUT_ROWS, of.OP),
            commits=np.zeros(OUTPUT_ROWS, of.COMMIT),
            reads=np.zeros((r, OUTPUT_ROWS), of.READ_ROW),
        )
    )


def _filled(dtype: np.dtype, rows: Sequence[Fields]) -> np.ndarray:
    """Return records with these fields."""
    names = dtype.names or ()
    assert all(row.keys() <= set(names) for row in rows), "fields of the record"
    return np.array([tuple(row.get(name, 0) for name in names) for row in rows], dtype)


def _slots(lanes: int) -> np.ndarray:
    """Return empty slots, of which the first ``lanes`` close the rings of the lanes."""
    slots = np.zeros(lanes + SLOTS, of.SLOT)
    slots["ahead"][:lanes] = slots["behind"][:lanes] = np.arange(lanes)
    slots["due"][:lanes] = NEVER
    return slots
