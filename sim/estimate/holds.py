"""How long faults keep the records of a domain waiting."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.core import dials as d
from sim.estimate.term import NS, Path, expected_ns
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import at_first
from sim.spec.faults.targets import targets
from sim.spec.processes import JOBS
from sim.spec.scenario import Scenario

RANGES = ("sync", *JOBS[1:])  # what waits for them are ranges of positions, no records
SLOWER = (d.LATENCY, d.JITTER, d.LOSS, d.SLOW, d.SPIKE, d.DECISION)  # nothing waits for these to be over
STOPPED = (d.DOWN, d.REGION, d.BUS_DATA)  # what has to start again


@dataclass(frozen=True, slots=True)
class Hold:
    """``path``: the fault; records of the ``store``, or of its ``events``, wait for so long, in seconds."""

    path: Path
    store: float = 0.0
    events: float = 0.0


def holds(scenario: Scenario, domain: str) -> Iterator[Hold]:
    """Yield what keeps records of a domain waiting, at the expected times."""
    for name, fault in scenario.faults.items():
        hit, lasts = targets(scenario, fault, but=SLOWER), _lasts(scenario, fault, domain)
        store = bool(hit.links) or any(database == domain for database, _ in hit.nodes)
        events = bool(hit.links) or any(_holds_events(process, domain) for process in hit.processes)
        yield Hold(("faults", name), lasts if store else 0.0, lasts if events else 0.0)


def _holds_events(process: str, domain: str) -> bool:
    of, name, *_ = process.split("/")
    return of == domain and name not in RANGES


def _lasts(scenario: Scenario, fault: Fault, domain: str) -> float:
    """Return for how long a fault holds records up, until what it stopped is there again; in s."""
    begin = 0.0 if fault.at is None else expected_ns(fault.at, scenario.duration)
    length = expected_ns(fault.duration, scenario.duration)
    if fault.rhythm is not None:
        length = min(length, fault.rhythm[0])
    rules = scenario.databases[domain].failover
    stopped = [turn.value for turn in fault.turns(at_first(scenario)) if turn.dial in STOPPED]
    if stopped:
        length += rules.restart.mean + (rules.rebuild.mean if "lost" in stopped else 0)
    return max(0.0, min(length, scenario.duration - begin)) / NS
