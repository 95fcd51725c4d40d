"""What the pytest plugin collects and runs: a file is a study, an item one of its objectives."""

import fcntl
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sim.core.errors import SpecError
from sim.core.inert import inert


def is_scenario(path: Path, config: pytest.Config) -> bool:
    """Return whether a YAML file is to be collected: one of the globs fits, and it has objectives."""
    try:
        inside = path.relative_to(config.rootpath)
    except ValueError:
        return False
    if not any(_fits(inside, glob) for glob in config.getini("sim_scenarios")):
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return any(line.startswith("sla:") for line in text.splitlines())


def _fits(path: Path, glob: str) -> bool:
    """Match a relative path; ``**/`` stands for any folders, also none."""
    return path.match(glob) or path.match(glob.replace("**/", "")) or _deep(path, glob)


def _deep(path: Path, glob: str) -> bool:
    from fnmatch import fnmatch

    return fnmatch(path.as_posix(), glob.replace("**/", "*"))


class ScenarioFile(pytest.File):
    """A scenario; its study runs once, when the first of its items does."""

    lines: "dict[tuple[str, str | None], Any] | None" = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for each objective at each point. A broken file is a collection error."""
        from sim.spec.position import positions
        from sim.spec.sweep import points

        try:
            found = list(points(str(self.path)))
            names = dict.fromkeys(name for point in found for name in point.scenario.sla)
            where = positions(str(self.path), [("sla", name) for name in names])
        except SpecError as error:
            raise self.CollectError(str(error)) from error
        for label, scenario, _ in found:
            for name in scenario.sla:
                title = inert(f"{name}[{label}]" if label else name)
                item = ObjectiveItem.from_parent(self, name=title)
                item.key, item.at = (label, name), where["sla", name]
                # with --dist loadgroup a file's items stay on one worker; without it they share the study
                item.add_marker(pytest.mark.xdist_group(str(self.path)))
                yield item

    def line(self, label: str, name: str) -> Any:
        """Return what the study says of an objective; runs it if it has not run.

        What it says of the whole (a trial broke, or it could not go on) is the answer where that is worse.
        """
        from sim.studies.gate import worst_first

        if self.lines is None:
            found = self._checked().lines
            self.lines = {(line.label, line.ruling.id if line.ruling else None): line for line in found}
        own = (self.lines.get(key) for key in ((label, name), (label, None), ("", None)))
        return worst_first([line for line in own if line is not None])[0]

    def _checked(self) -> Any:
        """Check the file. A lock makes other workers wait; they would only do the same."""
        from sim.cli.check import checked_file
        from sim.core.budget import DEFAULT

        options = self.config.option
        given = {
            "trials": options.sim_trials, "seed": options.sim_seed, "until": None, "jobs": options.sim_jobs,
            "cluster": None, "budget": DEFAULT, "quiet": True, "out": str(self._folder()),
        }  # fmt: skip
        with open(self._folder() / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return checked_file(self.path, given)

    def _folder(self) -> Path:
        """Return where studies go: the cache, so that other workers and a later run find what is finished."""
        cache = getattr(self.config, "cache", None)
        return Path(_passing().name) if cache is None else Path(cache.mkdir("sim"))


@lru_cache(maxsize=1)
def _passing() -> "TemporaryDirectory[str]":
    """Return a folder that ends with this process, for -p no:cacheprovider."""
    return TemporaryDirectory(prefix="sim-")


class Missed(Exception):
    """An objective that is not met, or not decided."""


class ObjectiveItem(pytest.Item):
    """One objective. ``key``: (label of the point, objective); ``at``: (file, line)."""

    key: tuple[str, str]
    at: tuple[str, int]

    def runtest(self) -> None:
        """Pass if the objective is met; whatever is not a pass fails, with its reason."""
        from sim.report.check import properties_of

        assert isinstance(self.parent, ScenarioFile), "collected by one"
        line = self.parent.line(*self.key)
        self.user_properties += properties_of(line)
        if line.verdict != "pass":
            raise Missed(line)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Say what was asked, what was found with its interval, and the command that shows it again."""
        if not isinstance(excinfo.value, Missed):
            return super().repr_failure(excinfo, style)
        from sim.report.check import again, told

        line = excinfo.value.args[0]
        found = f"{line.at[0]}:{line.at[1]}: {line.verdict}: {told(line)}"
        return "\n".join(map(inert, (found, f"to see it: {again(line)}")))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the objective stands."""
        return self.path, self.at[1] - 1, self.name
