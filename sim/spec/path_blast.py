"""What a fault hits of the data path, in words."""

from collections.abc import Iterator

from sim.spec.lake.lake import Lake
from sim.spec.processes import moves_of
from sim.spec.scenario import Scenario
from sim.spec.targets import Targets


def path_phrases(scenario: Scenario, hit: Targets) -> Iterator[str]:
    """Yield one phrase for each thing; the same one of several domains is one thing."""
    yield from _processes(scenario, hit.processes)
    for region, broker in hit.brokers:
        assert scenario.bus is not None
        led = len(range(broker, scenario.bus.partitions, scenario.bus.brokers))
        yield f"broker {broker} in {region}, leader of {led} of {scenario.bus.partitions} partitions"
    for what, places in (("events of {} on the bus in {}", hit.logs), ("tables of {} in {}", hit.tables)):
        for region in sorted({region for _, region in places}):
            yield what.format(", ".join(name for name, other in places if other == region), region)


def _processes(scenario: Scenario, names: tuple[str, ...]) -> Iterator[str]:
    domains: dict[str, list[str]] = {}
    for name in names:
        domain, _, rest = name.partition("/")
        domains.setdefault(_phrase(scenario, domain, rest), []).append(domain)
    for phrase, users in domains.items():
        yield phrase.format(", ".join(users))


def _phrase(scenario: Scenario, domain: str, rest: str) -> str:
    """Return what ``<domain>/<rest>`` is, with a place for the names of domains."""
    kind, *ends = rest.split("/")
    if ends:
        return f"{kind} {ends[0]} -> {ends[1]} of {{}}"
    if kind == "relay":
        return f"relay of {{}} in {scenario.databases[domain].primary}"
    moves = moves_of(scenario, f"{domain}/{rest}") or scenario.lake
    assert moves is not None
    place = moves.home if isinstance(moves, Lake) else moves.region
    what = f"{kind} job" if isinstance(moves, Lake) else f"consumer {kind}"
    after = f", standby in {', '.join(moves.standby)}" if moves.standby else ""
    return f"{what} of {{}} in {place}{after}"
