"""A study from start to end: looks, verdicts, tables."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from sim.core.budget import DEFAULT, Budget
from sim.stats.sequential import SequentialLook
from sim.studies.admission import admit
from sim.studies.executors import crew
from sim.studies.judgement import Ruling, overall, rule
from sim.studies.machine import fingerprint
from sim.studies.plan import Point
from sim.studies.rows import FORMAT
from sim.studies.runner import Progress, Runner
from sim.studies.stopping import enough, plan
from sim.studies.store import StudyStore
from sim.studies.tally import PointTally, tally


@dataclass(frozen=True)
class Finding:
    """What a study says of one point."""

    point: Point
    tally: PointTally
    rulings: list[Ruling]
    verdict: str


@dataclass(frozen=True)
class FinishedStudy:
    """A finished study; its tables are written, but not to be seen before ``store.finish``.

    ``look`` is the one at which it stopped; ``capped``: it might have gone on.
    """

    findings: list[Finding]
    seed: int
    until: str
    cap: int
    look: SequentialLook
    store: StudyStore

    @property
    def capped(self) -> bool:
        """Return whether the cap ended a study that was to be decided, or precise, and is not."""
        return self.until != "trials" and self.look.last


def run(
    points: Sequence[Point],
    *,
    seed: int,
    trials: int,
    until: str = "trials",
    where: str = "serial",
    target: Path,
    progress: Progress | None = None,
    notice: Callable[[str], None] = lambda _: None,
    budget: Budget = DEFAULT,
) -> FinishedStudy:
    """Run at most ``trials`` trials of each point, until ``until`` says that they are enough.

    ``where``: see ``sim.studies.executors.crew``; ``target``: the folder that ``finish`` will let appear;
    ``notice``: as of ``StudyStore``. The result does not depend on ``where``. SpecError if a point is not
    within the ``budget``.
    """
    admit(points, budget, where)
    objectives = [point.scenario.sla for point in points]
    looks = plan(until, objectives, cap=trials)
    digests = [point.digest for point in points]
    identity = {"format": FORMAT, "machine": fingerprint(), "seed": seed, "points": digests}
    store = StudyStore(target, identity, notice=notice)
    with ExitStack() as unfinished:
        unfinished.callback(store.close)
        workers = unfinished.enter_context(closing(crew(where)))
        runner = Runner(points, seed, workers, store, progress, budget)
        for look in looks:
            runner.reach(look.n)
            if look.last:
                break
            tallies = tally(store.read(trials=look.n, figures=False), objectives=objectives)
            if enough(until, objectives, tallies, look):
                break
        tallies = tally(store.tabled(trials=look.n), objectives=objectives, folder=target.parent)
        workers.close()
        unfinished.pop_all()  # from here on the store is the study's
    findings = []
    for point, found in zip(points, tallies, strict=True):
        rulings = rule(point.scenario.sla, found, alpha=look.alpha)
        findings.append(Finding(point, found, rulings, overall(rulings, found)))
    return FinishedStudy(findings, seed, until, trials, look, store)
