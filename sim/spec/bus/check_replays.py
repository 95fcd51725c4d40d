"""Replays: they begin, what they name exists, and their rows go somewhere."""

from collections.abc import Iterator

from sim.core.names import CONSUMER, OWN
from sim.core.quantity import format_duration as _t
from sim.spec.bus.replay import DATABASE, NOW, Place, Replay
from sim.spec.faults.when import check_condition
from sim.spec.references import unknown_one, without
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint


def check_replays(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the replays of a scenario whose other sections are read."""
    if scenario.replays and scenario.bus is None:
        yield without("replays", "bus")
        return
    for name, replay in scenario.replays.items():
        path = ("replays", name)
        if name in scenario.consumers:
            yield Complaint(path, f"{name!r} is taken", "choose another name", at_key=True)
        yield from _begins(scenario, replay, path)
        yield from _names(scenario, replay, path)
        yield from _places(scenario, replay, path)


def _begins(scenario: Scenario, replay: Replay, path: tuple[str, str]) -> Iterator[Complaint]:
    if (replay.at is None) == (replay.when is None):
        yield Complaint(path, "a replay has either 'at' or 'when'", at_key=True)
    elif replay.when is not None:
        yield from check_condition(scenario, replay.when, (*path, "when"))
    elif replay.at is not None and replay.at >= scenario.duration:
        yield Complaint((*path, "at"), f"a replay at {_t(replay.at)} comes after the end of the run")


def _names(scenario: Scenario, replay: Replay, path: tuple[str, str]) -> Iterator[Complaint]:
    if replay.of not in scenario.databases:
        yield unknown_one("database", replay.of, scenario.databases, (*path, "of"))
        return
    if replay.region not in scenario.regions:
        yield unknown_one("region", replay.region, scenario.regions, (*path, "region"))
    elif replay.consumer is None and replay.region not in scenario.clients:
        hint = "its calls are made as those of clients there"
        yield Complaint((*path, "region"), f"no clients near {replay.region}", hint)
    known = [name for name, consumer in scenario.consumers.items() if consumer.of == replay.of]
    if replay.into == DATABASE and DATABASE in known:
        why = f"{DATABASE!r} may be {replay.of}'s own or the consumer {DATABASE!r}"
        yield Complaint((*path, "into"), why, f"write {OWN}/{DATABASE} or {CONSUMER}/{DATABASE}")
    elif replay.consumer is not None and replay.consumer not in known:
        yield unknown_one(f"consumer of {replay.of}", replay.consumer, known, (*path, "into"))


def _places(scenario: Scenario, replay: Replay, path: tuple[str, str]) -> Iterator[Complaint]:
    for key, place in (("from", replay.from_), ("to", replay.to)):
        if place.fault is not None and place.fault not in scenario.faults:
            yield unknown_one("fault", place.fault, scenario.faults, (*path, key))
    if replay.from_ == NOW:
        yield Complaint((*path, "from"), "nothing comes after now", "name an earlier place")
    elif _empty(replay.from_, replay.to):
        yield Complaint((*path, "to"), f"{replay.to} does not come after {replay.from_}")


def _empty(first: Place, last: Place) -> bool:
    """Return whether nothing can lie between two places of one kind."""
    if first.position is not None and last.position is not None:
        return last.position <= first.position
    if first.fault is not None and first.fault == last.fault:
        return last.before >= first.before
    return first.at is not None and last.at is not None and last.at <= first.at
