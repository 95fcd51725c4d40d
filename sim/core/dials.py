"""Dials: the parameters that faults turn, each declared once.

A dial says what its address is (``of``), and how the overlays of the faults that turn it fold, in order of
arrival, into the value in force. Who reads one counts its reads: see ``models/dials.py``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add, mul, truediv
from typing import Any, NamedTuple

Fold = Callable[[Any, Sequence[Any]], Any]  # (value without overlays, overlays in order) -> value in force


def either(base: Any, overlays: Sequence[Any]) -> bool:
    """Return whether any overlay is there."""
    return bool(base or overlays)


def total(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the sum of all."""
    return reduce(add, overlays, base)  # in order, each rounded: sum() rounds once


def product(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the product of all."""
    return reduce(mul, overlays, base)


def quotient(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the base, divided by each overlay."""
    return reduce(truediv, overlays, base)


def least(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the smallest of all."""
    return min([base, *overlays])


def newest(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the overlay that came last."""
    return overlays[-1] if overlays else base


def one_of_many(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the probability that one at least of independent events of these probabilities occurs."""
    none = reduce(lambda kept, chance: kept * (1.0 - chance), overlays, 1.0 - base)
    return 1.0 - none if overlays else base


def lost_if_any(base: Any, overlays: Sequence[Any]) -> Any:
    """Return ``lost`` if one overlay says so."""
    return "lost" if "lost" in overlays else base


def every(base: Any, overlays: Sequence[Any]) -> Any:
    """Return the base and every overlay, each for itself."""
    return (*base, *overlays)


def happens(base: Any, overlays: Sequence[Any]) -> Any:
    """Something happens when the dial is turned, or for as long as a fault turns it: there is no value."""
    raise TypeError(f"a dial without a value was read (base {base!r}, overlays {overlays!r})")


Of = tuple[str, ...]  # an address: the thing that a dial is of
CLIENTS = "clients/"  # a client group as the end of a link: clients/us-east


@dataclass(frozen=True, slots=True, eq=False)  # one object each, looked up often: by identity
class Dial:
    """A parameter of each thing of one sort.

    ``of``: what makes up an address. ``base``: the value without overlays, if it is always the same.
    ``target``: which of a fault's targets (``Targets``) the thing is; none if it only says what becomes of
    another; ``process``: its name on the data path, with places for the address.
    """

    name: str
    of: tuple[str, ...]
    fold: Fold
    base: Any = field(default=None, kw_only=True)
    target: str = field(default="", kw_only=True)
    process: str = field(default="", kw_only=True)

    def turn(self, *of: str, value: Any = True) -> "Turn":
        """Return the overlay of ``value`` on the parameter of one thing."""
        assert len(of) == len(self.of), f"{self.name} is of ({', '.join(self.of)}), not of {of}"
        return Turn(self, of, value)


class Turn(NamedTuple):
    """An overlay that a fault puts on: on which dial, of which thing, with which value."""

    dial: Dial
    of: Of
    value: Any


def _link(name: str, fold: Fold, **rest: Any) -> Dial:
    return Dial(name, ("from", "to"), fold, target="links", **rest)


def _node(name: str, fold: Fold, *, target: str = "nodes", **rest: Any) -> Dial:
    return Dial(name, ("domain", "region"), fold, target=target, **rest)


def _process(name: str, fold: Fold, process: str, *of: str, base: Any = None) -> Dial:
    return Dial(name, of, fold, base=base, target="processes", process=process)


# Regions and links.
REGION = Dial("region", ("region",), either, base=False, target="regions")  # it is out
CUT = _link("cut", either, base=False)
LATENCY = _link("latency", total)  # ns
JITTER = _link("jitter", newest)
LOSS = _link("loss", one_of_many)
BANDWIDTH = _link("bandwidth", least)  # bytes/s

# Nodes, their loads and controllers.
DOWN = _node("down", either, base=False)  # turned to what becomes of its data
SILENT = _node("silent", either, base=False)  # nobody is there to refuse what reaches it
WIRE = _node("wire", lost_if_any, base="delivered")  # what it had sent when it went down
SLOW = _node("slow", quotient, base=1.0)  # its speed
PAUSE_SEND = _node("pause_send", either, base=False)
PAUSE_APPLY = _node("pause_apply", either, base=False)
SHAPE = Dial("shape", ("stream",), newest, base=1.0)  # factor of a rate; the load turns it, no fault does
SPIKE = Dial("spike", ("stream",), product, target="streams")  # factor of that
DECISION = Dial("decision", ("domain",), every, base=(), target="controllers")  # delays, each drawn by itself

# Processes of the data path.
KILLED = _process("killed", either, "{}", "process", base=False)
PAUSED = _process("paused", either, "{}", "process", base=False)
SKEW = _process("skew", total, "{}", "reader", base=0)  # records
STORM = _process("storm", happens, "{}", "reader")  # turned to how often, ns
RELAY_CRASH = _process("relay_crash", happens, "{}/relay", "domain")
SLOT_LOST = _process("slot_lost", newest, "{}/relay", "domain")  # turned to what it does about the gap
MIRROR_PAUSE = _process("mirror_pause", either, "{}/mirror/{}/{}", "domain", "from", "to", base=False)

# Buses.
ELECTION = Dial("election", ("region", "broker"), happens, target="brokers")  # turned to what is lost, ns
BUS_DATA = Dial("bus_data", ("region",), happens)  # turned to what becomes of it
BUS_WIRE = Dial("bus_wire", ("region",), lost_if_any, base="delivered")  # what its mirrors had sent
RETENTION = _node("retention", least, target="logs")  # ns

# The lakehouse.
TASK_FAILURE = _process("task_failure", happens, "{}/stream", "domain")
POISON = _process("poison", happens, "{}/stream", "domain")
CHECKPOINT_FAILURE = _process("checkpoint_failure", either, "{}/stream", "domain", base=False)
OBJECT_PAUSE = _process("object_pause", either, "{}/sync/{}/{}", "domain", "from", "to", base=False)
OBJECT_LAG = _process("object_lag", total, "{}/sync/{}/{}", "domain", "from", "to", base=0)  # ns
METADATA_FIRST = _node("metadata_first", either, base=False, target="tables")
CATALOG = Dial("catalog", ("region",), either, base=False, target="tables")  # it is out

DIALS = {dial.name: dial for dial in list(globals().values()) if isinstance(dial, Dial)}
