"""The data paths of all domains, and the brokers that they share."""

from collections.abc import Callable, Mapping
from math import inf

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.engine.clock import Steps
from sim.journal.recorder import Table
from sim.models.bus.calls import Calls
from sim.models.bus.cluster import Cluster
from sim.models.bus.mirror import Jitters
from sim.models.bus.replay import Rerun
from sim.models.control import Control
from sim.models.dials import Strike
from sim.models.lake.insights import Insight
from sim.models.lake.lake import House, Lake
from sim.models.lake.stream import serves
from sim.models.pipeline import Path
from sim.models.setting import Setting
from sim.models.store.workload import Tables
from sim.spec.bus.replay import DATABASE, Replay
from sim.spec.faults.turned import turned
from sim.spec.faults.when import When
from sim.spec.scenario import Scenario


class Plane:
    """Every domain's data path, the clusters they share, the lake and the insights.

    ``controls``: by domain; ``jitters``: every jitter that a link can come to have. The domains must be
    advanced to a moment before anything is called at it.
    """

    def __init__(
        self, scenario: Scenario, controls: Mapping[str, Control], *, jitters: list[Distribution]
    ) -> None:
        bus = scenario.bus
        assert bus is not None, "there is a data path if there is a bus"
        self._bus, self._controls = bus, dict(controls)
        self._clusters = {
            region: Cluster(region, partitions=bus.partitions, brokers=bus.brokers)
            for region in sorted(scenario.regions)
        }
        tables = Tables()
        for jitter in jitters:
            tables.add(jitter)
        shared = Jitters(tables, tables.encode())
        targets = {name: control.domain for name, control in self._controls.items()}
        self.paths: dict[str, Path] = {}
        self._settings: dict[str, Setting] = {}
        for name, control in self._controls.items():
            setting = self._settings[name] = Setting(control)
            path = self.paths[name] = Path(
                setting, self._clusters, shared, hold=_hold(scenario), targets=targets
            )
            setting.advance = path.advance_to_now
        self._houses: dict[str, House] = {}
        self._lake = self._build_lake(scenario) if scenario.lake is not None else None
        some = next(iter(self._controls.values()))
        some.dials.listen(d.ELECTION, struck=self._elect, healed=self._leads_again)

    def _build_lake(self, scenario: Scenario) -> Lake:
        rules = scenario.lake
        assert rules is not None, "asked for if there is one"
        asked = rules.stream.lookup
        for name, path in self.paths.items():
            house = self._houses[name] = House(
                self._settings[name],
                buses=path.buses,
                start_of=path.start_of,
                serves=None if asked is None else self._serves(asked),
            )
            path.parts.append(house)
            path.offsets.watch(house.stream.reader, rules, home=rules.home)
        some = next(iter(self._settings.values()))
        for name, insight in scenario.insights.items():
            Insight(name, insight, [self._houses[domain] for domain in insight.reads], some)
        return Lake(self._houses, some)

    def _serves(self, name: str) -> Callable[[str], bool]:
        control = self._controls[name]
        return lambda region: serves(control.domain, control.network, region)

    def replay(
        self,
        replays: Mapping[str, Replay],
        *,
        started: Callable[[str], int | None],
        holds: Callable[[When], bool],
    ) -> None:
        """Let replays begin in time. ``started``: when a fault did; ``holds``: whether a condition does."""
        for name, spec in sorted(replays.items()):
            path, setting = self.paths[spec.of], self._settings[spec.of]
            into_store = spec.into == DATABASE
            part = Rerun(
                setting,
                name,
                spec,
                path.buses[spec.region],
                started=started,
                holds=holds,
                calls=Calls(setting.control.domain, name) if into_store else None,
                origins=path.origins if into_store else None,
            )
            path.parts.append(part)
            path.callers += [part] if into_store else []

    # --- time -----------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Bring everything to now."""
        for path in self.paths.values():
            path.advance_to_now()

    def pull(self, until: int) -> None:
        """Bring what calls domains to ``until``, before which nothing else changes.

        The circles must have been advanced to the last tick of a relay before that.
        """
        for path in self.paths.values():
            if path.origins is not None:
                path.pull(until)

    def foresee(self, now: int, until: int) -> None:
        """Tell domains what they will be called for before ``until``; as ``pull``. Circles are at ``now``."""
        for path in self.paths.values():
            if path.origins is not None:
                path.foresee(now, until)

    def next_tick(self, after: int) -> float:
        """Return the next time at which a relay can take up commits that lead to calls, infinity if none."""
        intervals = [path.relay.interval for path in self.paths.values() if path.origins is not None]
        return min(((after // every + 1) * every for every in intervals), default=inf)

    def rows(self, domain: str, until: int, *, ended: int | None, last: bool) -> dict[str, Table]:
        """Return a domain's new rows for the journal, all those before ``until``; of the ``last`` slice.

        ``ended``: how far every circle has been advanced, None if this does not matter.
        """
        self.paths[domain].advance(until, ended=ended)
        return self.paths[domain].rows(until, last=last)

    # --- what happens to it ---------------------------------------------------------------------------------

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self.advance()
        for path in self.paths.values():
            path.changed(cause)
        if self._lake is not None:
            self._lake.changed(cause)

    def promoted(self, domain: str, cut: int, cut_ns: int, cause: int) -> None:
        """A new timeline of a domain has begun now after record ``cut``, committed at ``cut_ns``."""
        self.paths[domain].relay.promoted(cut, cut_ns, cause)

    # --- brokers --------------------------------------------------------------------------------------------

    def _elect(self, strike: Strike) -> None:
        """A broker's partitions have no leader until an election is over."""
        (region, broker), lost = strike.of, strike.value
        cluster, control = self._clusters[region], next(iter(self._controls.values()))
        led = cluster.strike(strike.fault, int(broker))
        now = control.clock.now
        control.dials.hits[strike.fault] += control.network.up(region)
        down = control.note(
            "partitions.down", f"bus/{region}", f"broker {broker} leads no more", strike.cause
        )
        for path in self.paths.values():
            path.closed(region)
            if lost:
                path.buses[region].lose_since(now - lost, led, now)
        wait = control.draw(f"bus/{region}", self._bus.election, Purpose.ELECTION, rid=cluster.elections)
        cluster.elections += 1
        control.clock.run(self._election(strike.fault, region, wait, down))

    def _election(self, fault: str, region: str, wait: int, cause: int) -> Steps:
        yield next(iter(self._controls.values())).clock.sleep(f"bus/{region}", wait)
        self.advance()
        if self._clusters[region].elected(fault):
            self._opened(region, cause)

    def _leads_again(self, strike: Strike) -> None:
        region = strike.of[0]
        if self._clusters[region].heal(strike.fault):
            self._opened(region, strike.cause)

    def _opened(self, region: str, cause: int) -> None:
        control = next(iter(self._controls.values()))
        control.note("partitions.up", f"bus/{region}", "the partitions have a leader", cause)
        for path in self.paths.values():
            path.opened(region)
        for waiting in self._controls.values():
            waiting.announce()


def _hold(scenario: Scenario) -> int:
    """Return how far back elections can take rows away, ns."""
    return max((turn.value for _, turn in turned(scenario, d.ELECTION)), default=0)
