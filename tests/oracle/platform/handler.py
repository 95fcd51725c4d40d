"""What makes a reader a handler: it calls another domain for each event that it reacts to."""

from typing import TYPE_CHECKING

from ..load import ENDED

if TYPE_CHECKING:
    from ..load import Operation
    from .platform import DomainPath

CLIENTS = "clients"


class Handler:
    """The calls of one handler. ``waits``: (position, operation) of those since its last start, by position,
    as far as they are known to be open."""

    def __init__(self, part: "DomainPath", name: str, spec) -> None:
        self.part = part
        self.on = spec.on
        self.calls = part.path.twin.calls[spec.writes, name]
        self.waits: list[tuple[int, Operation]] = []
        self.handled_rows: list[tuple[int, int, int, int, int]] = []
        self.called: set[int] = set()  # tags

    def reacts(self, version: int) -> bool:
        """Whether an event is one that it reacts to."""
        rid = self.part.rid(version)
        calls = self.part.path.twin.calls
        domain = self.part.domain.name
        if self.on == CLIENTS:
            found = not any(some.made(rid) for (target, _), some in calls.items() if target == domain)
        else:
            found = calls[domain, self.on].made(rid)
        self.part.path.count["rows that a handler passes"] += not found
        return found

    def handle(self, region: int, position: int, version: int) -> None:
        """Call for an event that is completed."""
        path = self.part.path
        tag = self.part.rid(version)
        op = self.calls.send(region, tag)
        path.count["calls of handlers"] += 1
        path.count["calls of handlers of handlers"] += self.on != CLIENTS
        path.count["calls for a tag that was called before"] += tag in self.called
        self.called.add(tag)
        self.handled_rows.append((path.clock._now, region, position, op.rid, tag))
        self.waits.append((position, op))

    def settled(self, reached: int) -> int:
        """Return the position behind the last row such that all up to it are through, calls included."""
        while self.waits and self.waits[0][1].awaited == ENDED:
            self.waits.pop(0)
        count = self.part.path.count
        count["positions held back by an open call"] += bool(self.waits)
        return self.waits[0][0] if self.waits else reached
