"""Operations that a handler or a replay sends, and what is known of their tags."""

from typing import NamedTuple

from sim.spec.scenario import Scenario

from .load import Load, Operation
from .names import known


class Calls:
    """The write streams of one handler or replay in one domain, one for each region where it can be.

    ``idempotent``: its operations with one tag, from whatever region, share an inbox.
    """

    def __init__(self, loads: list[Load], *, idempotent: bool) -> None:
        self.loads = {load.keyring.home: load for load in loads}
        self.idempotent = idempotent
        self.inboxes: dict[int, list[int]] = {}

    def send(self, region: int, tag: int) -> Operation:
        """Send an operation with a tag from a region, now."""
        load = self.loads[region]
        op = load.open(load.issued)
        if self.idempotent:
            op.inbox = self.inboxes.setdefault(tag, [])
        return op

    def made(self, rid: int) -> bool:
        """Whether an operation of this domain is one of these."""
        return any(rid >> 40 << 40 == load.rid_base for load in self.loads.values())


class Caller(NamedTuple):
    """Who writes into a domain besides its clients: what it is known as, from which regions."""

    known: str
    places: list[str]
    idempotent: bool


def callers(scenario: Scenario, domain: str) -> dict[str, Caller]:
    """Return who writes into a domain besides its clients, by name."""
    found = {
        name: Caller(known(name), list(dict.fromkeys((spec.region, *spec.standby))), spec.idempotent)
        for name, spec in scenario.consumers.items()
        if spec.writes == domain
    }
    for name, replay in scenario.replays.items():
        if replay.of == domain and replay.consumer is None:
            found[name] = Caller(known(name, "replay"), [replay.region], replay.idempotent)
    return found
