"""Who calls whom: handlers, which write to a domain what they make of events, and replays into a database."""

from collections.abc import Iterator

from sim.spec import models as m
from sim.spec.references import unknown_one
from sim.spec.replays import DATABASE
from sim.spec.text import Complaint

CLIENTS = "clients"  # whose writes a handler reacts to, if not those of another handler


def handlers(scenario: m.Scenario) -> dict[str, m.Consumer]:
    """Return the consumers that are handlers."""
    return {name: one for name, one in scenario.consumers.items() if one.writes is not None}


def callers(scenario: m.Scenario) -> set[str]:
    """Return the domains that are called, and those whose events lead to calls."""
    ends = {end for one in handlers(scenario).values() for end in (one.of, one.writes) if end is not None}
    return ends | {replay.of for replay in scenario.replays.values() if replay.into == DATABASE}


def called_by(scenario: m.Scenario, domain: str) -> bool:
    """Return whether something makes calls of the events of a domain."""
    of = [one.of for one in handlers(scenario).values()]
    return domain in of + [replay.of for replay in scenario.replays.values() if replay.into == DATABASE]


def check_handlers(scenario: m.Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the consumers that write."""
    for name, handler in handlers(scenario).items():
        path = ("consumers", name)
        if name == CLIENTS:
            yield Complaint(path, f"{name!r} is what others react to", "choose another name", at_key=True)
        if handler.writes not in scenario.databases:
            yield unknown_one("database", handler.writes or "", scenario.databases, (*path, "writes"))
        before = [other for other, one in handlers(scenario).items() if one.writes == handler.of]
        if handler.on != CLIENTS and handler.on not in before:
            yield unknown_one(f"handler that writes {handler.of}", handler.on, before, (*path, "on"))
        for region in (handler.region, *handler.standby):
            if region in scenario.regions and region not in scenario.clients:
                hint = "its calls are made as those of clients there"
                yield Complaint(path, f"no clients near {region}", hint, at_key=True)
