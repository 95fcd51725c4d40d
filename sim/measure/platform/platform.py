"""The data path of all domains: their figures, and those that concern the whole platform."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.capability.flows import Judged, capability, combined
from sim.measure.lake.insights import insight_figures
from sim.measure.platform.delivery import Ghosts, delivery
from sim.measure.platform.domain import DomainPath
from sim.measure.platform.metrics import SECTIONS
from sim.measure.platform.recovery_point import recovery_point
from sim.measure.platform.setup import PathSetup, path_setup_of
from sim.measure.platform.waterfall import Waterfall
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import judge, loss_of

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


class PathMeasures:
    """Every measure of the data path of a run, a reducer of slices with the ledger of their store."""

    def __init__(self, setups: Sequence[PathSetup]) -> None:
        self._domains = {setup.domain: DomainPath(setup) for setup in setups}
        self._milestones: Sequence[Milestone] = ()
        self._end_ns = 0

    @classmethod
    def of(cls, scenario: "Scenario") -> "PathMeasures":
        """Return the measures of a resolved scenario; of no domain if there is no bus."""
        setups = [path_setup_of(scenario, domain) for domain in sorted(scenario.databases)]
        return cls([setup for setup in setups if setup is not None])

    def fold(self, part: Slice, ledger: Ledger) -> None:
        """Take in one slice, which the ledger of its store has taken in already."""
        if part.domain in self._domains:
            self._domains[part.domain].fold(part, ledger.line.base)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        self._milestones, self._end_ns = milestones, end_ns
        for path in self._domains.values():
            path.finish(end_ns)

    def add_to(
        self, figures: dict[str, dict[str, Any]], ledgers: Mapping[str, Ledger]
    ) -> dict[str, dict[str, Any]]:
        """Return the sections of the data path, and add to those of the stores what it says of them."""
        if not self._domains:
            return {}
        out: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
        falls, ghosts = {}, {}
        for name, path in self._domains.items():
            ledger = ledgers[name]
            falls[name] = fall = Waterfall(path, ledger, self._milestones)
            ghosts[name], before = Ghosts(ledger, path.line, fall.redone), Ghosts(ledger, path.line)
            lost = set(judge(ledger)[0].tolist())
            won = len(lost & set(fall.redone))
            loss = loss_of(ledger, self._milestones, self._end_ns, replayed=won).figures()
            loss |= {"records_after_replay": loss["records"] - won, "replayable": fall.replayable()}
            out["replays"] |= path.replays.figures(
                path.line, before.versions, lost=lost, milestones=self._milestones
            )
            out["waterfall"][name] = fall.figures(loss)
            out["delivery"] |= delivery(fall, ghosts[name], before)
            standbys = {r: kinds["cut"]["age_max_s"] for r, kinds in figures["exposure"][name].items()}
            out["monitoring"] |= path.lookout.figures(standbys, path.bus_ages, path.consumer_ages)
            figures["loss"][name] = loss
            figures["conservation"][name]["problems"] += fall.problems()
        into = self._replays()
        for name, judged in self._capabilities().items():
            out["freshness"][name] = judged.ages.figures(self._end_ns)
            figures["recovery"][name] = capability(
                judged, end_ns=self._end_ns, milestones=self._milestones, replays=into.get(name, ())
            )
        out["insights"] = insight_figures(self._domains)
        out["recovery_point"] = recovery_point(falls, ghosts, self._end_ns)
        return out

    def _replays(self) -> dict[str, list[str]]:
        """Return consumer's capability -> ids of the replays into it."""
        out: dict[str, list[str]] = {}
        for domain, path in self._domains.items():
            for name, replay in path.setup.replays.items():
                out.setdefault(f"{domain}.{replay.into}", []).append(name)
        return out

    def _capabilities(self) -> dict[str, Judged]:
        """Return capability -> what it is judged by."""
        out: dict[str, Judged] = {}
        commits = {name: len(path.line.committed()) for name, path in self._domains.items()}
        for name, path in self._domains.items():
            for which, ages in (("events", path.events), *path.consumer_ages.items()):
                out[f"{name}.{which}"] = Judged(ages, commits[name], (name,), (path.first_commit,))
        first = next(iter(self._domains.values()))
        every, uses = tuple(self._domains), tuple(path.first_commit for path in self._domains.values())
        for zone, level_ns in first.setup.zones_fresh_ns.items():
            tracks = [path.tables.tracks[zone] for path in self._domains.values()]
            ages = combined(tracks, first.setup.span, level_ns)
            out[f"lake.{zone}"] = Judged(ages, sum(commits.values()), every, uses)
        for name, insight in first.setup.insights.items():
            shown = [self._domains[d].tables.shown[name, r] for d in insight.domains for r in insight.regions]
            own = shown[: len(insight.regions)]  # each refresh is in the journal of every domain it reads
            ages = combined([s.track for s in shown], first.setup.span, insight.fresh_ns)
            refreshes, failed = (sum(getattr(s, what) for s in own) for what in ("refreshes", "failed"))
            looks = tuple(s.first for s in own)
            out[f"dashboard.{name}"] = Judged(ages, refreshes, insight.domains, looks, failed)
        return out
