"""Whether what is asked for is within the budget, said with its place before time is spent."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.core.errors import SpecError

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


def admit(resolved: "Scenario", given: dict[str, Any], path: str) -> None:
    """Return if a run is admitted; SpecError with the estimate, and what makes it large, if it is not."""
    from sim.estimate.admission import refusal
    from sim.estimate.estimate import estimate
    from sim.spec.position import positions

    problem = refusal(estimate(resolved), given["budget"])
    if problem is None:
        return
    key = tuple(problem.path.split("."))
    file, line = positions(path, [key], overlays=given["overlays"], sets=given["sets"])[key]
    raise SpecError([replace(problem, file=file, line=line)])
