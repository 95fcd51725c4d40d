"""A store: one domain's databases with their controllers, as a component."""

from sim.engine.circle.kinds import OBSERVE
from sim.journal.recorder import Table
from sim.models.bus.calls import calls_log
from sim.models.component import Component
from sim.models.control import Control
from sim.models.store.copies import side_table
from sim.models.store.emission import emit, final_tables
from sim.models.store.failover import FailoverController
from sim.models.store.outages import Nodes
from sim.models.store.rejoin import Rejoin
from sim.models.store.routing import DnsAnswers, Routes


class DomainStore(Component):
    """One domain's circle, log, followers and controllers. ``trip_waits``: for its turn on the clock."""

    driven = True

    def __init__(self, control: Control) -> None:
        self.control, self.data = control, control.domain
        name = self.name = self.domain = control.domain.name
        self.inputs, self.outputs = (calls_log(name),), (f"{name}/log",)
        self.rejoin = Rejoin(control)
        self.failover = FailoverController(control, Routes(control), self.rejoin)
        self.answers = DnsAnswers(control)
        self.nodes = Nodes(control, self.rejoin)
        self.trip_waits = False
        retry = control.scenario.databases[name].workload.retry
        self._op_life_ns = min(retry.longest_ns, control.scenario.duration)

    def tripped(self, s: int) -> None:
        """Hand a trip to the controller it belongs to."""
        self.trip_waits = False
        observer = self.data.streams[s].kind == OBSERVE
        (self.failover if observer else self.answers).tripped(s)

    def advance(self, until: int) -> None:
        """Bring log, followers and reads to ``until``, to which the circle must have been advanced."""
        self.data.settle(until)

    def changed(self, cause: int | None) -> None:  # noqa: ARG002  # controllers look for what they name
        """Set everything to what the dials say now, and look at the primary."""
        self.control.effects.apply(self.control.clock.now)
        self.failover.watch_primary()

    def take_rows(self) -> dict[str, Table]:
        """Return what happened strictly before the settled time and was not taken yet, and forget it."""
        return emit(self.data, life_ns=self._op_life_ns)

    def final_rows(self) -> dict[str, Table]:
        """Return what had not ended when the run ended, and who could reach whom."""
        return {**final_tables(self.data), "sides": side_table(self.control.network)}

    def counts(self) -> tuple[int, int]:
        """Return how many commits there were, and how many events, sends, receptions and applications."""
        circle, followers = self.data.circle, self.data.followers.values()
        carried = sum(sum(follower.rows.values()) for follower in followers)
        return circle.commits_in_all, circle.events + carried
