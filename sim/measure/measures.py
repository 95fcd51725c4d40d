"""All measures of a run. docs/measures.md defines every figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.journal.milestones import Milestone
from sim.journal.recorder import Slice
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.capability.phases import phases
from sim.measure.capability.ratios import Ratios
from sim.measure.capability.recovery import KINDS, Aftermath, Episode, Recovery, recovery_figures
from sim.measure.capability.tested import Trouble
from sim.measure.conservation import Conservation, ConservationError
from sim.measure.figures import Figures
from sim.measure.missing import MissingRange, listed
from sim.measure.orders.fulfilment import order_figures, shelf_figures, shelf_problems
from sim.measure.orders.orders import Orders
from sim.measure.orders.setup import OrderSetup, order_setup_of
from sim.measure.platform.platform import PathMeasures, PathOutcome, joined
from sim.measure.store.blocked import blocked_figures
from sim.measure.store.consistency import Consistency
from sim.measure.store.exposure import Exposure
from sim.measure.store.figures import BlockedFigures, ConservationFigures
from sim.measure.store.latency import Latency
from sim.measure.store.ledger import Ledger
from sim.measure.store.loss import Loss, loss_of
from sim.measure.store.missing import missing_of
from sim.measure.store.observers import Observers
from sim.measure.store.setup import DomainSetup, setup_of

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


class DomainMeasures:
    """Every measure of one domain, a reducer."""

    def __init__(self, setup: DomainSetup) -> None:
        self.setup = setup
        self.recovery, self.latency, self.consistency = Recovery(setup), Latency(setup), Consistency(setup)
        self.ratios = Ratios(setup)
        self.ledger, self.exposure, self.conservation = Ledger(setup), Exposure(setup), Conservation(setup)
        self.observers = Observers([self.exposure])
        self._milestones: Sequence[Milestone] = ()
        self._end_ns = 0

    def fold(self, part: Slice) -> None:
        """Take in one slice of this domain."""
        self.ledger.advance(part, self.observers)
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

    def loss(self) -> Loss:
        """Return what was lost and stranded of the store, worked out once."""
        return loss_of(self.ledger, self._milestones, self._end_ns)

    def blocked(self) -> BlockedFigures:
        """Return how long its writes waited for replicas that could not acknowledge."""
        return blocked_figures(self._milestones, self.setup.domain, self._end_ns)

    def capabilities(self) -> dict[str, RecoveryFigures]:
        """Return capability -> recovery."""
        return {f"{self.setup.domain}.{kind}": self._capability(kind) for kind in KINDS}

    def balance(self, loss: Loss, others: Sequence[str]) -> ConservationFigures:
        """Return the terms that must add up; ``others``: problems that other measures of the store found."""
        return self.conservation.figures(self.ledger, self.latency, loss, others)

    def _capability(self, kind: str) -> RecoveryFigures:
        series = self.recovery.series(kind)
        tested = Trouble.of(self._milestones, self._end_ns).tested(
            self.recovery.first_use_ns(kind),
            operations=series.operations,
            recovered_ns=series.recovered_ns(self._end_ns),
        )
        clients = {c: self.recovery.series(kind, c).seen(self._end_ns) for c in self.setup.clients}
        after = self._aftermath(kind, series.worst())
        return recovery_figures(series.seen(self._end_ns), after, tested=tested, by_client=clients)

    def _aftermath(self, kind: str, worst: Episode | None) -> Aftermath:
        """Return when it served again, when every standby had caught up, and where the time went."""
        if worst is None:
            return Aftermath()
        if worst.recovered_ns is None:
            return Aftermath(None, None)
        caught_ns = self.exposure.caught_up_ns(worst.recovered_ns)
        return Aftermath(
            worst.recovered_ns - worst.started_ns,
            None if caught_ns is None else caught_ns - worst.started_ns,
            *phases(self.setup, kind, worst, self._milestones),
        )


class Measures:
    """Every measure of every domain of a run, a reducer."""

    def __init__(
        self,
        setups: Sequence[DomainSetup],
        path: PathMeasures | None = None,
        orders: OrderSetup | None = None,
    ) -> None:
        self.stores = {setup.domain: DomainMeasures(setup) for setup in setups}
        self.path = path or PathMeasures([])
        self._came: tuple[dict[str, Loss], PathOutcome | None] = {}, None
        self._orders = None if orders is None else Orders(orders)

    @classmethod
    def of(cls, scenario: "Scenario") -> "Measures":
        """Return the measures of a resolved scenario."""
        setups = [setup_of(scenario, domain) for domain in sorted(scenario.databases)]
        return cls(setups, PathMeasures.of(scenario), order_setup_of(scenario))

    def fold(self, part: Slice) -> None:
        """Take in one slice. ValueError if it breaks a rule of the journal."""
        domain = self.stores[part.domain]
        domain.fold(part)
        self.path.fold(part, domain.ledger)
        if self._orders is not None:
            self._orders.fold(part, domain.ledger.line.base)

    def finish(self, milestones: Sequence[Milestone], end_ns: int) -> None:
        """Take in the milestones and the end of the run."""
        for domain in self.stores.values():
            domain.finish(milestones, end_ns)
        self.path.finish(milestones, end_ns)

    def figures(self, *, strict: bool = True) -> Figures:
        """Return all figures, after ``finish``. ConservationError if a sum does not close and ``strict``."""
        stores = self.stores
        losses = {name: store.loss() for name, store in stores.items()}
        exposure = {name: store.exposure.figures() for name, store in stores.items()}
        path = self.path.outcome(losses, exposure) if self.path.there else None
        self._came = losses, path
        found = Figures(
            recovery=joined(store.capabilities() for store in stores.values())
            | ({} if path is None else dict(path.recovery)),
            loss={
                name: loss.figures(None if path is None else path.replayed(name))
                for name, loss in losses.items()
            },
            exposure=exposure,
            blocked={name: store.blocked() for name, store in stores.items() if store.setup.waits} or None,
            consistency={name: store.consistency.figures() for name, store in stores.items()},
            latency=joined(store.latency.figures() for store in stores.values()),
            operations=joined(store.latency.operations() for store in stores.values()),
            ratios=joined(store.ratios.figures() for store in stores.values()),
            conservation={
                name: store.balance(losses[name], self._problems(name, path))
                for name, store in stores.items()
            },
            path=None if path is None else path.figures,
            choreography=None if self._orders is None else order_figures(self._orders),
            stock=None if self._orders is None else shelf_figures(self._orders),
        )
        broken = conservation_problems(found)
        if strict and broken:
            raise ConservationError("; ".join(broken))
        return found

    def missing(self) -> list[MissingRange]:
        """Return, after ``figures``, the records that are lost, out of reach, ghosts or there twice."""
        losses, path = self._came
        found = [
            m for name, loss in losses.items() for m in missing_of(loss, path.buses(name) if path else {})
        ]
        found += [m for name in losses if path for m in path.missing(name)]
        return listed(found)

    def _problems(self, domain: str, path: PathOutcome | None) -> list[str]:
        """Return a line for every sum of a store's data path or stock that does not close."""
        shelf = [] if self._orders is None else shelf_problems(self._orders).get(domain, [])
        return [*([] if path is None else path.problems(domain)), *shelf]


def conservation_problems(figures: Figures) -> list[str]:
    """Return one line for every sum that does not close, in any store."""
    return [line for store in figures.conservation.values() for line in store.problems]
