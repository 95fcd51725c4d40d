"""What a fault hits, worked out from the dials that it turns."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import Any

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene, at_first
from sim.spec.platform import Platform
from sim.spec.processes import processes_in
from sim.spec.store.placement import Pair


@dataclass(frozen=True, slots=True)
class Targets:
    """What a fault overlays. Every tuple is in order of name; an empty one means nothing of that sort."""

    regions: tuple[str, ...] = ()  # whole regions
    nodes: tuple[Pair, ...] = ()  # (database, region)
    links: tuple[Pair, ...] = ()  # one way, (from, to)
    clients: tuple[Pair, ...] = ()  # (client group, region) that cannot reach each other
    streams: tuple[str, ...] = ()  # "orders/us-east/write"
    controllers: tuple[str, ...] = ()  # databases
    processes: tuple[str, ...] = ()  # of the data path: "orders/relay", "orders/sync/us-east/us-west"
    brokers: tuple[tuple[str, int], ...] = ()  # (region, number)
    logs: tuple[Pair, ...] = ()  # (database, region): its events on that bus
    tables: tuple[Pair, ...] = ()  # (database, region): its tables there

    def __bool__(self) -> bool:
        """Whether there is any target."""
        return any(getattr(self, entry.name) for entry in fields(self))


def targets(
    platform: Platform, fault: Fault, *, but: Collection[d.Dial] = (), scene: FaultScene | None = None
) -> Targets:
    """Return the targets of a fault whose references exist.

    ``but``: dials that do not count. ``scene``: what it meets; else the primaries are the first ones.
    """
    found: dict[str, dict[Any, None]] = {}
    for turn in fault.turns(scene or at_first(platform)):
        for sort, thing in _things(platform, turn) if turn.dial not in but else ():
            found.setdefault(sort, {})[thing] = None
    in_order = {sort: things if sort == "processes" else sorted(things) for sort, things in found.items()}
    return Targets(**{sort: tuple(things) for sort, things in in_order.items()})


def _things(platform: Platform, turn: d.Turn) -> Iterator[tuple[str, Any]]:
    """Yield (sort of target, target) of what a dial is a parameter of, and of what goes down with it."""
    sort, of = turn.dial.target, turn.of
    if sort in ("regions", "streams", "controllers"):
        yield sort, of[0]
    elif sort == "processes":
        yield sort, turn.dial.process.format(*of)
    elif sort == "brokers":
        yield sort, (of[0], int(of[1]))
    elif sort == "links" and any(end.startswith(d.CLIENTS) for end in of):
        client, region = sorted(of, key=lambda end: not end.startswith(d.CLIENTS))
        yield "clients", (client.removeprefix(d.CLIENTS), region)
    elif turn.dial == d.CATALOG:
        yield from ((sort, (domain, of[0])) for domain in platform.databases)
    elif sort:
        yield sort, of
    if sort == "regions":
        yield from (("processes", name) for name in processes_in(platform, of[0]))
    elif turn.dial == d.DOWN and platform.bus is not None and platform.databases[of[0]].primary == of[1]:
        yield "processes", f"{of[0]}/relay"
