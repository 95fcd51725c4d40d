"""Build: resolved scenario -> wired models. The one file that knows everyone."""

from collections import deque
from collections.abc import Callable
from functools import partial
from math import inf

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.engine.circle import layout as at
from sim.engine.clock import REST, Clock
from sim.faults.schedule import Schedule
from sim.journal.milestones import Milestones
from sim.journal.recorder import Slice, Table
from sim.measure.store.setup import op_life_ns
from sim.models.conditions import holds
from sim.models.control import Control
from sim.models.dials import Dials
from sim.models.network import Network
from sim.models.platform import Plane
from sim.models.pulls import pull
from sim.models.store.copies import side_table
from sim.models.store.dial_reads import count_reads
from sim.models.store.domain import Domain
from sim.models.store.effects import Effects
from sim.models.store.emission import emit, final_tables
from sim.models.store.failover import Failover
from sim.models.store.load_shapes import shapes
from sim.models.store.outages import Nodes, Regions
from sim.models.store.recorded_load import arrivals
from sim.models.store.rejoin import Rejoin
from sim.models.store.routing import Answers, Routes
from sim.models.store.workload import Tables, build, streams_of
from sim.spec.bus.handlers import coupled
from sim.spec.faults.turned import turned
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario

Pulls = tuple[tuple[int, str], ...]  # (time ns, name of a cursor)
ALL = "*"  # in place of the name


class Service:
    """One domain with its controllers."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.domain = control.domain
        self.rejoin = Rejoin(control)
        self.failover = Failover(control, Routes(control), self.rejoin)
        self.answers = Answers(control)
        self.nodes = Nodes(control, self.failover, self.rejoin)
        self.pending = False  # a trip waits for its turn on the clock

    def tripped(self, s: int) -> None:
        """Hand a trip to the controller it belongs to."""
        self.pending = False
        observer = self.domain.streams[s].kind == at.OBSERVE
        (self.failover if observer else self.answers).tripped(s)


class World:
    """A resolved scenario, ready to run. ``fold`` takes each slice of the journal."""

    def __init__(
        self, scenario: Scenario, *, seed: int, trial: int, fold: Callable[[Slice], None], faults: bool = True
    ) -> None:
        self.scenario, self.seed, self.trial = scenario, seed, trial
        self.clock, self.dials, self.milestones = Clock(), Dials(), Milestones()
        self.network = Network(scenario, self.dials)
        self._fold = fold
        self._progress: Callable[[float, int], None] | None = None
        self._end = scenario.duration
        self._started: dict[str, int] = {}  # fault -> its newest milestone
        self._pulls: deque[tuple[int, str]] = deque()
        self._together = 0  # the circles of coupled domains have been advanced so far
        self.services = {name: self._service(name) for name in sorted(scenario.databases)}
        self.regions = Regions(service.control for service in self.services.values())
        together = coupled(scenario)
        self._coupled = [service for name, service in self.services.items() if name in together]
        self._apart = [service for name, service in self.services.items() if name not in together]
        struck = scenario if faults else scenario.model_copy(update={"faults": {}})
        self.plane = None if scenario.bus is None else self._plane(scenario)
        self.schedule = Schedule(struck, self.clock, self, seed=seed, trial=trial)
        if self.plane is not None:
            self.plane.replay(scenario.replays, started=self._start_of, holds=self.holds)

    # --- building -------------------------------------------------------------------------------------------

    def _service(self, name: str) -> Service:
        scenario, seed, trial = self.scenario, self.seed, self.trial
        database = scenario.databases[name]
        tables = Tables()
        for distribution in self._jitters():
            tables.add(distribution)
        apply = tables.add(database.replication.apply)
        streams = streams_of(scenario, name, arrivals(scenario, name))
        circle = build(scenario, name, streams, seed=seed, trial=trial, tables=tables)
        regions = sorted(scenario.regions)
        domain = Domain(name, circle, streams, regions, keys=database.workload.keys.count)
        domain.place(
            database.primary, database.replicas, table=tables.encode(), apply=apply, seed=seed, trial=trial
        )
        effects = Effects(scenario, domain, self.network, self.dials, tables=tables)
        control = Control(
            scenario, self.clock, domain, effects, self.network, self.dials, self.milestones, seed, trial
        )
        domain.on_full = lambda: self._emit(service)
        count_reads(self.dials, domain)
        effects.new_primary(0)
        for steps in shapes(control):
            self.clock.run(steps)
        effects.apply(0)
        service = Service(control)
        return service

    def _plane(self, scenario: Scenario) -> Plane:
        controls = {name: service.control for name, service in self.services.items()}
        plane = Plane(scenario, controls, jitters=self._jitters())
        for control in controls.values():
            control.path = plane
        return plane

    def _jitters(self) -> list[Distribution]:
        """Return every jitter that a link can come to have."""
        links = [link.jitter for link in self.scenario.network.links.values()]
        faults = [turn.value for _, turn in turned(self.scenario, d.JITTER)]
        return [self.scenario.network.access.jitter, *links, *dict.fromkeys(faults)]

    # --- running --------------------------------------------------------------------------------------------

    def run(
        self, until: int, *, pulls: Pulls = (), progress: Callable[[float, int], None] | None = None
    ) -> None:
        """Run to ``until`` (ns).

        ``pulls``: extra pulls, which must change nothing: (time ns, name of a cursor), the name being
        ``<domain>/circle``, ``<domain>/<region>/<send|receive|apply|reads>``, ``<domain>/<of path.pulls>`` or
        ``*`` for all at once.
        """
        self._pulls = deque(sorted(pull for pull in pulls if pull[1] != ALL))
        for moment, name in pulls:
            if name == ALL:
                self.clock.call("pull", moment, self.settle, REST)
        self._progress, self._end = progress, until
        while True:
            self._advance(self._pull(min(self.clock.peek(), until)))
            if self.clock.peek() >= until:
                break
            self.clock.step()
        self._finish(until)

    def _advance(self, until: float) -> None:
        """Run every circle to ``until``; a trip becomes a control of its own at its time."""
        for service in self._apart:
            until = min(until, self._run_circle(service, until))
        while self._coupled and self._together < until and not any(s.pending for s in self._coupled):
            self._step(until)

    def _step(self, until: float) -> None:
        """Run coupled circles to one time before which no checker can change its mind, at most ``until``.

        What is called meanwhile is known: it follows from what was committed before the relays' last tick.
        At least one ns: a trip at its beginning comes after what happens at that time on the data path, which
        it cannot change at once.
        """
        assert self.plane is not None, "without a data path every domain is apart"
        sure = min(service.domain.sure_until() for service in self._coupled)
        bound = min(until, self.plane.next_tick(self._together), max(sure, self._together + 1))
        if sure > self._together:
            self.plane.foresee(self._together, int(bound))
        else:
            self.plane.pull(int(bound))
        stopped = [self._run_circle(service, bound) for service in self._coupled]
        self._together = int(min(bound, *stopped))

    def _run_circle(self, service: Service, until: float) -> float:
        """Run one circle to ``until``; return the time of the trip that stopped it, infinity if none did."""
        domain = service.domain
        if service.pending or domain.position >= until:
            return inf
        tripped = domain.advance(int(until))
        if tripped is None:
            return inf
        service.pending = True
        self.clock.call(f"trip/{domain.name}", domain.position, partial(service.tripped, tripped), REST)
        return domain.position

    def _pull(self, until: float) -> float:
        """Make the extra pulls before ``until``; return ``until``, or the time of a trip that one met."""
        while self._pulls and self._pulls[0][0] < until:
            moment, name = self._pulls.popleft()
            store, *node, cursor = name.split("/")
            if self.services[store] in self._apart:
                until = min(until, self._run_circle(self.services[store], moment))
            else:
                self._advance(moment)
                until = min(until, self.clock.peek())
            if node:
                self.services[store].domain.pull(node[0], cursor, moment)
            elif self.plane is not None and cursor != "circle":
                pull(self.plane.paths[store], cursor, int(min(moment, until)))
        return until

    def counts(self) -> tuple[int, int]:
        """Return how many commits there were, and how many records the stages have processed in all.

        The latter are the circles' events and the flows' sends, receptions and applications.
        """
        domains = [service.domain for service in self.services.values()]
        writes = sum(int(domain.circle.reg[at.COMMITS]) for domain in domains)
        events = sum(int(domain.circle.reg[at.EVENTS]) for domain in domains)
        carried = sum(
            sum(follower.rows.values()) for domain in domains for follower in domain.followers.values()
        )
        return writes, events + carried

    def settle(self) -> None:
        """Bring every domain's cursors to now."""
        for service in self.services.values():
            service.control.settle()
        if self.plane is not None:
            self.plane.advance()

    def _emit(self, service: Service) -> None:
        self._fold(self._slice(service.domain))
        if self._progress is not None:
            reached = min(other.domain.settled for other in self.services.values())
            self._progress(reached / self._end, reached)

    def _slice(self, domain: Domain, *, last: bool = False) -> Slice:
        """Return what happened in a domain since the last slice."""
        rows: dict[str, Table] = {}
        if self.plane is not None:
            ended = self._together if self._coupled and not last else None
            rows = self.plane.rows(domain.name, domain.settled, ended=ended, last=last)
        life_ns = op_life_ns(self.scenario, domain.name)
        part = emit(domain, life_ns=life_ns, milestones=self.milestones.all)
        part.tables.update(rows)
        return part

    def _finish(self, until: int) -> None:
        for service in self.services.values():
            service.domain.settle(until)
            if self.plane is not None:
                self.plane.paths[service.domain.name].advance(until)
        for name in self.schedule.fates:
            self.schedule.close(name)
        for service in self.services.values():
            domain = service.domain
            part = self._slice(domain, last=True)
            part.tables["sides"] = side_table(self.network)
            final = final_tables(domain).items()
            part.tables.update({name: table for name, table in final if len(next(iter(table.values())))})
            self._fold(part)

    # --- what faults do -------------------------------------------------------------------------------------

    def primaries(self) -> dict[str, str]:
        """Return the present primary's region of each domain."""
        return {name: service.domain.primary for name, service in self.services.items()}

    def strike(self, fault_id: str, what: list[d.Turn], *, why: str) -> None:
        """Put the overlays on at this moment."""
        self.settle()
        cause = self.milestones.add(self.clock.now, "fault.started", f"fault/{fault_id}", why, cause=None)
        self._started[fault_id] = cause
        self.dials.strike(fault_id, what, cause)
        self._changed(cause)

    def heal(self, fault_id: str, what: list[d.Turn]) -> None:
        """Take the overlays away at this moment."""
        self.settle()
        started = self._started[fault_id]
        cause = self.milestones.add(
            self.clock.now, "fault.healed", f"fault/{fault_id}", "over", cause=started
        )
        self.dials.heal(fault_id, what, cause)
        self._changed(cause)

    def _changed(self, cause: int) -> None:
        for service in self.services.values():
            service.control.effects.apply(self.clock.now)
            service.failover.watch_primary()
        if self.plane is not None:
            self.plane.changed(cause)
        for service in self.services.values():
            service.control.announce()

    # --- what faults ask ------------------------------------------------------------------------------------

    def reads(self, fault_id: str, what: list[d.Turn]) -> int:
        """Return how often the parameters that a fault touches have been read, by kernels and decisions."""
        self.settle()
        return self.dials.reads(fault_id, what)

    def _start_of(self, fault: str) -> int | None:
        """Return when a fault started, None if it has not."""
        fate = self.schedule.fates.get(fault)
        return None if fate is None else fate.started_ns

    def holds(self, when: When) -> bool:
        """Return whether a condition holds now."""
        controls = {name: service.control for name, service in self.services.items()}
        return holds(when, controls, self.milestones)
