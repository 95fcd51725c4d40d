"""The pytest plugin: ``pytest scenarios/`` runs scenario files, one item for each objective.

Nothing is imported here but by functions: this module is loaded in every pytest run of an environment that
has this package.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from sim.pytest_items import ScenarioFile

GLOBS = ("scenarios/**/*.yaml", "scenarios/**/*.yml")


def pytest_addoption(parser: "pytest.Parser") -> None:
    """Add the options and the setting."""
    parser.addini(
        "sim_scenarios", "globs of scenario files, from the root", type="linelist", default=list(GLOBS)
    )
    group = parser.getgroup("sim", "multi-region simulation")
    group.addoption("--sim-trials", type=int, default=None, help="at most so many trials of each scenario")
    group.addoption("--sim-seed", type=int, default=None, help="in place of the scenarios' own seeds")
    group.addoption("--sim-jobs", type=int, default=1, help="processes to run trials in (default 1)")


def pytest_collect_file(file_path: "Path", parent: "pytest.Collector") -> "ScenarioFile | None":
    """Collect a scenario file that has objectives."""
    if file_path.suffix not in (".yaml", ".yml"):
        return None
    from sim.pytest_items import ScenarioFile, is_scenario

    if not is_scenario(file_path, parent.config):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)
