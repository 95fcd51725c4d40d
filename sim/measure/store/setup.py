"""What the measures of one domain must know beside its journal: names, the level, and bounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.core import dials as d
from sim.spec.faults.turned import turned
from sim.spec.store.acknowledgement import waits

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class DomainSetup:
    """The measures' view of one domain. Times in ns.

    ``regions`` and ``clients`` are sorted names: their positions are the indices in the journal. ``nodes``
    are the regions that hold a node of the store. ``op_life_ns`` bounds the time from first send to end of an
    operation. ``failover_reads``: some reads need the primary. ``pauses``: (fault, region) of each fault that
    pauses sending to a replica of this store. ``called``: handlers or replays write to it. ``windows``:
    (read or write, length) of the windows over which objectives ask for ratios. ``waits``: answers wait for
    replicas.
    """

    domain: str
    regions: tuple[str, ...]
    clients: tuple[str, ...]
    nodes: tuple[str, ...]
    primary: str
    good: str  # decimal fraction, kept as text so that 0.99 is exactly 99/100
    latency_ns: int
    window_ns: int
    hold_ns: int
    op_life_ns: int
    warmup_ns: int
    duration_ns: int
    ttl_ns: int = 0
    failover_reads: bool = False
    record_bytes: int = 0
    pauses: tuple[tuple[str, str], ...] = ()
    called: bool = False
    windows: tuple[tuple[str, int], ...] = ()
    waits: bool = False


def setup_of(scenario: "Scenario", domain: str) -> DomainSetup:
    """Return the setup of one domain of a resolved scenario."""
    store, level = scenario.databases[domain], scenario.level
    nodes = (store.primary, *store.replicas)
    return DomainSetup(
        domain=domain,
        regions=tuple(sorted(scenario.regions)),
        clients=tuple(sorted(scenario.clients)),
        nodes=tuple(sorted(nodes)),
        primary=store.primary,
        good=repr(level.good),
        latency_ns=level.latency,
        window_ns=level.window,
        hold_ns=level.hold,
        op_life_ns=min(store.workload.retry.longest_ns, scenario.duration),
        warmup_ns=scenario.warmup,
        duration_ns=scenario.duration,
        ttl_ns=scenario.gateway.ttl,
        record_bytes=store.replication.record,
        pauses=tuple(sorted(_pauses(scenario, domain))),
        called=_called(scenario, domain),
        windows=tuple(sorted(_windows(scenario, domain))),
        waits=waits(store.replication.acknowledgement),
        failover_reads=store.reads == "primary" or len(nodes) < len(scenario.regions),
    )


def _called(scenario: "Scenario", domain: str) -> bool:
    replays = (replay.of for replay in scenario.replays.values() if replay.consumer is None)
    return domain in {*replays, *(consumer.writes for consumer in scenario.consumers.values())}


def _windows(scenario: "Scenario", domain: str) -> set[tuple[str, int]]:
    """Return (read or write, length) of the windows over which objectives ask for ratios of the domain."""
    asked = ((objective.about.partition("."), objective.over) for objective in scenario.sla.values())
    return {(kind, over) for (name, _, kind), over in asked if over is not None and name == domain}


def _pauses(scenario: "Scenario", domain: str) -> Iterator[tuple[str, str]]:
    """Yield (fault, replica) of each fault that pauses sending to a replica of the store."""
    for name, turn in turned(scenario, d.PAUSE_SEND):
        if turn.of[0] == domain:
            yield name, turn.of[1]
