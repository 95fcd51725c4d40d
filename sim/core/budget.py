"""How much a run may take, and the guard that ends one that takes far more than was expected of it."""

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path

from sim.core.quantity import QuantityError, parse_size

ROWS = 4e9  # a hundred million writes of a large platform
SLACK_ROWS, SLACK_BYTES, SLACK_STEPS = 1_000_000, 2**28, 1_000_000  # below that no estimate is held to
STUCK_STEPS = 1_000_000  # so many steps of the control plane at one moment are no progress


@dataclass(frozen=True, slots=True)
class Budget:
    """What is admitted: rows (and other work in rows' worth), and bytes of memory. None: as by default."""

    rows: float | None = None
    memory_bytes: float | None = None

    @property
    def rows_most(self) -> float:
        """The most rows that are admitted."""
        return ROWS if self.rows is None else self.rows

    @property
    def memory_most(self) -> float:
        """The most memory that is admitted: by default half of the machine's."""
        return installed_bytes() / 2 if self.memory_bytes is None else self.memory_bytes


DEFAULT = Budget()


def parse_budget(texts: tuple[str, ...]) -> Budget:
    """Return the budget of texts such as ``1e10`` (rows) and ``16GiB`` (memory). Raises QuantityError."""
    rows = memory_bytes = None
    for text in texts:
        try:
            rows = float(text)
        except ValueError:
            memory_bytes = parse_size(text)
    if rows is not None and not 0 < rows < inf:
        raise QuantityError(f"{rows:g} is no number of rows", "write for example 1e10")
    return Budget(rows, memory_bytes)


def installed_bytes() -> int:
    """Return the memory of this machine, or of the container it is in if that has less."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.is_file() else "max"
    return min(pages, int(text)) if text.isdigit() else pages


def resident_bytes() -> int:
    """Return the memory that this process holds now; where the system does not tell, the most it has held."""
    told = Path("/proc/self/statm")
    if told.is_file():
        return int(told.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class OverBudget(Exception):
    """A run took far more than was expected of it: ``why`` says of what."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Guard:
    """Ends a run (OverBudget) that passes its limits or makes no progress.

    ``rows``: of the journal; ``steps``: of the control plane; ``growth_bytes``: of memory, beyond what the
    process held when the guard was made. ``expected``: what was, in words, for the error.
    """

    rows: float
    steps: float
    growth_bytes: float
    expected: str
    held_bytes: Callable[[], int] = resident_bytes
    _rows: int = 0
    _steps: int = 0
    _at: int = -1
    _since: int = 0  # the first step at the present moment

    def __post_init__(self) -> None:
        """Note what the process holds already."""
        self._before = self.held_bytes()

    def recorded(self, rows: int) -> None:
        """Count rows of the journal; arrays grow between two slices of it, so look at the memory, too."""
        self._rows += rows
        if self._rows > self.rows:
            raise OverBudget(f"it has made {self._rows:,} rows, {self.expected}")
        self._look()

    def stepped(self, now: int) -> None:
        """Count a step of the control plane at ``now`` (ns)."""
        self._steps += 1
        if now != self._at:
            self._at, self._since = now, self._steps
        if self._steps - self._since >= STUCK_STEPS:
            raise OverBudget(f"it makes no progress: {STUCK_STEPS:,} steps at one moment")
        if self._steps > self.steps:
            raise OverBudget(f"its control plane has made {self._steps:,} steps, {self.expected}")
        if self._steps % 1024 == 0:
            self._look()

    def _look(self) -> None:
        grown = self.held_bytes() - self._before
        if grown > self.growth_bytes:
            raise OverBudget(f"it has taken {grown / 2**30:.2f} GiB of memory, {self.expected}")
