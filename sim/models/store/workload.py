"""From a resolved scenario to a domain's circle: streams, keys, work, and empty working arrays."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.core.distributions import Distribution, constant
from sim.core.draws import Purpose, key_of
from sim.core.identity import within
from sim.core.names import REPLAY, known_as
from sim.core.stages import REPLICA
from sim.engine.circle import building
from sim.engine.circle.building import CircleSetup
from sim.engine.circle.door import Circle
from sim.engine.circle.kinds import CHECK, EVEN, FED, NEVER, OBSERVE, RANDOM, READ, RECORDED, SILENT, WRITE
from sim.engine.sampling import DistTable, draw_uniforms, encode, zipf_table
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database


@dataclass(frozen=True, slots=True)
class CircleStream:
    """One stream of a domain. ``gap_ns`` is the mean gap of a load stream at factor 1."""

    name: str
    kind: int
    source: str
    target: str
    gap_ns: float = 0.0
    trace_ns: np.ndarray | None = field(default=None, compare=False)  # int64, ascending
    fed_by: str | None = None  # the handler or replay that calls
    once: bool = False  # a call whose tag has a commit already commits nothing


class DistributionTable:
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


def streams_of(scenario: Scenario, domain: str, traces: dict[str, np.ndarray]) -> list[CircleStream]:
    """Return a domain's streams sorted by name; ``traces``: stream name -> arrival times, int64 ns."""
    database = scenario.databases[domain]
    found = []
    for client, group in scenario.clients.items():
        for kind, word, rate in (
            (READ, "read", database.workload.reads),
            (WRITE, "write", database.workload.writes),
        ):
            name = f"{domain}/{client}/{word}"
            per_s = rate * group.share
            gap = 1e9 / per_s if per_s > 0 else math.inf
            found.append(CircleStream(name, kind, client, client, gap, traces.get(name)))
        found += [
            CircleStream(f"{domain}/check/{client}/{region}", CHECK, client, region)
            for region in scenario.regions
        ]
    found += [
        CircleStream(f"{domain}/observer/{region}", OBSERVE, region, database.primary)
        for region in scenario.regions
    ]
    found += _fed_streams(scenario, domain)
    return sorted(found, key=lambda stream: stream.name)


def _fed_streams(scenario: Scenario, domain: str) -> list[CircleStream]:
    """Return the streams of what calls the domain, in each region where it can be."""
    callers = [
        (name, known_as(name), handler.idempotent, [handler.region, *handler.standby])
        for name, handler in scenario.consumers.items()
        if handler.writes == domain
    ]
    callers += [
        (name, known_as(name, REPLAY), replay.idempotent, [replay.region])
        for name, replay in scenario.replays.items()
        if replay.consumer is None and replay.of == domain
    ]
    return [
        CircleStream(f"{domain}/{region}/{known}", WRITE, region, region, math.inf, None, name, once)
        for name, known, once, regions in callers
        for region in regions
    ]


def build(
    scenario: Scenario,
    domain: str,
    streams: list[CircleStream],
    *,
    seed: int,
    trial: int,
    tables: DistributionTable,
) -> Circle:
    """Return the circle of a domain at time 0, its links still to be set.

    ``tables`` must hold every jitter already.
    """
    database, regions = scenario.databases[domain], sorted(scenario.regions)
    work, keys = _works(database, tables), database.workload.keys
    return building.build(
        CircleSetup(
            registers=_registers(scenario, database, regions),
            streams=_streams(scenario, database, streams, seed=seed, trial=trial),
            nodes=_nodes(database, regions),
            workers=database.service.workers,
            queue=database.service.queue,
            work=work,
            table=tables.encode(),
            keys=zipf_table(keys.count, keys.zipf),
            session_keys=[key_of(seed, trial, f"{domain}/sessions/{region}") for region in regions],
            flow_keys=[key_of(seed, trial, f"{domain}/{REPLICA.at(region)}") for region in regions],
            sessions=_sessions(scenario, database),
            primary=regions.index(database.primary),
            answers=_answers(scenario, regions),
            expiries=_expiries(scenario, domain, regions, seed=seed, trial=trial),
            recorded=np.concatenate([_recorded(stream) for stream in streams]),
        )
    )


_NONE = np.zeros(0, np.int64)


def _recorded(stream: CircleStream) -> np.ndarray:
    """Return the arrival times of a recorded stream, int64 ns."""
    return _NONE if stream.trace_ns is None else stream.trace_ns


def _works(database: Database, tables: DistributionTable) -> list[int]:
    """Return the distribution of work by kind of stream: read, write, observer, checker."""
    service = database.service
    return [tables.add(dist) for dist in (service.read, service.write, service.probe, service.probe)]


def _registers(scenario: Scenario, database: Database, regions: list[str]) -> dict[str, Any]:
    failover, workload = database.failover, database.workload
    return {
        "tripped": -1,
        "next_send": NEVER,
        "next_answer": NEVER,
        "end_ns": scenario.duration,
        "lease": failover.fencing == "lease",
        "renewing": 1,
        "lease_ns": failover.lease,
        "majority": len(regions) // 2 + 1,
        "primary": regions.index(database.primary),
        "timeout_ns": workload.retry.timeout,
        "attempts": workload.retry.attempts,
        "local_reads": database.reads == "local",
        "ttl_ns": scenario.gateway.ttl,
        "sessions": workload.sessions.count,
        "session_keys": workload.sessions.keys,
        "session_length_ns": workload.sessions.length,
        "epoch_end": workload.sessions.length,
        "retransmit_ns": scenario.network.retransmit,
        "regions": len(regions),
        "backoff_ns": workload.retry.base,
        "backoff_ns_max": workload.retry.cap,
        "backoff_jitter": workload.retry.jitter,
    }


def _expiries(scenario: Scenario, domain: str, regions: list[str], *, seed: int, trial: int) -> np.ndarray:
    """Return when the answer that each resolver has at first expires, int64 (regions, resolvers) ns."""
    count, ttl = scenario.gateway.resolvers, scenario.gateway.ttl
    expiries = np.zeros((len(regions), count), np.int64)
    for client in scenario.clients:
        key = key_of(seed, trial, f"{domain}/dns/{client}")
        drawn = _uniforms(np.full(count, key, np.uint64), np.arange(count), Purpose.DNS)
        expiries[regions.index(client)] = (drawn * ttl).astype(np.int64)
    return expiries


def _uniforms(keys: np.ndarray, rids: np.ndarray, purpose: int) -> np.ndarray:
    """Return a draw (n,) float64 in the open interval (0, 1) for each record."""
    out = np.empty(len(keys))
    draw_uniforms(keys, rids, purpose, out)
    return out


def _sessions(scenario: Scenario, database: Database) -> list[dict[str, int]]:
    """Return each session's epoch shift (ns) and resolver."""
    rules, resolvers = database.workload.sessions, scenario.gateway.resolvers
    # the product may be beyond int64, the quotient is not
    return [
        {"shift": number * rules.length // rules.count, "resolver": number % resolvers}
        for number in range(rules.count)
    ]


def _streams(
    scenario: Scenario, database: Database, streams: list[CircleStream], *, seed: int, trial: int
) -> list[dict[str, Any]]:
    """Return the fields of each stream."""
    regions = sorted(scenario.regions)
    callers = sorted({stream.fed_by for stream in streams if stream.fed_by is not None})
    within("callers", len(callers))
    clients, recorded, ring = sorted(scenario.clients), 0, 0
    rows: list[dict[str, Any]] = []
    keys = np.array([key_of(seed, trial, stream.name) for stream in streams], np.uint64)
    offsets = _uniforms(keys, np.zeros(len(streams), np.int64), Purpose.OFFSET)
    for stream, key, offset in zip(streams, keys, offsets.tolist(), strict=True):
        row = {
            "key": key, "kind": stream.kind, "gap": stream.gap_ns, "factor": 1.0,
            "source": regions.index(stream.source), "target": regions.index(stream.target),
            "healthy": 1, "next": NEVER, "ring": -1, "group": -1,
        }  # fmt: skip
        if stream.kind > WRITE:
            row |= _checker(scenario, database, stream, offset)
        else:
            row |= {"client": clients.index(stream.source), "arrival": _arrival(database, stream)}
            count = _recorded(stream).size
            row |= {"recorded": recorded, "recorded_end": recorded + count}
            recorded += count
            if stream.fed_by is not None:
                row |= {"ring": ring, "group": callers.index(stream.fed_by) if stream.once else -1}
                ring += 1
        rows.append(row)
    return rows


def _checker(scenario: Scenario, database: Database, stream: CircleStream, offset: float) -> dict[str, int]:
    """Return the fields of a stream of probes. ``offset``: drawn, part of an interval."""
    rules = database.failover if stream.kind == OBSERVE else scenario.gateway.check
    drawn = int(offset * rules.interval)
    return {
        "interval": rules.interval, "timeout": rules.timeout, "failures": rules.failures,
        "successes": rules.successes, "next": drawn if rules.offset is None else rules.offset,
    }  # fmt: skip


def _arrival(database: Database, stream: CircleStream) -> int:
    kind = database.workload.arrivals.kind
    if stream.fed_by is not None:
        return FED
    if kind == "trace":
        return RECORDED
    if math.isinf(stream.gap_ns):
        return SILENT
    return EVEN if kind == "constant" else RANDOM


def _answers(scenario: Scenario, regions: list[str]) -> list[int]:
    """Return the region that each client group is sent to."""
    answers = [0] * len(regions)
    for client, group in scenario.clients.items():
        assert group.order is not None, "resolved"
        answers[regions.index(client)] = regions.index(group.order[0])
    return answers


def _nodes(database: Database, regions: list[str]) -> list[dict[str, Any]]:
    """Return the fields of each region's node, also where there is none."""
    everywhere = {"next": NEVER, "next_tie": NEVER, "region_up": 1, "timeline": 1, "speed": 1.0}
    held = {"exists": 1, "up": 1, "serving": 1, "has_data": 1, "lease_until": database.failover.lease}
    return [
        everywhere
        | (held if region in (database.primary, *database.replicas) else {})
        | {"writable": region == database.primary}
        for region in regions
    ]
