"""From a resolved scenario to a domain's circle: streams, keys, work, and empty working arrays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.core.distributions import Distribution, constant
from sim.core.draws import Purpose, key_of
from sim.core.identity import within
from sim.engine.circle import layout as at
from sim.engine.circle.inbox import PLACES
from sim.engine.circle.layout import Circle
from sim.engine.sampling import DistTable, draw_uniforms, encode, zipf_table
from sim.spec.bus.replay import DATABASE
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database

OUTPUT_ROWS = 65_536
RECORDS = 8192  # at first, besides one for each probe
SLOTS = 4096  # at first, besides those that close lanes
TIMELINES = 16  # at first
FEEDS = 1024  # operations of a fed stream that there is room for at first
FORESEEN = 128  # operations drawn at a time: few enough for the nearest cache


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of a domain. ``gap_ns`` is the mean gap of a load stream at factor 1."""

    name: str
    kind: int
    source: str
    target: str
    gap_ns: float = 0.0
    trace_ns: np.ndarray | None = field(default=None, compare=False)  # int64, ascending
    fed_by: str | None = None  # the handler or replay that calls
    once: bool = False  # a call whose tag has a commit already commits nothing


class Tables:
    """Distributions gathered into one table; the index of each."""

    none = constant(0)

    def __init__(self) -> None:
        self._rows: list[Distribution] = [self.none]

    def add(self, distribution: Distribution) -> int:
        """Return the row of a distribution."""
        if distribution not in self._rows:
            self._rows.append(distribution)
        return self._rows.index(distribution)

    def encode(self) -> DistTable:
        """Return the table in compiled form."""
        return encode(self._rows)


def streams_of(scenario: Scenario, domain: str, traces: dict[str, np.ndarray]) -> list[Stream]:
    """Return a domain's streams sorted by name; ``traces``: stream name -> arrival times, int64 ns."""
    database = scenario.databases[domain]
    found = []
    for client, group in scenario.clients.items():
        for kind, word, rate in (
            (at.READ, "read", database.workload.reads),
            (at.WRITE, "write", database.workload.writes),
        ):
            name = f"{domain}/{client}/{word}"
            per_s = rate * group.share
            gap = 1e9 / per_s if per_s > 0 else math.inf
            found.append(Stream(name, kind, client, client, gap, traces.get(name)))
        found += [
            Stream(f"{domain}/check/{client}/{region}", at.CHECK, client, region)
            for region in scenario.regions
        ]
    found += [
        Stream(f"{domain}/observer/{region}", at.OBSERVE, region, database.primary)
        for region in scenario.regions
    ]
    found += _fed_streams(scenario, domain)
    return sorted(found, key=lambda stream: stream.name)


def _fed_streams(scenario: Scenario, domain: str) -> list[Stream]:
    """Return the streams of what calls the domain, in each region where it can be."""
    callers = [
        (name, handler.idempotent, [handler.region, *handler.standby])
        for name, handler in scenario.consumers.items()
        if handler.writes == domain
    ]
    callers += [
        (name, replay.idempotent, [replay.region])
        for name, replay in scenario.replays.items()
        if replay.into == DATABASE and replay.of == domain
    ]
    return [
        Stream(f"{domain}/{region}/{name}", at.WRITE, region, region, math.inf, None, name, once)
        for name, once, regions in callers
        for region in regions
    ]


def build(
    scenario: Scenario, domain: str, streams: list[Stream], *, seed: int, trial: int, tables: Tables
) -> Circle:
    """Return the circle of a domain at time 0, its links still to be filled in.

    ``tables`` must hold every jitter already.
    """
    database = scenario.databases[domain]
    regions = sorted(scenario.regions)
    work = _works(database, tables)
    table = tables.encode()
    r, s = _counted("regions", regions), _counted("streams", streams)
    load = [i for i, stream in enumerate(streams) if stream.kind <= at.WRITE]
    retry = database.workload.retry
    circle = Circle(
        reg=_registers(scenario, database, regions),
        heap=np.zeros((RECORDS + s, 4), np.int64),
        slot=_slots(len(load)),
        free=np.arange(SLOTS + len(load) - 1, -1, -1, dtype=np.int64),
        stream=np.zeros((s, at.STREAM_FIELDS), np.int64),
        load=np.array(load, np.int64),
        lane=np.array([[at.NEVER] * len(load), [streams[i].kind for i in load]], np.int64),
        due=np.zeros((2, len(load)), np.int64),
        coming=np.zeros((at.COMING_FIELDS, FORESEEN), np.int64),
        limit=np.zeros((r, 2), np.int64),
        stream_key=np.array([key_of(seed, trial, stream.name) for stream in streams], np.uint64),
        rate=np.array([(stream.gap_ns, 1.0) for stream in streams], np.float64),
        node=np.zeros((r, at.NODE_FIELDS), np.int64),
        speed=np.ones(r, np.float64),
        worker=np.zeros((r, database.service.workers, at.WORKER_FIELDS), np.int64),
        queue=np.zeros((r, database.service.queue + 1, 3), np.int64),
        starts=np.zeros((r, at.STARTS), np.int64),
        contact=np.zeros(r, np.int64),
        cuts=np.zeros((TIMELINES, 2), np.int64),
        link=np.zeros((3 * r * r, 3), np.float64),
        link_state=np.zeros((3 * r * r, at.LINK_STATES), np.int64),
        route=np.full(r, regions.index(database.primary), np.int64),
        answer=np.zeros(r, np.int64),
        dns=_resolvers(scenario, domain, regions, seed=seed, trial=trial),
        session_key=np.array(
            [key_of(seed, trial, f"{domain}/sessions/{region}") for region in regions], np.uint64
        ),
        session=_sessions(scenario, database),
        keys=zipf_table(database.workload.keys.count, database.workload.keys.zipf),
        rows=table.rows,
        values=table.values,
        work=np.array(work, np.int64),
        backoff=np.array([retry.base, retry.cap, retry.jitter], np.float64),
        trace=np.concatenate([_recorded(stream) for stream in streams]),
        fed=np.zeros((max(1, sum(stream.fed_by is not None for stream in streams)), FEEDS, 3), np.int64),
        inbox=np.zeros((PLACES, 3), np.int64),
        ops=np.zeros((OUTPUT_ROWS, at.OP_FIELDS), np.int64),
        commits=np.zeros((OUTPUT_ROWS, 5), np.int64),
        reads=np.zeros((r, OUTPUT_ROWS, 4), np.int64),
    )
    circle.reg[at.FREE] = SLOTS
    _fill_streams(circle, scenario, database, streams)
    _fill_nodes(circle, database, regions)
    _fill_answers(circle, scenario, regions)
    return circle


def _counted(what: str, entries: Sequence[Any]) -> int:
    """Return how many there are. LimitReached if that is too many."""
    within(what, len(entries))
    return len(entries)


_NONE = np.zeros(0, np.int64)


def _recorded(stream: Stream) -> np.ndarray:
    """Return the arrival times of a recorded stream, int64 ns."""
    return _NONE if stream.trace_ns is None else stream.trace_ns


def _slots(lanes: int) -> np.ndarray:
    """Return empty slots, of which the first ``lanes`` close the rings of the lanes."""
    within("in_flight", lanes + SLOTS)
    slots = np.zeros((lanes + SLOTS, at.SLOT_FIELDS), np.int64)
    slots[:lanes, at.S_AHEAD] = slots[:lanes, at.S_BEHIND] = np.arange(lanes)
    slots[:lanes, at.S_DUE] = at.NEVER
    return slots


def _works(database: Database, tables: Tables) -> list[int]:
    """Return the distribution of work by kind of stream: read, write, observer, checker."""
    service = database.service
    return [tables.add(dist) for dist in (service.read, service.write, service.probe, service.probe)]


def _registers(scenario: Scenario, database: Database, regions: list[str]) -> np.ndarray:
    failover, workload, reg = database.failover, database.workload, np.zeros(at.REGISTERS, np.int64)
    values = {
        at.TRIP: -1,
        at.NEXT_SEND: at.NEVER,
        at.LEASE: failover.fencing == "lease",
        at.RENEW: 1,
        at.LEASE_NS: failover.lease,
        at.MAJORITY: len(regions) // 2 + 1,
        at.PRIMARY: regions.index(database.primary),
        at.TIMEOUT_NS: workload.retry.timeout,
        at.ATTEMPTS: workload.retry.attempts,
        at.LOCAL_READS: database.reads == "local",
        at.TTL: scenario.gateway.ttl,
        at.SESSIONS: workload.sessions.count,
        at.SESSION_KEYS: workload.sessions.keys,
        at.SESSION_LENGTH: workload.sessions.length,
        at.EPOCH_END: workload.sessions.length,
        at.RETRANSMIT: scenario.network.retransmit,
        at.REGIONS: len(regions),
    }
    for register, value in values.items():
        reg[register] = value
    return reg


def _resolvers(scenario: Scenario, domain: str, regions: list[str], *, seed: int, trial: int) -> np.ndarray:
    count, ttl = scenario.gateway.resolvers, scenario.gateway.ttl
    dns = np.zeros((len(regions), count, 2), np.int64)
    for client in scenario.clients:
        key = key_of(seed, trial, f"{domain}/dns/{client}")
        drawn = _uniforms(np.full(count, key, np.uint64), np.arange(count), Purpose.DNS)
        dns[regions.index(client), :, 1] = (drawn * ttl).astype(np.int64)
    return dns


def _uniforms(keys: np.ndarray, rids: np.ndarray, purpose: int) -> np.ndarray:
    """Return a draw (n,) float64 in the open interval (0, 1) for each record."""
    out = np.empty(len(keys))
    draw_uniforms(keys, rids, purpose, out)
    return out


def _sessions(scenario: Scenario, database: Database) -> np.ndarray:
    """Return each session's epoch shift (ns) and resolver."""
    rules = database.workload.sessions
    # the product may be beyond int64, the quotient is not
    shifts = [number * rules.length // rules.count for number in range(rules.count)]
    resolvers = np.arange(rules.count, dtype=np.int64) % scenario.gateway.resolvers
    return np.stack([np.array(shifts, np.int64), resolvers], axis=1)


def _fill_streams(circle: Circle, scenario: Scenario, database: Database, streams: list[Stream]) -> None:
    regions, clients = sorted(scenario.regions), sorted(scenario.clients)
    traced = 0
    callers = sorted({stream.fed_by for stream in streams if stream.fed_by is not None})
    within("callers", len(callers))
    circle.stream[:, [at.T_FED, at.T_GROUP]] = -1
    fed = [i for i, stream in enumerate(streams) if stream.fed_by is not None]
    circle.stream[fed, at.T_FED] = np.arange(len(fed))
    offsets = _uniforms(circle.stream_key, np.zeros(len(streams), np.int64), Purpose.OFFSET)
    for i, stream in enumerate(streams):
        row = circle.stream[i]
        row[at.T_KIND], row[at.T_FROM], row[at.T_TO] = (
            stream.kind,
            regions.index(stream.source),
            regions.index(stream.target),
        )
        row[at.T_HEALTHY], row[at.T_NEXT] = 1, at.NEVER
        if stream.kind <= at.WRITE:
            row[at.T_CLIENT] = clients.index(stream.source)
            row[at.T_ARRIVAL] = _arrival(database, stream)
            row[at.T_TRACE], row[at.T_TRACE_END] = traced, traced + _recorded(stream).size
            if stream.fed_by is not None:
                row[at.T_TRACE_END] = 0
                row[at.T_GROUP] = callers.index(stream.fed_by) if stream.once else -1
            traced += _recorded(stream).size
        else:
            rules = database.failover if stream.kind == at.OBSERVE else scenario.gateway.check
            row[at.T_INTERVAL], row[at.T_TIMEOUT] = rules.interval, rules.timeout
            row[at.T_FAILURES], row[at.T_SUCCESSES] = rules.failures, rules.successes
            drawn = int(float(offsets[i]) * rules.interval)
            row[at.T_NEXT] = drawn if rules.offset is None else rules.offset


def _arrival(database: Database, stream: Stream) -> int:
    kind = database.workload.arrivals.kind
    if stream.fed_by is not None:
        return at.FED
    if kind == "trace":
        return at.TRACED
    if math.isinf(stream.gap_ns):
        return at.SILENT
    return at.EVEN if kind == "constant" else at.RANDOM


def _fill_answers(circle: Circle, scenario: Scenario, regions: list[str]) -> None:
    for client, group in scenario.clients.items():
        assert group.order is not None, "resolved"
        circle.answer[regions.index(client)] = regions.index(group.order[0])
    circle.dns[:, :, 0] = circle.answer[:, None]


def _fill_nodes(circle: Circle, database: Database, regions: list[str]) -> None:
    held = {regions.index(name) for name in (database.primary, *database.replicas)}
    circle.node[:, at.N_NEXT] = circle.node[:, at.N_NEXT_TIE] = at.NEVER
    circle.node[:, at.N_REGION_UP] = 1
    circle.node[:, at.N_TIMELINE] = 1
    for i in held:
        circle.node[i, [at.N_EXISTS, at.N_UP, at.N_SERVING, at.N_HAS_DATA]] = 1
        circle.node[i, at.N_LEASE_UNTIL] = database.failover.lease
    circle.node[regions.index(database.primary), at.N_WRITABLE] = 1
