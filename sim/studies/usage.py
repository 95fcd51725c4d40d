"""What a trial used that is paid for: instances, bytes sent between regions, bytes written to be kept."""

from collections.abc import Mapping

from sim.core.stages import BUS, ZONES
from sim.measure.figures import Figures
from sim.measure.platform.figures import StageFigures
from sim.spec.scenario import Scenario


def usage(scenario: Scenario, figures: Figures) -> dict[str, float]:
    """Return what a trial used: ``instances``, ``transfer_bytes``, ``stored_bytes``.

    Instances are database nodes, brokers and members of consumer groups; the lake's jobs are not counted.
    Records are those measured: each commit is received by one node for nothing and sent to the others; each
    event and each row of a table is sent to every other region once. Everything received is stored.
    """
    transfer = stored = 0.0
    others = len(scenario.regions) - 1
    waterfall = {} if figures.path is None else figures.path.waterfall
    for name, database in scenario.databases.items():
        kept = figures.conservation[name]
        received = sum(node.received for node in kept.nodes.values())
        transfer += max(0, received - kept.committed) * database.replication.record
        stored += received * database.replication.record
        for size, count in _published(scenario, waterfall.get(name, {})):
            transfer += others * size * count
            stored += (others + 1) * size * count
    return {"instances": float(instances(scenario)), "transfer_bytes": transfer, "stored_bytes": stored}


def instances(scenario: Scenario) -> int:
    """Return how many database nodes, brokers and members of consumer groups a platform has."""
    nodes = sum(1 + len(database.replicas) for database in scenario.databases.values())
    brokers = scenario.bus.brokers * len(scenario.regions) if scenario.bus else 0
    return nodes + brokers + sum(consumer.members for consumer in scenario.consumers.values())


def _published(scenario: Scenario, fall: Mapping[str, StageFigures]) -> list[tuple[int, int]]:
    """Return (bytes of one, how many) of a domain's events and rows of tables."""
    sizes = {BUS.name: scenario.bus.event} if scenario.bus else {}
    if scenario.lake:
        sizes |= dict.fromkeys(ZONES, scenario.lake.sync.row)
    return [(size, fall[stage].delivered) for stage, size in sizes.items() if stage in fall]
