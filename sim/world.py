"""A scenario built and driven to its end: from one control of the clock to the next."""

from collections import deque
from collections.abc import Callable

from sim.core.dials import Turn
from sim.core.milestones.faults import FaultHealed, FaultStarted
from sim.engine.clock import REST, Clock
from sim.faults.schedule import Schedule
from sim.journal.milestones import Milestones, heard
from sim.journal.recorder import Slice
from sim.models.conditions import holds
from sim.models.dials import Dials
from sim.models.graph import Graph
from sim.models.network import Links
from sim.models.platform import Assembly
from sim.models.setting import ModelSetting
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario

Pulls = tuple[tuple[int, str], ...]  # (time ns, name of what is pulled)
ALL = "*"  # in place of a name


class World:
    """A resolved scenario, ready to run.

    ``fold`` takes each slice of the journal; ``stepped(now_ns)`` is called after each control.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int,
        trial: int,
        fold: Callable[[Slice], None],
        faults: bool = True,
        stepped: Callable[[int], None] = lambda _: None,
    ) -> None:
        self.clock, self.dials, self.milestones = Clock(), Dials(), Milestones()
        self._fold, self._stepped = fold, stepped
        self._progress: Callable[[float, int], None] | None = None
        self._end = scenario.duration
        self._started: dict[str, int] = {}  # fault -> its newest milestone
        self._pulls: deque[tuple[int, str]] = deque()
        network, graph = Links(scenario, self.dials), Graph()
        self.setting = ModelSetting(
            scenario, self.clock, network, self.dials, self.milestones, graph, seed=seed, trial=trial
        )
        self.assembly = Assembly(self.setting, started=self._start_of, holds=self.holds, full=self._emit)
        struck = scenario if faults else scenario.model_copy(update={"faults": {}})
        self.schedule = Schedule(struck, self.clock, self, seed=seed, trial=trial)

    # --- running --------------------------------------------------------------------------------------------

    def run(
        self, until: int, *, pulls: Pulls = (), progress: Callable[[float, int], None] | None = None
    ) -> None:
        """Run to ``until`` (ns).

        ``pulls``: extra pulls, which must change nothing: (time ns, name), that of a component,
        ``<domain>/<region>/<send|receive|apply|reads>``, ``<domain>/circle`` or ``*`` for all at once.
        """
        self._pulls = deque(sorted(pull for pull in pulls if pull[1] != ALL))
        for moment, name in pulls:
            if name == ALL:
                self.clock.call("pull", moment, self.setting.advance, REST)
        self._progress, self._end = progress, until
        while True:
            self.assembly.circles.advance(self._pull(min(self.clock.peek(), until)))
            if self.clock.peek() >= until:
                break
            self.clock.step()
            self._stepped(self.clock.now)
        self._finish(until)

    def _pull(self, until: float) -> float:
        """Make the extra pulls before ``until``; return ``until``, or the time of a trip that one met."""
        while self._pulls and self._pulls[0][0] < until:
            moment, name = self._pulls.popleft()
            domain = name.partition("/")[0]
            self.assembly.circles.advance_one(domain, moment)
            until = min(until, self.clock.peek())
            self.assembly.pull(name, int(min(moment, until)))
        return until

    def counts(self) -> tuple[int, int]:
        """Return how many commits there were, and how many records the stages have processed in all."""
        counts = [store.counts() for store in self.assembly.stores.values()]
        return sum(writes for writes, _ in counts), sum(events for _, events in counts)

    def _emit(self, domain: str, *, last: bool = False) -> None:
        """Hand on what happened in a domain since the last slice."""
        data = self.assembly.stores[domain].data
        tables = self.setting.graph.rows(domain, data.settled, last=last)
        noted, data.noted = heard(self.milestones.all, data.noted, data.settled)
        self._fold(Slice(domain, data.settled, tables, noted))
        if self._progress is not None:
            reached = min(other.data.settled for other in self.assembly.stores.values())
            self._progress(reached / self._end, reached)

    def _finish(self, until: int) -> None:
        self.setting.graph.advance(until)
        for name in self.schedule.fates:
            self.schedule.close(name)
        for domain in self.assembly.stores:
            self._emit(domain, last=True)

    # --- what faults do and ask -----------------------------------------------------------------------------

    def primaries(self) -> dict[str, str]:
        """Return the present primary's region of each domain."""
        return {name: store.data.primary for name, store in self.assembly.stores.items()}

    def strike(self, fault_id: str, what: list[Turn], *, kind: str) -> None:
        """Put the overlays of a fault, of this ``kind``, on at this moment."""
        self.setting.advance()
        cause = self.setting.note(f"fault/{fault_id}", FaultStarted(fault_kind=kind))
        self._started[fault_id] = cause
        self.dials.strike(fault_id, what, cause)
        self.setting.changed(cause)

    def heal(self, fault_id: str, what: list[Turn]) -> None:
        """Take the overlays away at this moment."""
        self.setting.advance()
        cause = self.setting.note(f"fault/{fault_id}", FaultHealed(), self._started[fault_id])
        self.dials.heal(fault_id, what, cause)
        self.setting.changed(cause)

    def reads(self, fault_id: str, what: list[Turn]) -> int:
        """Return how often the parameters that a fault touches have been read, by kernels and decisions."""
        self.setting.advance()
        return self.dials.reads(fault_id, what)

    def _start_of(self, fault: str) -> int | None:
        """Return when a fault started, None if it has not."""
        fate = self.schedule.fates.get(fault)
        return None if fate is None else fate.started_ns

    def holds(self, when: When) -> bool:
        """Return whether a condition holds now."""
        domains = {name: store.data for name, store in self.assembly.stores.items()}
        return holds(when, domains, self.milestones, self.clock.now)
