"""Whether the points of a study are within the budget, so many trials at once."""

from collections.abc import Sequence
from dataclasses import replace

from sim.core.budget import Budget
from sim.core.errors import SpecError
from sim.estimate.admission import refusal
from sim.estimate.estimate import estimate
from sim.studies.plan import Point


def admit(points: Sequence[Point], budget: Budget, where: str) -> None:
    """Return if every point is admitted; SpecError with the estimates of those that are not.

    ``where``: as of ``sim.studies.executors.crew``; what workers elsewhere have is theirs.
    """
    processes = int(where.removeprefix("process:")) if where.startswith("process:") else 1
    problems = []
    for point in points:
        problem = refusal(estimate(point.scenario), budget, processes=processes)
        if problem is not None:
            at = f"at {point.label}, " if point.label else ""
            problems.append(replace(problem, why=at + problem.why))
    if problems:
        raise SpecError(problems)
