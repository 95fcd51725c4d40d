"""One run: resolved scenario + seed -> journal, judged."""

import resource
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import numpy as np

from sim.advice import End, advised
from sim.core.budget import DEFAULT, Budget, Guard, OverBudget
from sim.core.quantity import seconds
from sim.estimate.admission import guard
from sim.estimate.estimate import RunEstimate, estimate
from sim.journal.milestones import Milestone
from sim.journal.parquet import ParquetWriter
from sim.journal.recorder import Recorder, Reducer, Slice
from sim.measure.digest import Digest
from sim.measure.figures import Figures
from sim.measure.measures import Measures
from sim.measure.series.recording import SeriesRecording
from sim.measure.verdict import judge, overall
from sim.outcome import (
    EXIT_CODES,
    FaultFigures,
    Outcome,
    Performance,
    Unfinished,
    Verdict,
    objective_of,
)
from sim.spec.resolve import digest
from sim.spec.scenario import Scenario
from sim.trust import trust
from sim.world import Pulls, World

Progress = Callable[[float, int], None]
_VERDICTS = {code: cast(Verdict, verdict) for verdict, code in EXIT_CODES.items()}


@dataclass(frozen=True, slots=True)
class Shared:
    """What all trials of a resolved scenario share: its digest, and what a run is expected to take."""

    digest: str
    expected: RunEstimate

    @classmethod
    def of(cls, resolved: Scenario) -> "Shared":
        """Work it out."""
        return cls(digest(resolved), estimate(resolved))


def run(
    resolved: Scenario,
    *,
    seed: int = 0,
    trial: int = 0,
    control: bool = False,
    progress: Progress | None = None,
    journal_dir: Path | None = None,
    record: bool = False,
    budget: Budget = DEFAULT,
    shared: Shared | None = None,
    missing: bool = False,
) -> Outcome:
    """Run one trial and judge it. Unfinished if it takes far more than was expected.

    ``control`` also runs the same seed without faults; ``progress(fraction, now_ns)`` is called as time
    passes; ``journal_dir``: where to keep the journal as Parquet; ``record``: whether to record series over
    time; ``budget``: what it may take in any case; ``shared``: what is the same for each of many trials, if
    that has been worked out; ``missing``: whether to list the records that are lost, out of reach, ghosts or
    there twice.
    """
    began, shared = perf_counter(), shared or Shared.of(resolved)
    measures, fingerprint = Measures.of(resolved), Digest()
    reducers: list[Reducer] = [measures, fingerprint]
    recording = SeriesRecording(measures, resolved.duration) if record else None
    if recording is not None:
        reducers.append(recording)
    if journal_dir is not None:
        reducers.append(ParquetWriter(journal_dir))
    watch = guard(shared.expected, budget)
    world, rows = _simulate(resolved, reducers, seed=seed, trial=trial, progress=progress, watch=watch)
    figures = measures.figures()
    faults = _faults(world)
    fired = {name: fault.fired for name, fault in faults.items() if fault.status != "not_drawn"}
    end = End(resolved, world.schedule.fates, world.milestones.all, figures)
    verdicts = advised(judge(figures, resolved.sla, fired), end)
    code = overall(verdicts, fired)
    return Outcome(
        scenario=resolved.name,
        digest=shared.digest,
        seed=seed,
        figures=figures,
        milestones=world.milestones.all,
        faults=faults,
        objectives=[objective_of(verdict) for verdict in verdicts],
        verdict=_VERDICTS[code],
        exit_code=code,
        performance=_performance(world, rows, perf_counter() - began),
        journal_digest=fingerprint.hexdigest(),
        trust=trust(resolved, figures, world.milestones.all),
        control=_control_figures(resolved, seed, trial, budget) if control else None,
        missing=measures.missing() if missing else None,
        recorded=None if recording is None else recording.recorded(),
    )


def _control_figures(resolved: Scenario, seed: int, trial: int, budget: Budget) -> Figures:
    """Return the figures of the same seed without faults."""
    measures, watch = Measures.of(resolved), guard(estimate(resolved), budget)
    _simulate(resolved, [measures], seed=seed, trial=trial, faults=False, watch=watch)
    return measures.figures()


def rerun(resolved: Scenario, reducers: list[Reducer], *, seed: int, trial: int = 0) -> str:
    """Run a trial that has come to its end before for other reducers; return the digest of its journal."""
    fingerprint = Digest()
    _simulate(resolved, [*reducers, fingerprint], seed=seed, trial=trial)
    return fingerprint.hexdigest()


def _simulate(
    resolved: Scenario,
    reducers: list[Reducer],
    *,
    seed: int,
    trial: int,
    progress: Progress | None = None,
    faults: bool = True,
    watch: Guard | None = None,
) -> tuple[World, int]:
    """Return the world at the end of its run, and the rows of its journal."""
    watch = watch or Guard(rows=inf, steps=inf, growth_bytes=inf, expected="")
    began, recorder = perf_counter(), Recorder(reducers, watch.recorded)
    world = World(resolved, seed=seed, trial=trial, fold=recorder.fold, faults=faults, stepped=watch.stepped)
    try:
        world.run(resolved.duration, progress=progress)
    except (OverBudget, MemoryError) as error:
        why = str(error) if isinstance(error, OverBudget) else f"there is no memory left, {watch.expected}"
        performance = _performance(world, recorder.rows, perf_counter() - began)
        milestones, reached_ns = world.milestones.all, world.clock.now
        raise Unfinished(why, resolved, seed, reached_ns, milestones, performance) from None
    recorder.finish(world.milestones.all, resolved.duration)
    return world, recorder.rows


def _faults(world: World) -> dict[str, FaultFigures]:
    return {
        name: FaultFigures(
            fired=fate.fired,
            status=fate.status,
            started_s=seconds(fate.started_ns),
            healed_s=seconds(fate.healed_ns),
            until_s=seconds(fate.until_ns),
        )
        for name, fate in world.schedule.fates.items()
    }


def _performance(world: World, rows: int, wall_s: float) -> Performance:
    writes, operations = world.counts()
    return Performance(
        wall_s=wall_s,
        rows=rows,
        writes=writes,
        stage_operations=operations,
        peak_rss_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def run_tables(scenario: Scenario, seed: int, *, trial: int = 0, pulls: Pulls = ()) -> dict[str, Any]:
    """Run one trial and return its whole journal in memory.

    The result is ``{"tables": {domain: {table: {column: array}}}, "milestones": [...], "faults": {...}}``.

    ``pulls``: extra pulls of single cursors, as ``World.run`` takes them; they change nothing.
    """
    slices: list[Slice] = []

    def fold(part: Slice) -> None:
        recorder.fold(part)
        slices.append(part)

    recorder = Recorder([])
    world = World(scenario, seed=seed, trial=trial, fold=fold)
    world.run(scenario.duration, pulls=pulls)
    milestones: list[Milestone] = world.milestones.all
    tables: dict[str, dict[str, Any]] = {name: {} for name in scenario.databases}
    for part in slices:
        for name, table in part.tables.items():
            held = tables[part.domain].setdefault(name, {column: [] for column in table})
            for column, values in table.items():
                held[column].append(values)
    joined = {
        domain: {
            name: {c: np.concatenate(parts) for c, parts in table.items()} for name, table in found.items()
        }
        for domain, found in tables.items()
    }
    return {"tables": joined, "milestones": milestones, "faults": _faults(world)}
