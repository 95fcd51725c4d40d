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


@dataclass(frozen=True, slots=True)
class Dial:
    """A parameter of each thing of one sort. ``base``: its value without overlays, if that is always one."""

    name: str
    of: tuple[str, ...] = field(compare=False)
    fold: Fold = field(compare=False)
    base: Any = field(default=None, compare=False)

    def turn(self, *of: str, value: Any = True) -> "Turn":
        """Return the overlay of ``value`` on the parameter of one thing."""
        assert len(of) == len(self.of), f"{self.name} is of ({', '.join(self.of)}), not of {of}"
        return Turn(self, of, value)


class Turn(NamedTuple):
    """An overlay that a fault puts on: on which dial, of which thing, with which value."""

    dial: Dial
    of: tuple[str, ...]
    value: Any


_LINK, _NODE, _FLOW = ("from", "to"), ("domain", "region"), ("domain", "from", "to")

# Regions and links; the end of a link may also be clients (``clients/us-east``).
REGION = Dial("region", ("region",), either, base=False)  # it is out
CUT = Dial("cut", _LINK, either, base=False)
LATENCY = Dial("latency", _LINK, total)  # ns
JITTER = Dial("jitter", _LINK, newest)
LOSS = Dial("loss", _LINK, one_of_many)
BANDWIDTH = Dial("bandwidth", _LINK, least)  # bytes/s

# Nodes, their loads and controllers.
DOWN = Dial("down", _NODE, either, base=False)  # turned to what becomes of its data
SILENT = Dial("silent", _NODE, either, base=False)  # it does not refuse what reaches it: nobody is there
WIRE = Dial("wire", _NODE, lost_if_any, base="delivered")  # what it had sent when it went down
SLOW = Dial("slow", _NODE, quotient, base=1.0)  # its speed
PAUSE_SEND = Dial("pause_send", _NODE, either, base=False)
PAUSE_APPLY = Dial("pause_apply", _NODE, either, base=False)
SHAPE = Dial("shape", ("stream",), product, base=1.0)  # factor of its rate, turned by the load itself
SPIKE = Dial("spike", ("stream",), product)  # of that
DECISION = Dial("decision", ("domain",), every, base=())  # delays, each drawn by itself

# Processes of the data path.
KILLED = Dial("killed", ("process",), either, base=False)
PAUSED = Dial("paused", ("process",), either, base=False)
SKEW = Dial("skew", ("reader",), total, base=0)  # records
STORM = Dial("storm", ("reader",), happens)  # turned to how often, ns
RELAY_CRASH = Dial("relay_crash", ("domain",), happens)
SLOT_LOST = Dial("slot_lost", ("domain",), newest)  # what it does about the gap

# Buses and mirrors.
ELECTION = Dial("election", ("region", "broker"), happens)  # turned to how far back rows are lost, ns
BUS_DATA = Dial("bus_data", ("region",), happens)  # turned to what becomes of it
BUS_WIRE = Dial("bus_wire", ("region",), lost_if_any, base="delivered")  # what its mirrors had sent
MIRROR_PAUSE = Dial("mirror_pause", _FLOW, either, base=False)
RETENTION = Dial("retention", _NODE, least)  # ns

# The lakehouse.
TASK_FAILURE = Dial("task_failure", ("domain",), happens)
POISON = Dial("poison", ("domain",), happens)
CHECKPOINT_FAILURE = Dial("checkpoint_failure", ("domain",), either, base=False)
OBJECT_PAUSE = Dial("object_pause", _FLOW, either, base=False)
OBJECT_LAG = Dial("object_lag", _FLOW, total, base=0)  # ns
METADATA_FIRST = Dial("metadata_first", _NODE, either, base=False)
CATALOG = Dial("catalog", ("region",), either, base=False)  # it is out

DIALS = {dial.name: dial for dial in list(globals().values()) if isinstance(dial, Dial)}
