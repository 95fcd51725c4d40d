"""All measures of a run, and their figures as one document. docs/measures.md defines every field."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.capability.phases import phases
from sim.measure.capability.ratios import Ratios
from sim.measure.capability.recovery import KINDS, Recovery, Series
from sim.measure.capability.tested import Trouble
from sim.measure.conservation import Conservation, ConservationError
from sim.measure.orders.figures import order_figures, shelf_figures, shelf_problems
from sim.measure.orders.orders import Orders
from sim.measure.orders.setup import OrderSetup, order_setup_of
from sim.measure.platform.platform import PathMeasures
from sim.measure.store.consistency import Consistency
from sim.measure.store.exposure import Exposure
from sim.measure.store.latency import Latency
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import loss_of
from sim.measure.store.setup import Setup, setup_of

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

SECOND = 1e9
SECTIONS = ("recovery", "latency", "operations", "ratios", "loss", "exposure", "consistency", "conservation")


class DomainMeasures:
    """Every measure of one domain, a reducer."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.recovery, self.latency, self.consistency = Recovery(setup), Latency(setup), Consistency(setup)
        self.ratios = Ratios(setup)
        self.ledger, self.exposure, self.conservation = Ledger(setup), Exposure(setup), Conservation(setup)
        self._milestones: Sequence[Milestone] = ()
        self._end_ns = 0

    def fold(self, part: Slice) -> None:
        """Take in one slice of this domain."""
        self.ledger.advance(part, self.exposure)
        own = part
        if part.rows("ops"):
            self.ledger.answer(part.table("ops"))
            own = self._own(part)
        self.ledger.prune(part.until_ns)
        self.consistency.fold(own)
        for measure in (self.recovery, self.latency, self.ratios, self.conservation):
            measure.fold(part)

    def _own(self, part: Slice) -> Slice:
        """Leave out the writes that committed nothing: calls answered with the commit of another."""
        theirs = self.ledger.of_others(part.table("ops")) if self.setup.called else None
        if theirs is None or not theirs.any():
            return part
        ops = {name: column[~theirs] for name, column in part.table("ops").items()}
        return Slice(part.domain, part.until_ns, {**part.tables, "ops": ops})

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        self._milestones, self._end_ns = milestones, end_ns
        self.exposure.finish(self.ledger, end_ns)
        for measure in (self.recovery, self.latency, self.ratios, self.consistency, self.conservation):
            measure.finish(milestones, end_ns)

    def figures(self) -> dict[str, dict[str, Any]]:
        """Return section -> capability or store -> figures."""
        name = self.setup.domain
        return {
            "recovery": {f"{name}.{kind}": self._capability(kind) for kind in KINDS},
            "latency": self.latency.figures(),
            "operations": self.latency.operations(),
            "ratios": self.ratios.figures(),
            "loss": {name: loss_of(self.ledger, self._milestones, self._end_ns).figures()},
            "exposure": {name: self.exposure.figures()},
            "consistency": {name: self.consistency.figures()},
            "conservation": {name: self.conservation.figures(self.ledger, self.latency)},
        }

    def _capability(self, kind: str) -> dict[str, Any]:
        series = self.recovery.series(kind)
        worst = series.worst()
        spent, chain = phases(self.setup, kind, worst, self._milestones) if worst else ({}, [])
        tested = Trouble.of(self._milestones, self._end_ns).tested(
            self.recovery.first_use_ns(kind),
            operations=series.operations,
            recovered_ns=series.recovered_ns(self._end_ns),
        )
        return {
            **_recovery(series, self._end_ns),
            "tested": tested,
            **self._aftermath(series),
            "phases": {name: ns / SECOND for name, ns in spent.items()},
            "phases_ns": spent,
            "chain": chain,
            "by_client": {
                c: _recovery(self.recovery.series(kind, c), self._end_ns) for c in self.setup.clients
            },
        }

    def _aftermath(self, series: Series) -> dict[str, float | None]:
        """Return, from the start of the worst episode.

        When it served again, and when every standby had caught up. 0 if never bad.
        """
        worst = series.worst()
        if worst is None:
            return {"serving_again_s": 0.0, "caught_up_s": 0.0}
        if worst.recovered_ns is None:
            return {"serving_again_s": None, "caught_up_s": None}
        caught_ns = self.exposure.caught_up_ns(worst.recovered_ns)
        return {
            "serving_again_s": (worst.recovered_ns - worst.started_ns) / SECOND,
            "caught_up_s": None if caught_ns is None else (caught_ns - worst.started_ns) / SECOND,
        }


class Measures:
    """Every measure of every domain of a run, a reducer."""

    def __init__(
        self, setups: Sequence[Setup], path: PathMeasures | None = None, orders: OrderSetup | None = None
    ) -> None:
        self._domains = {setup.domain: DomainMeasures(setup) for setup in setups}
        self._path = path or PathMeasures([])
        self._orders = None if orders is None else Orders(orders)

    @classmethod
    def of(cls, scenario: "Scenario") -> "Measures":
        """Return the measures of a resolved scenario."""
        setups = [setup_of(scenario, domain) for domain in sorted(scenario.databases)]
        return cls(setups, PathMeasures.of(scenario), order_setup_of(scenario))

    def fold(self, part: Slice) -> None:
        """Take in one slice. ValueError if it breaks a rule of the journal."""
        domain = self._domains[part.domain]
        domain.fold(part)
        self._path.fold(part, domain.ledger)
        if self._orders is not None:
            self._orders.fold(part, domain.ledger.line.base)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        for domain in self._domains.values():
            domain.finish(milestones, end_ns)
        self._path.finish(milestones, end_ns)

    def figures(self, *, strict: bool = True) -> dict[str, dict[str, Any]]:
        """Return section -> capability or store -> figures, after ``finish``.

        ConservationError if a sum does not close and ``strict``.
        """
        parts = [domain.figures() for domain in self._domains.values()]
        out = {section: {k: v for part in parts for k, v in part[section].items()} for section in SECTIONS}
        out |= self._path.add_to(out, {name: domain.ledger for name, domain in self._domains.items()})
        if self._orders is not None:
            out["choreography"], out["stock"] = order_figures(self._orders), shelf_figures(self._orders)
            for domain, problems in shelf_problems(self._orders).items():
                out["conservation"][domain]["problems"] += problems
        broken = conservation_problems(out)
        if strict and broken:
            raise ConservationError("; ".join(broken))
        return out


def conservation_problems(figures: Mapping[str, Any]) -> list[str]:
    """Return one line for every sum that does not close, in any store."""
    return [line for store in figures["conservation"].values() for line in store["problems"]]


def _recovery(series: Series, end_ns: int) -> dict[str, Any]:
    """Return the figures of one capability as one group of clients saw it."""
    rta, censored = series.rta_ns(), series.censored_after_ns(end_ns)
    return {
        "rta_s": None if rta is None else rta / SECOND,
        "rta_ns": rta,
        "censored_after_s": None if censored is None else censored / SECOND,
        "downtime_s": series.downtime_ns / SECOND,
        "operations": series.operations,
        "failed_requests": series.failed,
        "slow_requests": series.slow,
        "episodes": [
            {
                "started_s": e.started_ns / SECOND,
                "recovered_s": None if e.recovered_ns is None else e.recovered_ns / SECOND,
                "rta_s": None if e.rta_ns is None else e.rta_ns / SECOND,
                "downtime_s": e.downtime_ns / SECOND,
                "failed_requests": e.failed,
            }
            for e in series.episodes
        ],
    }
