"""The SLA gate: scenario files in, one line for each objective out, worst first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sim.core.errors import SpecError
from sim.outcome import EXIT_CODES
from sim.spec.position import positions
from sim.spec.scenario import StudyRules
from sim.studies.baseline import CANNOT_TELL, WORSE, Change
from sim.studies.judgement import FAIL, INCONCLUSIVE, PASS, Ruling
from sim.studies.plan import Point, points_of
from sim.studies.study import Finding, FinishedStudy
from sim.studies.unfinished import UNFINISHED

BAD_INPUT, WARN = "bad input", "warn"
ORDER = (BAD_INPUT, "fail", "inconclusive", "pass")
Studied = Callable[[list[Point], StudyRules], FinishedStudy]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of a check: an objective of a scenario at a point, or what is wrong with a file.

    ``at``: file and line where it stands.
    """

    scenario: str
    at: tuple[str, int]
    verdict: str
    why: str
    label: str = ""
    seed: int = 0
    sets: tuple[str, ...] = ()
    ruling: Ruling | None = None
    finding: Finding | None = None
    change: Change | None = None

    @property
    def name(self) -> str:
        """What the line is about, within its scenario."""
        return self.ruling.id if self.ruling else "scenario"

    @property
    def broken(self) -> bool:
        """Whether the line tells of trials that broke."""
        return self.ruling is None and self.finding is not None and bool(self.finding.tally.errors)

    @property
    def open(self) -> bool:
        """Whether trials came to their end and yet leave this undecided."""
        return self.verdict == INCONCLUSIVE and self.finding is not None and not self.broken


@dataclass(frozen=True, slots=True)
class Checked:
    """One scenario file, checked: its lines and, if it came to its end, its study.

    ``name``: its path from the root of the repository, which does not depend on who checks it where;
    ``wall_s``: how long that took.
    """

    path: str
    lines: list[CheckLine]
    study: FinishedStudy | None
    name: str = ""
    wall_s: float = 0.0


def check(path: Path, studied: Studied, *, rules: Callable[[StudyRules | None], StudyRules]) -> Checked:
    """Run the study of one scenario file. ``rules``: what the command line changes of the scenario's own.

    A file that is wrong, or whose study cannot go on, has a line that says so: others can still be checked.
    """
    try:
        found = points_of(str(path))
        names = dict.fromkeys(name for point in found for name in point.scenario.sla)
        where = positions(str(path), [("sla", name) for name in names])
    except SpecError as error:
        return Checked(str(path), _bad(path, error), None)
    try:
        study = studied(found, rules(found[0].scenario.study))
    except SpecError as error:
        return Checked(str(path), _bad(path, error), None)
    except UNFINISHED as error:
        why = f"{error}; finished trials are kept, and the same command goes on there"
        return Checked(str(path), [CheckLine(str(path), (str(path), 1), INCONCLUSIVE, why)], None)
    lines = [line for finding in study.findings for line in _lines(path, study, finding, where)]
    return Checked(str(path), lines, study)


def _bad(path: Path, error: SpecError) -> list[CheckLine]:
    """Return a line for each problem of a file."""
    places = [(p.file or str(path), p.line or 1) for p in error.problems]
    return [
        CheckLine(str(path), at, BAD_INPUT, p.message) for at, p in zip(places, error.problems, strict=True)
    ]


def _lines(
    path: Path, study: FinishedStudy, finding: Finding, where: dict[tuple[str, ...], tuple[str, int]]
) -> list[CheckLine]:
    point = finding.point
    own = (point.label, study.seed, point.sets)
    broke = finding.tally.broke
    lines = [
        CheckLine(
            str(path),
            where["sla", r.id],
            r.verdict,
            f"{r.why}; {broke}" if broke else r.why,
            *own,
            r,
            finding,
        )
        for r in finding.rulings
    ]
    if broke:
        trial, error = finding.tally.errors[0]
        why = f"{broke}, the first is trial {trial}: {last_line(error)}"
        lines.append(CheckLine(str(path), (str(path), 1), INCONCLUSIVE, why, *own, None, finding))
    elif not lines:
        lines.append(
            CheckLine(str(path), (str(path), 1), finding.verdict, "no objectives", *own, None, finding)
        )
    return lines


def last_line(error: str) -> str:
    """Return the line of a traceback that says what was wrong."""
    return error.strip().splitlines()[-1]


def with_change(line: CheckLine, change: Change) -> CheckLine:
    """Return a line with what the baseline says added: worse fails, what cannot be told is no pass."""
    worst = {WORSE: "fail", CANNOT_TELL: "inconclusive"}.get(change.verdict, "pass")
    verdict = min(line.verdict, worst, key=ORDER.index)
    why = f"{line.why}; {change.verdict} than the baseline ({change.why})"
    if change.verdict == CANNOT_TELL:
        why = f"{line.why}; cannot tell whether it is worse than the baseline ({change.why})"
    return replace(line, verdict=verdict, why=why, change=change)


def worst_first(lines: Sequence[CheckLine]) -> list[CheckLine]:
    """Return the lines in order of verdict, each verdict's in the order of files."""
    return sorted(lines, key=lambda line: ORDER.index(line.verdict))


def exit_code(lines: Sequence[CheckLine], *, undecided: str | None = None) -> int:
    """Return the exit code: bad input 2, fail 1, inconclusive 3, pass 0; nothing checked is bad input.

    ``undecided``: ``fail`` makes 3 a 1; ``warn`` makes it 0 where that is what trials came to, not where they
    broke or could not be run.
    """
    if undecided == WARN and lines:
        lines = [line for line in lines if not line.open]
        verdict = worst_first(lines)[0].verdict if lines else PASS
    else:
        verdict = worst_first(lines)[0].verdict if lines else BAD_INPUT
    if undecided == FAIL and verdict == INCONCLUSIVE:
        verdict = FAIL
    return 2 if verdict == BAD_INPUT else EXIT_CODES[verdict]
