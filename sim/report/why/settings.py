"""Which setting of a scenario a step of a recovery waited for: its path, and how much it makes up."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.core.distributions import Distribution
from sim.core.milestones import failover, flows, store
from sim.core.quantity import format_duration
from sim.core.stages import ANALYTICS, CURATED, MIRROR
from sim.journal.milestones import Milestone
from sim.spec.scenario import Scenario

NS = 1e9
JOBS = ("stream", CURATED.name, ANALYTICS.name)  # of the lake


@dataclass(frozen=True, slots=True)
class NamedSetting:
    """A setting as ``--set`` names it, and its value in words.

    ``takes_s``: what it makes up by itself, in seconds; None where that is drawn.
    """

    path: str
    value: str
    takes_s: float | None


def setting_of(milestone: Milestone, scenario: Scenario) -> NamedSetting | None:
    """Return what a milestone waited for, None if that is no setting: a fault, or other people's work."""
    find = WAITED_FOR.get(type(milestone.what))
    return None if find is None else find(milestone.subject.split("/"), scenario)


def ttl(scenario: Scenario) -> NamedSetting:
    """Return for how long clients may hold an answer of old."""
    return _fixed("gateway.ttl", scenario.gateway.ttl)


def _fixed(path: str, value_ns: int, times: int = 1) -> NamedSetting:
    """Return a setting of so many ns, which makes up so many times as much."""
    text = format_duration(value_ns)
    return NamedSetting(path, text if times == 1 else f"{text}, {times} times", value_ns * times / NS)


def _delay(path: str, delay: Distribution) -> NamedSetting | None:
    """Return a delay; None if it is none."""
    if delay.is_constant:
        return _fixed(path, int(delay.mean)) if delay.mean else None
    return NamedSetting(path, f"drawn, {format_duration(int(delay.mean))} in the mean", None)


def _observer(subject: list[str], scenario: Scenario) -> NamedSetting | None:
    rules = scenario.databases[subject[0]].failover
    return _fixed(f"databases.{subject[0]}.failover.interval", rules.interval, rules.failures)


def _checker(_: list[str], scenario: Scenario) -> NamedSetting | None:
    return _fixed("gateway.check.interval", scenario.gateway.check.interval, scenario.gateway.check.failures)


def _of_failover(field: str) -> Callable[[list[str], Scenario], NamedSetting | None]:
    """Return what finds a delay among the rules of a failover."""

    def find(subject: list[str], scenario: Scenario) -> NamedSetting | None:
        value = getattr(scenario.databases[subject[0]].failover, field)
        path = f"databases.{subject[0]}.failover.{field}"
        return _delay(path, value) if isinstance(value, Distribution) else _fixed(path, value)

    return find


def _process(subject: list[str], scenario: Scenario) -> NamedSetting | None:
    """Return how long a process takes to run again: a relay, a mirror, a job of the lake, or a consumer."""
    domain, name = subject[0], subject[1]
    if name == "relay":
        return _delay(f"databases.{domain}.outbox.restart", scenario.databases[domain].outbox.restart)
    if name == MIRROR.name and scenario.bus is not None:
        return _delay("bus.mirror.restart", scenario.bus.mirror.restart)
    if name in JOBS and scenario.lake is not None:
        return _delay(f"lake.{name}.restart", getattr(scenario.lake, name).restart)
    consumer = scenario.consumers.get(name)
    return None if consumer is None else _delay(f"consumers.{name}.restart", consumer.restart)


def _reader(subject: list[str], scenario: Scenario) -> NamedSetting | None:
    consumer = scenario.consumers.get(subject[1])
    return None if consumer is None else _delay(f"consumers.{subject[1]}.takeover", consumer.takeover)


def _lake(_: list[str], scenario: Scenario) -> NamedSetting | None:
    return None if scenario.lake is None else _delay("lake.takeover", scenario.lake.takeover)


def _election(_: list[str], scenario: Scenario) -> NamedSetting | None:
    return None if scenario.bus is None else _delay("bus.election", scenario.bus.election)


def _route(_: list[str], scenario: Scenario) -> NamedSetting | None:
    return _delay("gateway.route", scenario.gateway.route)


WAITED_FOR: dict[type, Callable[[list[str], Scenario], NamedSetting | None]] = {
    store.ObserverUnhealthy: _observer,
    failover.DeclaredDead: _observer,
    store.CheckerUnhealthy: _checker,
    failover.FailoverDecided: _of_failover("decision"),
    failover.PrimaryFenced: _of_failover("lease"),
    failover.Promoted: _of_failover("promotion"),
    failover.Rerouted: _route,
    store.NodeUp: _of_failover("restart"),
    flows.ProcessStarted: _process,
    flows.ReaderMoved: _reader,
    flows.LakeMoved: _lake,
    flows.PartitionsUp: _election,
}
