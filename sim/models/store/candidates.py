"""Which replicas may take over, and by which rule the others may not."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.core.quantity import format_duration
from sim.models.store.domain import FOLLOWING, Node

MS = 1_000_000


@dataclass(frozen=True, slots=True)
class RuledOut:
    """Why a replica may not take over: the rule, and a phrase with its figure."""

    rule: str
    phrase: str


def ruled_out(
    node: Node, *, quorate: bool, lag_ns: Callable[[Node], int], max_lag_ns: int
) -> RuledOut | None:
    """Return the first rule of the choice that a replica breaks, None if it may take over."""
    if not node.up:
        return RuledOut("down", "down")
    if not quorate:
        return RuledOut("quorate", "its region reaches no majority")
    if node.data_lost:
        return RuledOut("data", "its data is lost")
    if node.role != FOLLOWING:
        return RuledOut("follows", f"it does not follow ({node.role})")
    lag = lag_ns(node)
    if lag > max_lag_ns:
        return RuledOut("lag", f"lag {_about(lag)}, max_lag {format_duration(max_lag_ns)}")
    return None


def _about(ns: int) -> str:
    """Write a drawn duration to the millisecond, or as it is where that would hide it."""
    return format_duration(max(1, round(ns / MS)) * MS if ns >= MS else ns)
