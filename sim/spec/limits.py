"""What a scenario may have at most, because the engine has no room for more: ``LIMITS``, rule by rule."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sim.core.identity import LIMITS
from sim.spec.faults.store.traffic_spike import TrafficSpike
from sim.spec.scenario import Scenario
from sim.spec.store.database import Failover
from sim.spec.store.routing import Check
from sim.spec.store.workload import Bursty, Constant, Diurnal
from sim.spec.text import Complaint, Path

SIGMAS = 8  # Poisson arrivals pass so many standard deviations above their mean once in 10^15 runs

Counted = Iterator[tuple[Path, int]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit, by its name in LIMITS, and what it is held against.

    ``of``: how many there are, and where; ``words``: what that is called; ``needs``: the sections it reads;
    ``at_key``: it is about a map, of which the key is shown.
    """

    limit: str
    words: str
    of: Callable[[Scenario], Counted]
    needs: frozenset[str]
    at_key: bool = False

    def __call__(self, scenario: Scenario) -> Iterator[Complaint]:
        """Yield what there is more of than there can be."""
        most = LIMITS[self.limit]
        for path, count in self.of(scenario):
            if count > most:
                yield Complaint(path, self.words.format(f"{count:,}"), f"at most {most:,}", self.at_key)


def _regions(scenario: Scenario) -> Counted:
    yield ("regions",), len(scenario.regions)


def _streams(scenario: Scenario) -> Counted:
    """For each client: reads, writes and a checker of each region; an observer in each; and the calls."""
    clients, regions = len(scenario.clients), len(scenario.regions)
    for name in scenario.databases:
        calls = sum(places for _, places in _callers_of(scenario, name))
        yield ("databases", name), clients * (regions + 2) + regions + calls


def _callers(scenario: Scenario) -> Counted:
    for name in scenario.databases:
        yield ("databases", name), len(_callers_of(scenario, name))


def _callers_of(scenario: Scenario, database: str) -> list[tuple[str, int]]:
    """Return the consumers and replays that write to a database, and in how many regions each can be."""
    handlers = [
        (name, 1 + len(consumer.standby))
        for name, consumer in scenario.consumers.items()
        if consumer.writes == database
    ]
    replays = [
        (name, 1)
        for name, replay in scenario.replays.items()
        if replay.consumer is None and replay.of == database
    ]
    return [*handlers, *replays]


def _operations(scenario: Scenario) -> Counted:
    """Of the client that sends the most."""
    total = math.fsum(client.share for client in scenario.clients.values()) or 1.0
    shares = {name: client.share / total for name, client in scenario.clients.items()}
    for name, database in scenario.databases.items():
        for field, kind in (("reads", "read"), ("writes", "write")):
            rate = getattr(database.workload, field)
            peaks = (shares[c] * _peak(scenario, name, client=c, kind=kind) for c in shares)
            random = not isinstance(database.workload.arrivals, Constant)
            count = at_most(rate * max(peaks), scenario.duration, random=random) if rate else 0
            yield ("databases", name, "workload", field), count


def at_most(rate_per_s: float, duration_ns: int, *, random: bool = True) -> int:
    """Return how many operations arrive within a time at most, at a rate never above this one."""
    mean = min(rate_per_s * duration_ns / 1e9, float(duration_ns))
    spread = SIGMAS * math.sqrt(mean) if random else 0.0
    return min(math.ceil(mean + spread), duration_ns)


def _peak(scenario: Scenario, database: str, *, client: str, kind: str) -> float:
    """Return by how much the rate of a stream can rise at most, all that raises it together."""
    arrivals = scenario.databases[database].workload.arrivals
    factor = 1.0
    if isinstance(arrivals, Bursty):
        factor = arrivals.factor
    elif isinstance(arrivals, Diurnal):
        factor = 1 + arrivals.amplitude
    for fault in scenario.faults.values():
        if isinstance(fault, TrafficSpike) and fault.factor > 1:
            struck = fault.database in ("*", database) and fault.client in (None, client)
            factor *= fault.factor if struck and fault.operation in (None, kind) else 1.0
    return factor


def _probes(scenario: Scenario) -> Counted:
    yield ("gateway", "check", "interval"), _times(scenario, scenario.gateway.check.interval)
    for name, database in scenario.databases.items():
        yield ("databases", name, "failover", "interval"), _times(scenario, database.failover.interval)


def _times(scenario: Scenario, interval: int) -> int:
    return -(-scenario.duration // interval)


def _patience(scenario: Scenario) -> Counted:
    rules: list[tuple[Path, Check | Failover]] = [(("gateway", "check"), scenario.gateway.check)]
    rules += [(("databases", name, "failover"), d.failover) for name, d in scenario.databases.items()]
    for path, rule in rules:
        for field in ("failures", "successes"):
            yield (*path, field), getattr(rule, field) * rule.interval


def _epochs(scenario: Scenario) -> Counted:
    """The last epoch that begins before the end, in the session that is the furthest ahead, and epoch 0."""
    for name, database in scenario.databases.items():
        rules = database.workload.sessions
        if rules.length > 0:
            ahead = (rules.count - 1) * rules.length // rules.count
            last = (scenario.duration - 1 + ahead) // rules.length
            yield ("databases", name, "workload", "sessions", "length"), last + 1


def _seed(scenario: Scenario) -> Counted:
    if scenario.study is not None:
        yield ("study", "seed"), scenario.study.seed


def _name(scenario: Scenario) -> Counted:
    yield ("name",), len(scenario.name)


_WHOLE = frozenset({"duration", "databases"})
_LOADS = _WHOLE | {"clients", "faults"}
_CALLS = frozenset({"regions", "clients", "databases", "consumers", "replays"})

REGIONS = Rule("regions", "{} regions", _regions, frozenset({"regions"}), at_key=True)
RULES = (
    Rule("streams", "{} streams of loads, calls and probes", _streams, _CALLS, at_key=True),
    Rule("callers", "{} consumers and replays write to it", _callers, _CALLS, at_key=True),
    Rule("operations", "up to {} operations from one client", _operations, _LOADS),
    Rule("operations", "{} probes from one place", _probes, _WHOLE | {"gateway"}),
    Rule("patience_ns", "probes in a row that take {} ns", _patience, frozenset({"databases", "gateway"})),
    Rule("epochs", "{} sessions, one after the other", _epochs, _WHOLE),
    Rule("seed", "a seed of {}", _seed, frozenset({"study"})),
    Rule("name", "a name of {} letters", _name, frozenset({"name"})),
)
