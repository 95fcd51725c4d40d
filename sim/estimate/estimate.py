"""The estimate of a run: rows, work, memory and time, each with what makes it large."""

from dataclasses import dataclass

from sim.estimate.memory import memory
from sim.estimate.rows import rows
from sim.estimate.steps import steps
from sim.estimate.term import Term, total
from sim.estimate.volume import Volume
from sim.spec.scenario import Scenario

START_S, TRIAL_S, ROW_S = 1.1, 0.02, 0.2e-6  # measured; the start is that of a process


@dataclass(frozen=True, slots=True)
class RunEstimate:
    """What a run of a resolved scenario will take.

    ``rows``: of its journal; ``steps``: what leaves none, in rows' worth; ``memory``: bytes.
    """

    rows: tuple[Term, ...]
    steps: tuple[Term, ...]
    memory: tuple[Term, ...]

    @property
    def row_count(self) -> float:
        """The rows of the journal."""
        return total(self.rows)

    @property
    def work(self) -> float:
        """The rows, and what leaves none in rows' worth."""
        return total((*self.rows, *self.steps))

    @property
    def memory_bytes(self) -> float:
        """The peak memory of the process."""
        return total(self.memory)

    @property
    def trial_s(self) -> float:
        """How long a trial takes on one core, in a process that has run one before."""
        return TRIAL_S + ROW_S * self.work

    @property
    def seconds(self) -> float:
        """How long a run takes on one core, the start of its process included."""
        return START_S + self.trial_s


def estimate(resolved: Scenario) -> RunEstimate:
    """Return what a run of a resolved scenario will take, as far as it can be known before."""
    volume = Volume(resolved)
    found = tuple(rows(volume))
    return RunEstimate(found, tuple(steps(volume)), tuple(memory(volume, found)))
