"""Which replicas may take over, and by which rule the others may not."""

from collections.abc import Callable
from typing import Literal

from sim.core.milestones.failover import RuledOut
from sim.models.store.domain import FOLLOWING, Node

Broken = Literal["down", "minority", "data_lost", "not_following"]


def ruled_out(
    node: Node, *, quorate: bool, lag_ns: Callable[[Node], int], max_lag_ns: int
) -> RuledOut | None:
    """Return a replica with the first rule of the choice that it breaks, None if it may take over."""
    rule = _broken(node, quorate=quorate)
    if rule is not None:
        role = node.role if rule == "not_following" else None
        return RuledOut(region=node.region, rule=rule, role=role, lag_ns=None, max_lag_ns=None)
    lag = lag_ns(node)
    if lag > max_lag_ns:
        return RuledOut(region=node.region, rule="lag", role=None, lag_ns=int(lag), max_lag_ns=max_lag_ns)
    return None


def _broken(node: Node, *, quorate: bool) -> Literal["down", "minority", "data_lost", "not_following"] | None:
    """Return the first rule that a replica breaks before anybody asks how far it lags."""
    if not node.up:
        return "down"
    if not quorate:
        return "minority"
    if node.data_lost:
        return "data_lost"
    return None if node.role == FOLLOWING else "not_following"
