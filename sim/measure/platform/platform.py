"""The data path of all domains: their figures, and those that concern the whole platform."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sim.core.stages import BUS, READ, stage_of
from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.bus.figures import MonitorFigures
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.capability.flows import JudgedFlows, capability, combined
from sim.measure.lake.insights import insight_figures
from sim.measure.missing import MissingRange
from sim.measure.platform.delivery import Ghosts, delivery
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.figures import PathFigures
from sim.measure.platform.missing import missing_at_stages
from sim.measure.platform.recovery_point import recovery_point
from sim.measure.platform.setup import PathSetup, path_setup_of
from sim.measure.platform.spans import Spans
from sim.measure.platform.waterfall import Waterfall
from sim.measure.store.figures import ExposureFigures
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import Loss, Replayed

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

V = TypeVar("V")


class PathMeasures:
    """Every measure of the data path of a run, a reducer of slices with the ledger of their store."""

    def __init__(self, setups: Sequence[PathSetup]) -> None:
        self.domains = {setup.domain: DomainPath(setup) for setup in setups}
        self._milestones: Sequence[Milestone] = ()
        self._end_ns = 0

    @classmethod
    def of(cls, scenario: "Scenario") -> "PathMeasures":
        """Return the measures of a resolved scenario; of no domain if there is no bus."""
        setups = [path_setup_of(scenario, domain) for domain in sorted(scenario.databases)]
        return cls([setup for setup in setups if setup is not None])

    def fold(self, part: Slice, ledger: Ledger) -> None:
        """Take in one slice, which the ledger of its store has taken in already."""
        if part.domain in self.domains:
            self.domains[part.domain].fold(part, ledger.line.base)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        self._milestones, self._end_ns = milestones, end_ns
        for path in self.domains.values():
            path.finish(end_ns)

    @property
    def there(self) -> bool:
        """Whether the scenario has a bus."""
        return bool(self.domains)

    def outcome(
        self, losses: Mapping[str, Loss], exposure: Mapping[str, Mapping[str, ExposureFigures]]
    ) -> "PathOutcome":
        """Return what came of the data path; ``losses`` and ``exposure``: of each store."""
        falls = {name: Waterfall(path, losses[name], self._milestones) for name, path in self.domains.items()}
        lines = {name: path.line for name, path in self.domains.items()}
        ghosts = {name: Ghosts(fall.ledger, lines[name], fall.redone) for name, fall in falls.items()}
        before = {name: Ghosts(fall.ledger, lines[name]) for name, fall in falls.items()}
        judged, into = self._capabilities(), self._replays()
        figures = PathFigures(
            waterfall={name: fall.figures() for name, fall in falls.items()},
            freshness={name: one.ages.figures(self._end_ns) for name, one in judged.items()},
            delivery=joined(delivery(fall, ghosts[name], before[name]) for name, fall in falls.items()),
            recovery_point=recovery_point(falls, ghosts, self._end_ns),
            monitoring=joined(self._monitors(name, exposure[name]) for name in self.domains),
            replays=joined(
                path.replays.figures(
                    path.line,
                    before[name].versions,
                    lost=losses[name].lost.tolist(),
                    milestones=self._milestones,
                )
                for name, path in self.domains.items()
            ),
            insights=insight_figures(self.domains),
        )
        recovery = {
            name: capability(
                one, end_ns=self._end_ns, milestones=self._milestones, replays=into.get(name, ())
            )
            for name, one in judged.items()
        }
        return PathOutcome(figures, recovery, falls, ghosts)

    def _monitors(self, domain: str, exposure: Mapping[str, ExposureFigures]) -> dict[str, MonitorFigures]:
        path = self.domains[domain]
        standbys = {region: figures.cut.age_max_s for region, figures in exposure.items()}
        return path.lookout.figures(standbys, path.bus_ages, path.consumer_ages)

    def _replays(self) -> dict[str, list[str]]:
        """Return consumer's capability -> ids of the replays into it."""
        out: dict[str, list[str]] = {}
        for domain, path in self.domains.items():
            for name, replay in path.setup.replays.items():
                if replay.into is not None:
                    of = READ.capability.format(domain=domain, name=replay.into)
                    out.setdefault(of, []).append(name)
        return out

    def _capabilities(self) -> dict[str, JudgedFlows]:
        """Return capability -> what it is judged by."""
        out: dict[str, JudgedFlows] = {}
        commits = {name: len(path.line.committed()) for name, path in self.domains.items()}
        for name, path in self.domains.items():
            found = {BUS.capability.format(domain=name): path.events}
            found |= {READ.capability.format(domain=name, name=n): a for n, a in path.consumer_ages.items()}
            for of, ages in found.items():
                out[of] = JudgedFlows(ages, commits[name], (name,), (path.first_commit,))
        first = next(iter(self.domains.values()))
        every, uses = tuple(self.domains), tuple(path.first_commit for path in self.domains.values())
        for zone, level_ns in first.setup.zones_fresh_ns.items():
            tracks = [path.tables.tracks[zone] for path in self.domains.values()]
            ages = combined(tracks, first.setup.span, level_ns)
            out[stage_of(zone).capability] = JudgedFlows(ages, sum(commits.values()), every, uses)
        for name, insight in first.setup.insights.items():
            shown = [self.domains[d].tables.shown[name, r] for d in insight.domains for r in insight.regions]
            own = shown[: len(insight.regions)]  # each refresh is in the journal of every domain it reads
            ages = combined([s.track for s in shown], first.setup.span, insight.fresh_ns)
            refreshes, failed = (sum(getattr(s, what) for s in own) for what in ("refreshes", "failed"))
            looks = tuple(s.first for s in own)
            out[f"dashboard.{name}"] = JudgedFlows(ages, refreshes, insight.domains, looks, failed)
        return out


@dataclass(frozen=True, slots=True)
class PathOutcome:
    """What came of the data path: its figures, recoveries, each domain's ledger and ghosts."""

    figures: PathFigures
    recovery: Mapping[str, RecoveryFigures]
    falls: Mapping[str, Waterfall]
    ghosts: Mapping[str, Ghosts]

    def replayed(self, domain: str) -> Replayed:
        """Return what replays change of the loss of a store."""
        fall = self.falls[domain]
        return Replayed(fall.won_back, fall.replayable())

    def buses(self, domain: str) -> dict[str, Spans]:
        """Return region -> versions of a domain that are on its bus."""
        fall = self.falls[domain]
        return {region: fall.ways.present(r) for r, region in enumerate(fall.path.setup.regions)}

    def missing(self, domain: str) -> list[MissingRange]:
        """Return what each stage of a domain misses, or has too much."""
        return list(missing_at_stages(self.falls[domain], self.ghosts[domain]))

    def problems(self, domain: str) -> list[str]:
        """Return a line for every stage at which surviving records vanished without a rule."""
        return self.falls[domain].problems()


def joined(parts: Iterable[Mapping[str, V]]) -> dict[str, V]:
    """Return the figures of several domains as one map."""
    return {name: figures for part in parts for name, figures in part.items()}
