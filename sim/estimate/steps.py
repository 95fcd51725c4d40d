"""What a run does that leaves no row: probes, windows, and steps of the control plane."""

from collections.abc import Iterator

from sim.estimate.holds import holds
from sim.estimate.rows import flaps
from sim.estimate.term import Path, Term, expected_ns
from sim.estimate.volume import Volume
from sim.spec.bus.handlers import coupled
from sim.spec.faults.bus.rebalance_storm import RebalanceStorm
from sim.spec.faults.network.link_flap import LinkFlap
from sim.spec.faults.when import When
from sim.spec.moves import Moves
from sim.spec.scenario import Scenario
from sim.spec.store.workload import Bursty, Diurnal

# How many rows are as much work as one of these (measured: a row takes about 0.2 us).
WINDOW, PROBE, CONTROL, TICK, FAULT = 0.1, 8.0, 200.0, 400.0, 3000.0


def steps(volume: Volume) -> Iterator[Term]:
    """Yield what leaves no row, in rows' worth of work, by the interval that decides how often it is done."""
    scenario = volume.scenario
    for name in scenario.databases:
        yield from _of_domain(scenario, name)
    yield from _of_data_path(scenario)
    for name, fault in scenario.faults.items():
        path = ("faults", name)
        if isinstance(fault, LinkFlap):
            yield Term(f"cuts of {name}", (*path, "down"), 2 * FAULT * flaps(volume, fault))
        if isinstance(fault, RebalanceStorm):
            lasts = expected_ns(fault.duration, scenario.duration)
            yield Term(f"rebalances of {name}", (*path, "every"), FAULT * lasts / fault.every)
        yield from _looks(scenario, fault.when, path)
    for name, replay in scenario.replays.items():
        yield from _looks(scenario, replay.when, ("replays", name))


def _of_domain(scenario: Scenario, name: str) -> Iterator[Term]:
    length, path = scenario.duration, ("databases", name)
    database, level, check = scenario.databases[name], scenario.level, scenario.gateway.check
    regions, clients = len(scenario.regions), len(scenario.clients)
    yield Term("windows", ("level", "window"), WINDOW * 2 * (clients + 1) * length / level.window)
    probes = PROBE * regions * length
    yield Term("probes of gateways", ("gateway", "check", "interval"), probes * clients / check.interval)
    yield Term(f"probes of {name}", (*path, "failover", "interval"), probes / database.failover.interval)
    if scenario.faults:
        polls = CONTROL * (1 + regions) * length / database.failover.interval
        yield Term(f"polls of {name}", (*path, "failover", "interval"), polls)
    arrivals, streams = database.workload.arrivals, 2 * clients
    if isinstance(arrivals, Diurnal):
        place = (*path, "workload", "arrivals", "step")
        yield Term(f"steps of the load of {name}", place, CONTROL * streams * length / arrivals.step)
    if isinstance(arrivals, Bursty):
        turns = 2 * streams * length / (arrivals.calm + arrivals.burst)
        yield Term(f"bursts of {name}", (*path, "workload", "arrivals", "burst"), CONTROL * turns)
    if name in coupled(scenario):
        ticks = TICK * length / database.outbox.interval
        yield Term(f"ticks of the relay of {name}", (*path, "outbox", "interval"), ticks)


def _of_data_path(scenario: Scenario) -> Iterator[Term]:
    length, domains = scenario.duration, len(scenario.databases)
    regions = len(scenario.regions)
    intervals: dict[Path, tuple[float, float]] = {}
    if scenario.bus is not None:
        mirrors = regions * (regions - 1) * domains
        intervals["bus", "mirror", "checkpoint"] = mirrors, scenario.bus.mirror.checkpoint
    if scenario.lake is not None:
        lake = scenario.lake
        intervals |= {
            ("lake", "stream", "checkpoint"): (domains, lake.stream.checkpoint),
            ("lake", "stream", "flush"): (domains, lake.stream.flush),
            ("lake", "curated", "interval"): (domains, lake.curated.interval),
            ("lake", "analytics", "interval"): (domains, lake.analytics.interval),
        }
    for path, (count, interval) in intervals.items():
        yield Term("ticks of the data path", path, CONTROL * count * length / interval)
    for name, insight in scenario.insights.items():
        looks = len(insight.regions or scenario.regions) * length / max(1.0, insight.refresh.mean)
        yield Term(f"refreshes of {name}", ("insights", name, "refresh"), CONTROL * looks)
    yield from _moves(scenario)


def _moves(scenario: Scenario) -> Iterator[Term]:
    """Yield the looks of readers for a region that can take over, while one is down."""
    found: list[tuple[Path, Moves, str]] = [
        (("consumers", name), one, one.of) for name, one in scenario.consumers.items()
    ]
    if scenario.lake is not None:
        found.append((("lake",), scenario.lake, next(iter(scenario.databases))))
    for path, rules, domain in found:
        longest_ns = 1e9 * max((hold.events for hold in holds(scenario, domain)), default=0.0)
        if rules.standby:
            yield Term("looks for another region", (*path, "again"), CONTROL * longest_ns / rules.again)


def _looks(scenario: Scenario, when: When | None, path: Path) -> Iterator[Term]:
    if when is not None:
        yield Term("looks of when", (*path, "when", "every"), CONTROL * scenario.duration / when.every)
