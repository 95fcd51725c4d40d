"""How much memory a run needs at its peak."""

from collections.abc import Iterator, Sequence

from sim.core.distributions import Distribution
from sim.estimate.flows import Flows
from sim.estimate.rows import cause, flaps
from sim.estimate.term import NS, Term, total
from sim.estimate.volume import Volume
from sim.spec.bus.handlers import handlers
from sim.spec.faults.network.link_flap import LinkFlap
from sim.spec.model import Model
from sim.spec.store.workload import Trace

MIB = 2**20
# Measured, in bytes: the program and its kernels; what a domain and its data path hold when rows come fast.
PROGRAM, DOMAIN, EVENTS, FULL_ROWS = 180 * MIB, 40 * MIB, 20 * MIB, 1e6
# Of one thing: a record that waits (for each node, and one more) and its event; a call that waits, and one
# that was made; an operation under way; a key for each node; what a session knows of a key; a row of a trace.
RECORD, EVENT, CALL, CALLED, OPERATION, KEY, MARK, TRACED = 50, 100, 400, 16, 300, 32, 200, 80
CELL, LAG, MILESTONE, STREAM, VALUE = 40, 64, 600, 2000, 100


def memory(volume: Volume, rows: Sequence[Term]) -> Iterator[Term]:
    """Yield the bytes a run needs, by what decides how many; ``rows``: those of its journal."""
    scenario = volume.scenario
    filled = min(1.0, total(rows) / len(scenario.databases) / FULL_ROWS)
    yield Term("the program", (), PROGRAM)
    for name in scenario.databases:
        flows = Flows(volume, name)
        arrays = DOMAIN + EVENTS * (scenario.bus is not None)
        yield Term(f"working arrays of {name}", ("databases", name), filled * arrays)
        yield from _of_store(volume, name)
        yield from _waiting(flows)
        yield from _under_way(flows)
    for name, one in handlers(scenario).items():
        held = Flows(volume, one.of).held()[1]
        calls = volume.calls(name)
        waiting = min(calls, calls / max(1.0, volume.writes(one.of)) * held.waiting)
        yield Term(f"calls of {name} that wait", ("consumers", name), CALL * waiting + CALLED * calls)
    yield from _of_measures(volume)
    yield Term("distributions from files", (), VALUE * _values(scenario))


def _of_store(volume: Volume, name: str) -> Iterator[Term]:
    """Yield what a domain's keys, sessions, streams and trace need."""
    scenario, path = volume.scenario, ("databases", name)
    database, regions, clients = scenario.databases[name], len(scenario.regions), len(scenario.clients)
    keys, sessions = database.workload.keys.count, database.workload.sessions
    nodes = 2 + len(database.replicas)  # and once for all
    yield Term(f"keys of {name}", (*path, "workload", "keys", "count"), keys * KEY * nodes)
    operations = volume.reads(name) + volume.writes(name)
    marks = min(operations, 2.0 * clients * sessions.count * sessions.keys)
    yield Term(f"sessions of {name}", (*path, "workload", "sessions", "count"), MARK * marks)
    yield Term(f"streams of {name}", ("regions",), STREAM * clients * (2 + regions))
    if isinstance(database.workload.arrivals, Trace):
        yield Term(f"the trace of {name}", (*path, "workload", "arrivals", "file"), TRACED * operations)


def _waiting(flows: Flows) -> Iterator[Term]:
    """Yield what records and events of a domain need that wait: for a fault to end, or for a slow stage."""
    record = RECORD * (2 + len(flows.volume.scenario.databases[flows.domain].replicas))
    store, events = flows.held()
    behind = [(record, stage) for pair in flows.replicated() for stage in pair]
    if flows.volume.scenario.bus is not None:
        behind += [(EVENT, events), *((EVENT, stage) for stage in (flows.published(), *flows.read()))]
    for size, stage in [(record, store), *behind]:
        yield Term(stage.what, stage.path, size * stage.waiting)


def _under_way(flows: Flows) -> Iterator[Term]:
    """Yield what operations need that clients have not given up: all while there is no primary."""
    volume, name = flows.volume, flows.domain
    retry = volume.scenario.databases[name].workload.retry
    life_s = min(retry.attempts * (retry.timeout + retry.cap) / NS, volume.seconds)
    committed = flows.committed()
    each_s = (volume.reads(name) + volume.writes(name)) / volume.seconds
    waits = life_s if committed.waiting > 0 else min(life_s, flows.longest[0].store)
    kind = "read" if volume.reads(name) > volume.writes(name) else "write"
    yield Term(f"operations of {name} under way", cause(volume, name, kind), OPERATION * each_s * waits)


def _of_measures(volume: Volume) -> Iterator[Term]:
    """Yield what windows, lags and milestones need."""
    scenario = volume.scenario
    level, length = scenario.level, scenario.duration
    series = 2 * (len(scenario.clients) + 1)
    for name, database in scenario.databases.items():
        retry = database.workload.retry
        life = min(retry.attempts * (retry.timeout + retry.cap), length)
        yield Term(f"windows of {name}", ("level", "window"), CELL * series * life / level.window)
        lags = LAG * (1 + len(database.replicas)) * length / max(level.hold, level.window)
        yield Term(f"lags of {name}", ("level", "hold"), lags)
    for name, fault in scenario.faults.items():
        if isinstance(fault, LinkFlap):
            cuts = flaps(volume, fault)
            yield Term(f"milestones of {name}", ("faults", name, "down"), 2 * MILESTONE * cuts)


def _values(value: object) -> int:
    """Return how many values the distributions in a scenario hold."""
    if isinstance(value, Distribution):
        return len(value.values) + sum(map(_values, value.parts))
    if isinstance(value, Model):
        return sum(_values(getattr(value, name)) for name in type(value).model_fields)
    return sum(map(_values, value.values())) if isinstance(value, dict) else 0
