"""Whether faults put a capability to the test: was it used while they lasted?

The test lasts from the start of the first fault to the later of the last fault's end and the capability's
last recovery. A capability that nobody used meanwhile was not tested, however well it did before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.core.milestones.faults import FaultHealed, FaultStarted
from sim.journal.milestones import Milestone, Onset, onsets


@dataclass(slots=True)
class Outset:
    """When the test begins (ns): with the first fault, not before the warm-up is over; None until known."""

    warmup_ns: int
    at_ns: int | None = None

    def tell(self, begun: Sequence[Onset]) -> None:
        """Take in the faults that began in a slice, before its rows are looked at."""
        if begun and self.at_ns is None:
            self.at_ns = max(begun[0][0], self.warmup_ns)

    def check(self, milestones: Sequence[Milestone]) -> None:
        """Look whether slices told of the faults that began. ValueError if they did not."""
        if self.at_ns is None and onsets(milestones):
            raise ValueError("faults began, and no slice of the journal told of it")


class FirstUse:
    """The first time at which a capability was used since the test began (ns), None if it was not."""

    def __init__(self, outset: Outset) -> None:
        self.at_ns: int | None = None
        self._outset = outset

    def may_be_in(self, times: np.ndarray) -> bool:
        """Return whether one of the times (n,) int64 ns may be an earlier use than is known."""
        if self._outset.at_ns is None:
            return False
        return self.at_ns is None or bool((times < self.at_ns).any())

    def see(self, times: np.ndarray) -> None:
        """Take in the times (n,) int64 ns of uses, in any order."""
        if self._outset.at_ns is None:
            return
        since = times[times >= self._outset.at_ns]
        if len(since):
            first = int(since.min())
            self.at_ns = first if self.at_ns is None else min(self.at_ns, first)


@dataclass(frozen=True, slots=True)
class Trouble:
    """From the start of the first fault to the end of the last one (ns), None where no fault started."""

    start_ns: int | None
    stop_ns: int

    @classmethod
    def of(cls, milestones: Sequence[Milestone], end_ns: int) -> "Trouble":
        """Return that of a run that ended at ``end_ns``: a fault that did not heal lasted until then."""
        faults = [m for m in milestones if isinstance(m.what, FaultStarted | FaultHealed)]
        last = {m.subject: m for m in faults}
        ends = [m.at_ns if isinstance(m.what, FaultHealed) else end_ns for m in last.values()]
        return cls(faults[0].at_ns if faults else None, max(ends, default=end_ns))

    def tested(self, first_use_ns: int | None, *, operations: int, recovered_ns: int) -> bool:
        """Return whether a capability was used while the test lasted.

        ``operations``: how often it was used in all; ``recovered_ns``: its last recovery, 0 if it never was
        bad, the end of the run if it still was then. The use that shows the recovery is part of the test, one
        at the moment at which the last fault ends is not. Without a fault every use is a test.
        """
        if self.start_ns is None:
            return operations > 0
        if first_use_ns is None:
            return False
        return first_use_ns < self.stop_ns or first_use_ns <= recovered_ns
