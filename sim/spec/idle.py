"""Fields that mean nothing where they stand: refused if they are given, left out of what is written."""

from collections.abc import Iterator
from typing import Any

from sim.spec.bus.consumer import Consumer
from sim.spec.moves import Moves
from sim.spec.platform import Fresh
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint

Idle = tuple[tuple[str, ...], str]  # path, and what would give it a meaning

_OF_THE_PATH = ("consumers", "insights", "fresh")  # sections that are not there without a bus


def idle_fields(scenario: Scenario) -> Iterator[Idle]:
    """Yield the fields that nothing reads in this scenario, whether they are given or not."""
    if scenario.bus is None:
        yield from ((("databases", name, "outbox"), "there is no bus") for name in scenario.databases)
    elif scenario.bus.acks == "all":
        yield ("bus", "replica_lag"), "with acks: all nothing is lost with a leader"
    for field in Fresh.model_fields:
        if scenario.bus is None or (scenario.lake is None and field != "events"):
            yield ("fresh", field), "there is no lake" if scenario.bus else "there is no bus"
    for name, consumer in scenario.consumers.items():
        yield from _idle_group(consumer, ("consumers", name))
    if all(consumer.writes is None for consumer in scenario.consumers.values()):
        yield ("level", "patience"), "no consumer writes"
    if scenario.lake is not None:
        yield from _idle_moves(scenario.lake, ("lake",))
        if scenario.lake.stream.mode == "exactly_once":
            yield ("lake", "stream", "flush"), "with exactly_once a checkpoint closes the files"
        if scenario.lake.stream.lookup is None:
            yield ("lake", "stream", "when_down"), "without lookup no other domain is asked"


def _idle_group(group: Consumer, path: tuple[str, ...]) -> Iterator[Idle]:
    yield from _idle_moves(group, path)
    if group.members == 1:
        yield (*path, "session"), "a group with one member restarts instead"
    if group.writes is None:
        yield from (((*path, field), "it writes nothing") for field in ("on", "idempotent"))


def _idle_moves(moves: Moves, path: tuple[str, ...]) -> Iterator[Idle]:
    if not moves.standby:
        yield from (((*path, field), "without standby it does not move") for field in _OF_MOVES)


_OF_MOVES = ("takeover", "again", "start")


def check_idle(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the fields that are given and mean nothing."""
    for path, why in idle_fields(scenario):
        holder: Any = scenario
        for key in path[:-1]:
            holder = holder[key] if isinstance(holder, dict) else getattr(holder, key)
        if path[-1] in holder.model_fields_set:
            yield Complaint(path, f"{path[-1]!r} does nothing here", why, at_key=True)


def without_idle(scenario: Scenario, data: dict[str, Any]) -> dict[str, Any]:
    """Take the idle fields out of ``data``, the scenario as plain data, and return it.

    So a scenario without a bus has the form, and the digest, that it had before there were any.
    """
    for path, _ in idle_fields(scenario):
        holder = data
        for key in path[:-1]:
            holder = holder[key]
        holder.pop(path[-1], None)
    if scenario.bus is None:
        for section in _OF_THE_PATH:
            data.pop(section, None)
    if not scenario.replays:
        data.pop("replays", None)
    return data
