"""How many operations each domain gets over a run, and through which stages their records go."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from sim.estimate.term import NS, expected_ns
from sim.spec.bus.handlers import CLIENTS, handlers
from sim.spec.faults.store.traffic_spike import TrafficSpike
from sim.spec.scenario import Scenario
from sim.spec.store.recorded import KINDS, Load, load_of
from sim.spec.store.workload import Bursty, Diurnal


@dataclass(frozen=True)
class Volume:
    """What the clients and handlers of a resolved scenario do in a run, without what faults prevent."""

    scenario: Scenario

    @cached_property
    def seconds(self) -> float:
        """The length of the run."""
        return self.scenario.duration / NS

    def reads(self, domain: str) -> float:
        """Return the number of reads of a domain."""
        return self._clients[domain][0]

    def writes(self, domain: str) -> float:
        """Return the number of writes of a domain, calls of handlers and replays among them."""
        known = handlers(self.scenario)
        calls = sum(self.calls(name) for name, one in known.items() if one.writes == domain)
        return self._clients[domain][1] + calls + self._replayed(domain)

    def calls(self, handler: str) -> float:
        """Return how many calls a handler makes: one for each event it reacts to, as fast as it can."""
        one = handlers(self.scenario)[handler]
        events = self._clients[one.of][1] if one.on == CLIENTS else self.calls(one.on)
        return min(events, served(self.seconds, one.work.mean, one.members))

    def _replayed(self, domain: str) -> float:
        """Return how many calls replays make; idempotent ones call for what was lost alone."""
        replays = self.scenario.replays.values()
        into = [one for one in replays if one.of == domain and one.consumer is None and not one.idempotent]
        return sum(min(self._clients[domain][1], one.rate * self.seconds) for one in into)

    @cached_property
    def _clients(self) -> dict[str, tuple[float, float]]:
        """(reads, writes) of the clients of each domain."""
        return {name: self._of_clients(name) for name in self.scenario.databases}

    def _of_clients(self, domain: str) -> tuple[float, float]:
        load = self.scenario.databases[domain].workload
        recorded = load_of(self.scenario, domain)
        if recorded is not None:
            return _counted(recorded)
        shaped = self.seconds * _mean_shape(load.arrivals, self.seconds)
        kinds = (("read", load.reads), ("write", load.writes))
        reads, writes = (rate * shaped * self.spiked(domain, kind) for kind, rate in kinds)
        return reads, writes

    def spiked(self, domain: str, kind: str) -> float:
        """Return by how much spikes multiply one kind of load, over the whole run."""
        found = [(self._factor(spike), *self._time(spike)) for spike in self._spikes(domain, kind)]
        ends = sorted({0.0, self.seconds, *(end for _, *span in found for end in span)})
        products = (
            (b - a) * math.prod(factor for factor, begin, end in found if begin <= a and b <= end)
            for a, b in pairwise(ends)
        )
        return math.fsum(products) / self.seconds

    def _spikes(self, domain: str, kind: str) -> Iterator[TrafficSpike]:
        for fault in self.scenario.faults.values():
            if isinstance(fault, TrafficSpike) and fault.database in (domain, "*"):
                yield from [fault] * (fault.operation in (None, kind))

    def _factor(self, spike: TrafficSpike) -> float:
        """Return by how much a spike multiplies the load of all clients, on average."""
        clients = self.scenario.clients
        share = 1.0 if spike.client is None else clients[spike.client].share
        return 1 + share * spike.probability * (spike.factor - 1)

    def _time(self, spike: TrafficSpike) -> tuple[float, float]:
        """Return when a spike begins and ends, in s; one that waits for something begins at once."""
        begin = 0.0 if spike.at is None else expected_ns(spike.at, self.scenario.duration) / NS
        return begin, min(self.seconds, begin + expected_ns(spike.duration, self.scenario.duration) / NS)


def served(seconds: float, work_ns: float, servers: float) -> float:
    """Return how much work of a mean so many servers do in a time."""
    return math.inf if work_ns <= 0 else seconds * NS * servers / work_ns


def _counted(recorded: Load) -> tuple[float, float]:
    """Return (reads, writes) of a recorded load."""
    if recorded.kinds is None:
        return 0.0, float(recorded.coverage.operations)
    totals = np.bincount(recorded.kinds, np.diff(recorded.ends, prepend=0), len(KINDS))
    return float(totals[KINDS["read"]]), float(totals[KINDS["write"]])


def _mean_shape(arrivals: object, seconds: float) -> float:
    """Return the mean of a shape over a run."""
    if isinstance(arrivals, Diurnal):
        period, peak = arrivals.period / NS, arrivals.peak / NS
        turn = 2 * math.pi / period
        swing = (math.sin(turn * (seconds - peak)) + math.sin(turn * peak)) / (turn * seconds)
        return 1 + arrivals.amplitude * swing
    if isinstance(arrivals, Bursty):
        cycle = arrivals.calm + arrivals.burst
        return (arrivals.calm + arrivals.factor * arrivals.burst) / cycle
    return 1.0
