"""What a study runs: points (scenarios side by side) and batches of their trials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sim.spec.resolve import digest_full
from sim.spec.scenario import Scenario
from sim.spec.sweep import points


@dataclass(frozen=True)
class Point:
    """One resolved scenario of a study. ``label`` tells it from the others, "" if it is the only one."""

    label: str
    scenario: Scenario
    sets: tuple[str, ...] = ()  # the ``--set`` texts that make it of the file

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what the resolved scenario means."""
        return digest_full(self.scenario)


def points_of(path: str, **given: Sequence[str]) -> list[Point]:
    """Return the points of a scenario file; ``given`` and errors as of ``sim.spec.sweep.points``."""
    return [Point(*swept) for swept in points(path, **given)]


@dataclass(frozen=True, slots=True, order=True)
class TrialBatch:
    """Trials ``first`` to ``last`` - 1 of point number ``point``."""

    point: int
    first: int
    last: int

    def halves(self) -> "tuple[TrialBatch, TrialBatch]":
        """Return the batch cut in two. It must have more than one trial."""
        middle = (self.first + self.last) // 2
        return TrialBatch(self.point, self.first, middle), TrialBatch(self.point, middle, self.last)


def missing(done: Sequence[TrialBatch], *, points: int, trials: int) -> Iterator[tuple[int, int, int]]:
    """Yield (point, first, last) for every run of trials below ``trials`` that no finished batch holds."""
    for point in range(points):
        at = 0
        for batch in sorted(batch for batch in done if batch.point == point):
            if batch.first > at:
                yield point, at, min(batch.first, trials)
            at = max(at, batch.last)
            if at >= trials:
                break
        if at < trials:
            yield point, at, trials
