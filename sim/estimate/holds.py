"""How long faults keep the records of a domain waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.estimate.term import NS, Path, expected_ns
from sim.spec.fault import Fault
from sim.spec.fault_models import DbCrash, LinkFlap, RegionOutage
from sim.spec.scenario import Scenario
from sim.spec.targets import targets

RANGES = ("/sync/", "/curated", "/analytics")  # what waits for them are ranges of positions, no records
NOT_HELD = ("network_latency", "packet_loss", "node_slow", "traffic_spike", "decision_delay")


@dataclass(frozen=True, slots=True)
class Hold:
    """``path``: the fault; records of the ``store``, or of its ``events``, wait for so long, in seconds."""

    path: Path
    store: float = 0.0
    events: float = 0.0


def holds(scenario: Scenario, domain: str) -> Iterator[Hold]:
    """Yield what keeps records of a domain waiting, at the expected times."""
    for name, fault in scenario.faults.items():
        if fault.kind in NOT_HELD:
            continue
        hit, lasts = targets(scenario, fault), _lasts(scenario, fault, domain)
        store = bool(hit.links) or any(database == domain for database, _ in hit.nodes)
        events = bool(hit.links) or any(_holds_events(process, domain) for process in hit.processes)
        yield Hold(("faults", name), lasts if store else 0.0, lasts if events else 0.0)


def _holds_events(process: str, domain: str) -> bool:
    return process.startswith(f"{domain}/") and not any(part in process for part in RANGES)


def _lasts(scenario: Scenario, fault: Fault, domain: str) -> float:
    """Return for how long a fault holds records up, until what it stopped is there again; in s."""
    begin = 0.0 if fault.at is None else expected_ns(fault.at, scenario.duration)
    length = expected_ns(fault.duration, scenario.duration)
    if isinstance(fault, LinkFlap):
        length = min(length, fault.down)
    rules = scenario.databases[domain].failover
    if isinstance(fault, RegionOutage | DbCrash):
        length += rules.restart.mean + (rules.rebuild.mean if fault.data == "lost" else 0)
    return max(0.0, min(length, scenario.duration - begin)) / NS
