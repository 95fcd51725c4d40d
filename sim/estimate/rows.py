"""How many rows a run's journal gets."""

from collections.abc import Iterator

from sim.estimate.flows import Flows
from sim.estimate.term import NS, Path, Term, expected_ns
from sim.estimate.volume import Volume
from sim.spec.faults.network.link_flap import LinkFlap
from sim.spec.faults.store.traffic_spike import TrafficSpike
from sim.spec.faults.targets import targets

MUCH = 2.0  # a spike that multiplies the load of a run by more than that is what makes it large


def rows(volume: Volume) -> Iterator[Term]:
    """Yield the rows of the journal, by what decides how many there are."""
    scenario = volume.scenario
    for name in scenario.databases:
        reads = volume.reads(name)
        yield Term(f"reads of {name}", cause(volume, name, "read"), reads)
        written = volume.writes(name) + _of_commits(Flows(volume, name))
        yield Term(f"writes of {name}, their copies and events", cause(volume, name, "write"), written)
        yield from _sent_again(volume, name)
    for name, one in scenario.consumers.items():
        if one.writes is not None:
            yield Term(f"calls of {name}", ("consumers", name), volume.calls(name))
    for name, replay in scenario.replays.items():
        if replay.consumer is not None:
            handed_out = min(volume.writes(replay.of), replay.rate * volume.seconds)
            yield Term(f"rows of {name}", ("replays", name, "rate"), handed_out)
    yield from _of_tables(volume)


def cause(volume: Volume, domain: str, kind: str) -> Path:
    """Return what makes a load large: a spike, or its rate."""
    spikes = [
        (fault.factor, ("faults", name, "factor"))
        for name, fault in volume.scenario.faults.items()
        if isinstance(fault, TrafficSpike) and fault.database in (domain, "*")
    ]
    if spikes and volume.spiked(domain, kind) > MUCH:
        return max(spikes)[1]
    return "databases", domain, "workload", f"{kind}s"


def _of_commits(flows: Flows) -> float:
    """Return the rows of a domain's commits: itself, its way to replicas, buses and readers."""
    scenario = flows.volume.scenario
    found = flows.committed().passed
    found += sum(2 * sent.passed + applied.passed for sent, applied in flows.replicated())
    if scenario.bus is not None:
        found += flows.published().passed * len(scenario.regions)
        found += sum(stage.passed for stage in flows.read() if stage.path[0] == "consumers")
    return found


def _sent_again(volume: Volume, domain: str) -> Iterator[Term]:
    """Yield what is sent anew after each cut of a link that flaps: a window at most, or what it can carry."""
    scenario = volume.scenario
    database = scenario.databases[domain]
    rules = database.replication
    for name, fault in scenario.faults.items():
        if isinstance(fault, LinkFlap):
            hit = targets(scenario, fault).links
            ways = {(database.primary, replica) for replica in database.replicas} & set(hit)
            speeds = (scenario.network.links[f"{a}/{b}"].bandwidth for a, b in ways)
            each_s = sum(speeds) * (rules.share or 1.0) / rules.record
            each = min(len(ways) * rules.window / rules.record, each_s * fault.up / NS)
            yield Term(f"records of {domain} sent again", ("faults", name, "up"), each * flaps(volume, fault))


def flaps(volume: Volume, fault: LinkFlap) -> float:
    """Return how often a link that flaps is cut."""
    return expected_ns(fault.duration, volume.scenario.duration) / (fault.down + fault.up)


def _of_tables(volume: Volume) -> Iterator[Term]:
    """Yield the rows of the lake's commits and of what reads it."""
    scenario, length = volume.scenario, volume.scenario.duration
    if scenario.lake is not None:
        lake = scenario.lake
        tables = len(scenario.databases) * len(scenario.regions)
        intervals = {
            ("stream", "checkpoint"): lake.stream.checkpoint,
            ("stream", "flush"): lake.stream.flush if lake.stream.mode == "at_least_once" else length,
            ("curated", "interval"): lake.curated.interval,
            ("analytics", "interval"): lake.analytics.interval,
        }
        for path, interval in intervals.items():
            yield Term("commits of tables", ("lake", *path), tables * length / interval)
    for name, insight in scenario.insights.items():
        places = len(insight.regions or scenario.regions)
        refreshes = places * length / max(1.0, insight.refresh.mean)
        yield Term(f"refreshes of {name}", ("insights", name, "refresh"), refreshes)
