"""A position that is translated wrongly."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from sim.core import dials as d
from sim.core.names import plain
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.processes import check_name, moves_of
from sim.spec.text import Complaint, Path

LSNS = 2**40  # so many records a log can have


class OffsetTranslationError(Fault):
    """A reader that moves starts beside the right position."""

    needs: ClassVar[str | None] = "bus"

    kind: Literal["offset_translation_error"]
    reader: str
    """The consumer, as in orders/search, or the stream job, as in orders/stream."""
    skew: Annotated[int, Field(ge=-LSNS, le=LSNS)]
    """How many records beside the right position it starts; negative: before it."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The reader can come to move to a translated position, and the skew is not nothing."""
        at = (*path, "reader")
        wrong = list(check_name(platform, self.reader, "reader", at))
        moves = None if wrong else moves_of(platform, plain(self.reader, "/"))
        yield from wrong
        if moves is not None and not moves.standby:
            yield Complaint(at, f"{self.reader} has no standby to move to")
        elif moves is not None and moves.start != "checkpoint":
            yield Complaint(at, f"{self.reader} does not start at a checkpoint when it moves")
        if self.skew == 0:
            yield Complaint((*path, "skew"), "a skew of 0 changes nothing")

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The reader's skew."""
        return [d.SKEW.turn(plain(self.reader, "/"), value=self.skew)]
