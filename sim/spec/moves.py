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

    standby: list[Name] = []  # regions to move to, in order
    takeover: DurationDist = constant(120 * S)  # noticing and deciding; a person or a script
    again: Positive = 10 * S  # how long until another look, if no region can take over
    start: Literal["checkpoint", "earliest", "latest"] = "checkpoint"


def check_standby(moves: Moves, own: str, regions: Collection[str], path: Path) -> Iterator[Complaint]:
    """Yield what is wrong with the regions to move to: they exist, each once, and are others than ``own``."""
    at = (*path, "standby")
    yield from unknown("region", moves.standby, regions, at)
    yield from twice(moves.standby, at)
    if own in moves.standby:
        yield Complaint((*at, moves.standby.index(own)), f"{own!r} is where it is at first")
