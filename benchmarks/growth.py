"""That nothing is superlinear: what a run costs with once, twice and four times as many of one thing.

Regions, domains, consumers and simulated time, each by itself; whatever is added brings a load of its own. If
costs are a start and so much for each, then what four times as many cost lies on the line through what once
and twice as many do; the figure is the one against the other. Beside the processor time stands what was done,
which no clock can blur: rows of the journal, steps of the control plane, and advances of circles, each of
which costs some microseconds before it does anything.
"""

from collections import Counter
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks.figure import FULL, QUICK, Figure
from benchmarks.process import worked

TIMES = (1, 2, 4)
TURNS = 5
REGIONS, DOMAINS, CONSUMERS, MINUTES = 4, 2, 4, 8  # once
MOST = 1.15
SCALES = {QUICK: 1, FULL: 4}
USUALLY = 2
CLIENTS = 3  # each checks the gateway of every region


def platform(*, regions: int = 4, domains: int = 1, consumers: int = 0, minutes: int = 4) -> dict[str, Any]:
    """Return a platform whose first region is lost for a third of the time; a domain has 100 writes a second.

    Clients live in three regions, and a domain has two replicas, however many regions there are; all
    consumers read the events of one domain.
    """
    names = [f"r{i:03}" for i in range(regions)]
    links = {f"{a}/{b}": {"latency": "20ms"} for i, a in enumerate(names) for b in names[i + 1 :]}
    store = {"primary": names[0], "replicas": names[1:3], "workload": {"writes": "100/s", "reads": "100/s"}}
    path = {
        "bus": {},
        "consumers": {f"c{i:03}": {"of": "d000", "region": names[1]} for i in range(consumers)},
    }
    return {
        "name": "growth",
        "duration": f"{minutes}m",
        "regions": {name: {} for name in names},
        "network": {"links": links},
        "clients": {name: {"share": 1} for name in names[:CLIENTS]},
        "databases": {
            f"d{i:03}": store | ({"outbox": {"kind": "cdc"}} if consumers else {}) for i in range(domains)
        },
        **(path if consumers else {}),
        "faults": {
            "power": {
                "kind": "region_outage",
                "region": names[0],
                "at": f"{20 * minutes}s",
                "duration": f"{20 * minutes}s",
            }
        },
    }  # fmt: skip


def growing(scale: int) -> dict[str, list[dict[str, Any]]]:
    """Return thing -> the platform with once, twice and four times as many, for ``scale`` times 4 minutes."""
    minutes = 4 * scale
    return {
        "regions": [platform(regions=REGIONS * n, minutes=minutes) for n in TIMES],
        "domains": [platform(domains=DOMAINS * n, minutes=minutes) for n in TIMES],
        "consumers": [platform(consumers=CONSUMERS * n, minutes=minutes) for n in TIMES],
        "duration": [platform(minutes=MINUTES * scale * n) for n in TIMES],
    }


def steepness(costs: list[float]) -> float:
    """Return what four times as many cost against the straight line through once and twice: 1 if linear.

    It is 1.6 for what is quadratic and nothing else.
    """
    once, twice, four = costs
    return four / (twice + 2 * (twice - once))


def counted(data: dict[str, Any]) -> dict[str, int]:
    """Return what a run of an authored scenario does: rows of its journal, steps, advances of circles."""
    from sim.journal.recorder import Recorder
    from sim.models.store.domain import Domain
    from sim.spec.resolve import resolve
    from sim.spec.scenario import Scenario
    from sim.world import World

    resolved = resolve(Scenario.model_validate(data, context={"authored": True}))
    recorder, did = Recorder([]), Counter[str]()
    world = World(resolved, seed=0, trial=0, fold=recorder.fold, stepped=lambda _: did.update(["steps"]))

    def advance(domain: Domain, *until: Any) -> int | None:
        did["advances"] += 1
        return advance_of(domain, *until)

    advance_of = Domain.advance
    with patch.object(Domain, "advance", advance):
        world.run(resolved.duration)
    return {"rows": recorder.rows, **did}


def work(size: str) -> dict[str, Any]:
    """Return thing -> least processor time (s) and counts for each number of them; they take turns."""
    from sim.engine.lean import load_numba

    load_numba()
    from sim.spec.resolve import resolve
    from sim.spec.scenario import Scenario
    from sim.trial import run

    found: dict[str, Any] = {}
    for thing, platforms in growing(SCALES.get(size, USUALLY)).items():
        resolved = [resolve(Scenario.model_validate(data, context={"authored": True})) for data in platforms]
        run(resolved[-1])  # loads what a run needs
        spent: list[list[float]] = [[] for _ in resolved]
        for _ in range(1 if size == QUICK else TURNS):
            for costs, scenario in zip(spent, resolved, strict=True):
                began = process_time()
                run(scenario)
                costs.append(process_time() - began)
        found[thing] = {"s": [min(costs) for costs in spent], "counts": [counted(data) for data in platforms]}
    return found


def measure(size: str) -> list[Figure]:
    """Return for each thing how steeply time, rows and steps grow."""
    figures = []
    for thing, found in worked("growth", size).items():
        most = None if size == QUICK else MOST
        figures.append(Figure(f"growth in {thing}, processor time", steepness(found["s"]), most=most))
        figures += [
            Figure(f"growth in {thing}, {what}", steepness([counts[what] for counts in found["counts"]]))
            for what in ("rows", "steps", "advances")
        ]
        figures.append(Figure(f"growth in {thing}, four times as many", found["s"][-1], "s"))
    return figures
