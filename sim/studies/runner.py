"""Runs the trials of a study: a bounded window of batches, and what happens when workers die."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Any

from sim.core.budget import DEFAULT, Budget
from sim.studies.batch import written
from sim.studies.executors import Crew
from sim.studies.machine import fingerprint
from sim.studies.plan import Point, TrialBatch, missing
from sim.studies.rows import failed
from sim.studies.store import StudyStore
from sim.studies.unfinished import WorkersLost
from sim.studies.work import do_nothing, packed, run_batch

BATCH_S = 0.5  # so long a batch should take: long enough that its overhead does not show
HEARTBEAT_S = 5.0
CHANCES = 2  # so often a worker may die of a single trial, all others held back, before the trial is blamed
TRIALS_MAX = 100  # of a batch: what one holds is in memory at once

Progress = Callable[[int, int], None]  # (trials finished, trials wanted)


@dataclass
class Runner:
    """Brings every point to a number of trials. ``seed`` is the study's."""

    points: Sequence[Point]
    seed: int
    crew: Crew
    store: StudyStore
    progress: Progress | None = None
    budget: Budget = DEFAULT
    _batch_trials: int = 1
    # to be run again, after a death, one at a time
    _waiting: deque[TrialBatch] = field(default_factory=deque)
    _flying: dict[Future[Any], TrialBatch] = field(default_factory=dict)
    _deaths: dict[TrialBatch, int] = field(default_factory=dict)
    _scenarios: dict[int, bytes] = field(default_factory=dict)  # as tasks carry them
    _finished: int = 0

    def reach(self, trials: int) -> None:
        """Run what is missing until every point has ``trials`` trials on disk.

        ``WorkersLost`` if the workers are gone for good; what was finished is kept.
        """
        wanted = self._batches(trials)
        self._finished = sum(batch.last - batch.first for batch in self.store.done())
        while True:
            self._fill(wanted)
            if not self._flying:
                return
            self._collect()
            if self.progress is not None:
                self.progress(self._finished, trials * len(self.points))

    def _batches(self, trials: int) -> Iterator[TrialBatch]:
        """Yield what is missing, in batches of the size that fits at that moment.

        Towards the end they become smaller, so that all workers end at about the same time.
        """
        gaps = list(missing(self.store.done(), points=len(self.points), trials=trials))
        left = sum(last - first for _, first, last in gaps)
        for point, first, last in gaps:
            at = first
            while at < last:
                share = left if self.crew.workers == 1 else left // (2 * self.crew.workers)
                end = min(last, at + max(1, min(self._batch_trials, share)))
                yield TrialBatch(point, at, end)
                left -= end - at
                at = end

    def _fill(self, wanted: Iterator[TrialBatch]) -> None:
        """Keep the window full; suspects run alone, so that a death has one culprit."""
        if self._waiting:
            if not self._flying:
                self._submit(self._waiting.popleft())
            return
        while len(self._flying) < self.crew.workers + 2 * (self.crew.workers > 1):
            batch = next(wanted, None)
            if batch is None:
                return
            self._submit(batch)

    def _submit(self, batch: TrialBatch) -> None:
        task = {
            "scenario": self._packed(batch.point),
            "seed": self.seed,
            "point": batch.point,
            "first": batch.first,
            "last": batch.last,
            "machine": fingerprint(),
            "budget": self.budget,
        }
        try:
            self._flying[self.crew.submit(run_batch, task)] = batch
        except BrokenExecutor:
            self._waiting.append(batch)
            self._break()

    def _packed(self, point: int) -> bytes:
        found = self._scenarios.get(point)
        if found is None:
            found = self._scenarios[point] = packed(self.points[point].scenario)
        return found

    def _collect(self) -> None:
        """Take in what is finished; look now and then whether anybody is left to finish the rest."""
        done, _ = wait(self._flying, timeout=HEARTBEAT_S, return_when=FIRST_COMPLETED)
        if not done and not self.crew.alive():
            raise WorkersLost("the workers are gone")
        suspects: list[TrialBatch] = []
        for future in done:
            batch = self._flying.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if isinstance(error, BrokenExecutor | CancelledError):
                suspects.append(batch)
            elif type(error).__name__ == "KilledWorker":  # Dask's, which names the culprit itself
                self._blame(batch)
            else:
                self._keep(batch, future.result())
        if suspects:
            self._buried(suspects)

    def _keep(self, batch: TrialBatch, result: dict[str, Any]) -> None:
        self.store.put(batch, result["written"])
        self._finished += batch.last - batch.first
        each_s = result["wall_s"] / (batch.last - batch.first)
        self._batch_trials = max(1, min(TRIALS_MAX, int(BATCH_S / max(each_s, 1e-6))))

    def _buried(self, suspects: list[TrialBatch]) -> None:
        """A worker died, and with it all that its pool had begun. A batch that was alone is the culprit."""
        alone = len(suspects) == 1 and not self._flying
        self._break()
        if alone:
            self._blame(suspects[0])
        else:
            self._waiting.extend(suspects)

    def _break(self) -> None:
        """Make the crew fit again; what else it had begun died with it."""
        self._waiting.extend(self._flying.values())
        self._flying.clear()
        self.crew.renew()

    def _blame(self, batch: TrialBatch) -> None:
        """Run a culprit again; when it has killed often enough, cut it in two or give its trial up."""
        deaths = self._deaths[batch] = self._deaths.get(batch, 0) + 1
        if deaths < CHANCES:
            self._waiting.appendleft(batch)
        elif batch.last - batch.first > 1:
            self._waiting.extendleft(reversed(batch.halves()))
        else:
            self._check_health()
            why = f"a worker died of it {deaths} times (seed {self.seed}, trial {batch.first})"
            scenario = self.points[batch.point].scenario
            rows = failed(why, scenario, point=batch.point, trial=batch.first, seed=self.seed)
            self.store.put(batch, written(rows))

    def _check_health(self) -> None:
        """Before a trial is blamed: ``WorkersLost`` if workers die of doing nothing, too."""
        try:
            self.crew.submit(do_nothing, {}).result()
        except BrokenExecutor as error:
            raise WorkersLost("workers die as soon as they start") from error
