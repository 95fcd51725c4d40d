"""How what is computed in one region comes to be computed in another."""

from collections.abc import Collection, Iterator
from typing import Literal

from sim.core.distributions import constant
from sim.spec.model import Model, S
from sim.spec.references import twice, unknown
from sim.spec.text import Complaint, Path
from sim.spec.types import DurationDist, Name, Positive


class Moves(Model):
    """How what is computed in one region comes to be computed in another."""

    standby: list[Name] = []
    """The regions to move to, in order, when its own is down or cut off from the majority. Default:
    none, so it waits."""
    takeover: DurationDist = constant(120 * S)
    """How long it takes from then to the move: to notice, and to decide. Default: for a person or a
    script."""
    again: Positive = 10 * S
    """After how long it looks again, if none of these regions can take over. Default: as often as a
    health check."""
    start: Literal["checkpoint", "earliest", "latest"] = "checkpoint"
    """Where it goes on: at the newest checkpoint known in the new region, at the first event there, or
    behind the last. Default: it repeats a little and misses nothing."""


def check_standby(moves: Moves, own: str, regions: Collection[str], path: Path) -> Iterator[Complaint]:
    """Yield what is wrong with the regions to move to: they exist, each once, and are others than ``own``."""
    at = (*path, "standby")
    yield from unknown("region", moves.standby, regions, at)
    yield from twice(moves.standby, at)
    if own in moves.standby:
        yield Complaint((*at, moves.standby.index(own)), f"{own!r} is where it is at first")
