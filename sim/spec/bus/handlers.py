"""Who calls whom: handlers, which write to a domain what they make of events, and replays into a database."""

from collections.abc import Iterator

from sim.spec.bus.consumer import Consumer
from sim.spec.references import unknown_one
from sim.spec.scenario import Scenario
from sim.spec.text import Complaint

CLIENTS = "clients"  # whose writes a handler reacts to, if not those of another handler


def handlers(scenario: Scenario) -> dict[str, Consumer]:
    """Return the consumers that are handlers."""
    return {name: one for name, one in scenario.consumers.items() if one.writes is not None}


def coupled(scenario: Scenario) -> set[str]:
    """Return the domains of which one can reach another, or itself, between two controls.

    They are called, or their events lead to calls; or a look-up asks one for the events of all.
    """
    if scenario.bus is None:
        return set()
    if scenario.lake is not None and scenario.lake.stream.lookup is not None:
        return set(scenario.databases)
    ends = {end for one in handlers(scenario).values() for end in (one.of, one.writes) if end is not None}
    return ends | {replay.of for replay in scenario.replays.values() if replay.consumer is None}


def called_by(scenario: Scenario, domain: str) -> bool:
    """Return whether something makes calls of the events of a domain."""
    of = [one.of for one in handlers(scenario).values()]
    return domain in of + [replay.of for replay in scenario.replays.values() if replay.consumer is None]


def root_of(scenario: Scenario, name: str) -> str | None:
    """Return the domain whose clients' writes a handler reacts to, itself or through others, if to any."""
    known, chain = handlers(scenario), _chain(scenario, name)
    return known[chain[-1]].of if chain and known[chain[-1]].on == CLIENTS else None


def roots(scenario: Scenario) -> list[str]:
    """Return the domains whose clients' writes are orders: handlers react to them."""
    return sorted({one.of for one in handlers(scenario).values() if one.on == CLIENTS})


def check_handlers(scenario: Scenario) -> Iterator[Complaint]:
    """Yield what is wrong with the consumers that write."""
    known = handlers(scenario)
    for name, handler in known.items():
        path = ("consumers", name)
        if name == CLIENTS:
            yield Complaint(path, f"{name!r} is what others react to", "choose another name", at_key=True)
        if handler.writes not in scenario.databases:
            yield unknown_one("database", handler.writes or "", scenario.databases, (*path, "writes"))
        before = [other for other, one in known.items() if one.writes == handler.of]
        if handler.on != CLIENTS and handler.on not in before:
            yield unknown_one(f"handler that writes {handler.of}", handler.on, before, (*path, "on"))
        elif name != CLIENTS and known[_chain(scenario, name)[-1]].on == name:
            hint = "let one of the circle react to clients"
            yield Complaint((*path, "on"), f"{name!r} waits for itself", hint)
        for region in (handler.region, *handler.standby):
            if region in scenario.regions and region not in scenario.clients:
                hint = "its calls are made as those of clients there"
                yield Complaint(path, f"no clients near {region}", hint, at_key=True)


def check_stocks(scenario: Scenario) -> Iterator[Complaint]:
    """Yield the stocks that no handler takes from."""
    for name, database in scenario.databases.items():
        if database.stock is not None:
            known = [other for other, one in handlers(scenario).items() if one.writes == name]
            if database.stock.taken_by not in known:
                path = ("databases", name, "stock", "taken_by")
                yield unknown_one(f"handler that writes {name}", database.stock.taken_by, known, path)


def _chain(scenario: Scenario, name: str) -> list[str]:
    """Return a handler, the one that it reacts to, and so on, each once."""
    known, chain = handlers(scenario), list[str]()
    while name in known and name not in chain:
        chain.append(name)
        name = known[name].on
    return chain
