"""The five ways in: load, run, study, compare, open."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any
from warnings import warn

from sim.core.errors import Problem, SpecError
from sim.door.results import Comparison, Run, Study, opened
from sim.door.scenario import Scenario

if TYPE_CHECKING:
    from sim.outcome import Outcome
    from sim.studies.plan import Point
    from sim.studies.study import FinishedStudy

Source = Scenario | str | os.PathLike[str]
TRIALS = 1000  # at most, where ``until`` is given without ``trials``


def load(
    path: str | os.PathLike[str], *, overlays: Sequence[str | os.PathLike[str]] = (), sets: Sequence[str] = ()
) -> Scenario:
    """Return the scenario of a file, or one that comes with sim by its name: ``drills/lose-primary-region``.

    ``overlays``: files merged over it; ``sets``: ``KEY=VALUE`` texts. SpecError, with file, line and column,
    if it cannot be used.
    """
    from sim.spec.shipped import found, missing

    file = found(str(path))
    if file is None:
        raise SpecError([Problem(missing(str(path)))])
    scenario = Scenario(str(file), tuple(map(str, overlays)), tuple(sets))
    _ = scenario.resolved
    return scenario


def run(
    scenario: Source,
    *,
    seed: int = 0,
    trial: int = 0,
    control: bool = False,
    out: str | os.PathLike[str] | None = None,
    keep_journal: bool = False,
    progress: bool = True,
) -> Run:
    """Run one trial and judge it.

    ``control``: also run the same seed without the faults. ``out``: where its folder goes, as ``sim run``
    writes it; None: nothing is written. ``keep_journal``: every operation and commit too, as Parquet in that
    folder. ``progress``: a bar on stderr, once it takes longer than a second.

    SpecError if the scenario cannot be used or would take more than the default budget;
    ``sim.outcome.Unfinished`` if it takes far more than was expected.
    """
    asked = _scenario(scenario)
    if keep_journal and out is None:
        raise ValueError("keep_journal needs a folder: give out=")
    _admit(asked)
    if out is None:
        from sim.report.document import plain
        from sim.report.folder import complete

        outcome = _simulated(asked, None, seed=seed, trial=trial, control=control, progress=progress)
        document = plain(complete(outcome, resolved=asked.yaml(), trial=trial))
        return Run(document, scenario=asked, missing=outcome.missing)
    how = {"control": control, "keep_journal": keep_journal, "progress": progress}
    return _kept(asked, Path(out), seed=seed, trial=trial, **how)


def _kept(asked: Scenario, out: Path, *, seed: int, trial: int, keep_journal: bool, **how: Any) -> Run:
    """Run, and write the folder."""
    from sim.report.document import plain
    from sim.report.folder import JOURNAL, appearing, complete, fill, folder_of, run_name
    from sim.spec import inputs

    target = folder_of(out, scenario=asked.name, digest=asked.digest, name=run_name(seed, trial))
    with appearing(target) as partial:
        places, notes = inputs.kept(asked.resolved)
        inputs.copy(places, partial)
        journal = partial / JOURNAL if keep_journal else None
        outcome = _simulated(asked, journal, seed=seed, trial=trial, **how)
        text = inputs.written(asked.resolved, places, notes)
        fill(partial, outcome, resolved=text, trial=trial)
    _tell(notes)
    document = plain(complete(outcome, resolved=text, trial=trial))
    return Run(document, folder=target, scenario=asked, missing=outcome.missing)


def _simulated(
    asked: Scenario, journal: Path | None, *, seed: int, trial: int, control: bool, progress: bool
) -> "Outcome":
    """Run under a progress bar."""
    from sim.report.progress import bar
    from sim.trial import run as simulate

    with bar(sys.stderr, perf_counter, colour=False) as drawn:
        return simulate(
            asked.resolved, seed=seed, trial=trial, control=control, journal_dir=journal,
            progress=drawn.show if progress else None, missing=True,
        )  # fmt: skip


def study(
    scenario: Source,
    *,
    trials: int | None = None,
    until: str = "trials",
    sweep: Mapping[str, Sequence[Any]] | None = None,
    seed: int = 0,
    jobs: int | None = None,
    out: str | os.PathLike[str] = "reports",
    progress: bool = True,
) -> Study:
    """Run many trials, each with its own draws, and return figures with intervals.

    ``until``: ``trials`` (all of them), ``decided`` (every objective is) or a precision such as ``5%``;
    ``sweep``: values to run side by side, ``{"databases.orders.replication.share": [0.1, 0.3]}``; ``jobs``:
    processes, None: as many as there are processors. Finished trials are kept under ``out``; the same call
    goes on there.
    """
    asked = _scenario(scenario)
    points = _points(asked if sweep is None else asked.change(sweep=dict(sweep)))
    found = _run_study(
        points, seed=seed, trials=trials, until=until, jobs=jobs, out=Path(out), progress=progress
    )
    study = opened(found.store.target)
    assert isinstance(study, Study), "its folder has just appeared"
    return study


def _run_study(
    points: "list[Point]",
    *,
    seed: int,
    trials: int | None,
    until: str,
    jobs: int | None,
    out: Path,
    progress: bool,
) -> "FinishedStudy":
    """Run a study under a progress bar, and let its folder appear."""
    from sim.report.progress import TrialsBar
    from sim.report.study_folder import finish, target_of
    from sim.studies.study import run as run_study

    shown = TrialsBar(sys.stderr, perf_counter, colour=False)
    try:
        found = run_study(
            points, seed=seed, trials=trials or TRIALS, until=until, where=_where(jobs),
            target=target_of(points, seed=seed, out=out), progress=shown.show if progress else None,
        )  # fmt: skip
        _tell(finish(found))
    finally:
        shown.close()
    return found


def _tell(notes: Iterable[str]) -> None:
    """Warn of files of a scenario that could not be kept beside its results."""
    for note in notes:
        warn(note, stacklevel=4)


def _where(jobs: int | None) -> str:
    """Return which workers ``jobs`` asks for, as ``sim.studies.executors.crew`` takes it."""
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs is {jobs}; it must be 1 or more")
    number = jobs or os.cpu_count() or 1
    return "serial" if number == 1 else f"process:{number}"


def _points(asked: Scenario) -> "list[Point]":
    from sim.studies.plan import points_of

    return points_of(asked.path, overlays=asked.overlays, sets=asked.sets)


def compare(
    before: Source,
    after: Source,
    *,
    trials: int = 50,
    seed: int = 0,
    jobs: int | None = None,
    out: str | os.PathLike[str] = "reports",
    progress: bool = True,
) -> Comparison:
    """Run two designs on the same draws, trial by trial, and return which figures differ and by how much."""
    sides = [_scenario(side).change(sweep=None) for side in (before, after)]
    points = [_points(side) for side in sides]  # both, before either is run
    studied = [
        _run_study(
            found, seed=seed, trials=trials, until="trials", jobs=jobs, out=Path(out), progress=progress
        )
        for found in points
    ]
    return Comparison.of(
        *(one.findings[0].tally for one in studied), sides=(sides[0], sides[1]), trials=trials
    )


def open(folder: str | os.PathLike[str]) -> Run | Study:
    """Return what a folder under ``reports`` holds: a run or a study, without running anything again.

    SpecError if it holds neither, is damaged, or the run did not come to its end.
    """
    return opened(Path(folder))


def _scenario(source: Source) -> Scenario:
    return source if isinstance(source, Scenario) else load(source)


def _admit(asked: Scenario) -> None:
    """SpecError with the estimate if a run would take more than the default budget."""
    from sim.core.budget import DEFAULT
    from sim.estimate.admission import refusal
    from sim.estimate.estimate import estimate

    problem = refusal(estimate(asked.resolved), DEFAULT)
    if problem is not None:
        raise SpecError([problem])
