"""What the measures of the data path must know beside the journal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.core import dials as d
from sim.core.names import known_as
from sim.core.stages import DROPS, ZONES, part_of
from sim.measure.platform.ages import Span
from sim.spec.faults.turned import turned

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


@dataclass(frozen=True, slots=True)
class ReaderSetup:
    """A consumer: how old its state may be, how often it saves its position, how late records may be (ns)."""

    fresh_ns: int
    commit_ns: int
    lateness_ns: int


@dataclass(frozen=True, slots=True)
class ReplaySetup:
    """A replay ``into`` a consumer, None: a database; ``idempotent``: what is there changes nothing."""

    into: str | None
    idempotent: bool = True


@dataclass(frozen=True, slots=True)
class InsightSetup:
    """What reads the analytics tables of ``domains`` in ``regions`` (indices); ``fresh_ns``: its level."""

    domains: tuple[str, ...]
    regions: tuple[int, ...]
    fresh_ns: int


@dataclass(frozen=True, slots=True)
class PathSetup:
    """The measures' view of one domain's data path. Regions are indices in the sorted names, times in ns.

    ``retentions``: (fault or None, region or None, retention) of the base and of each truncation. ``lake``:
    where the lake is computed at first, None without one; ``lake_standby``: where it may be;
    ``lateness_ns``: how late records of its tables may be; ``drops``: the stages that drop records.
    """

    domain: str
    regions: tuple[str, ...]
    primary: int
    span: Span
    events_fresh_ns: int
    consumers: Mapping[str, ReaderSetup] = field(default_factory=dict)
    retentions: tuple[tuple[str | None, int | None, int], ...] = ()
    lake: int | None = None
    lake_standby: tuple[int, ...] = ()
    zones_fresh_ns: Mapping[str, int] = field(default_factory=dict)
    lateness_ns: int = 0
    deduplicate: bool = True
    insights: Mapping[str, InsightSetup] = field(default_factory=dict)
    replays: Mapping[str, ReplaySetup] = field(default_factory=dict)
    drops: tuple[str, ...] = ()

    @property
    def own_insights(self) -> dict[str, InsightSetup]:
        """Return the insights that read this domain."""
        return {name: i for name, i in self.insights.items() if self.domain in i.domains}


def path_setup_of(scenario: "Scenario", domain: str) -> PathSetup | None:
    """Return the setup of one domain of a resolved scenario, None if it has no bus."""
    if scenario.bus is None:
        return None
    regions = tuple(sorted(scenario.regions))
    lake, fresh = scenario.lake, scenario.fresh
    return PathSetup(
        domain=domain,
        regions=regions,
        primary=regions.index(scenario.databases[domain].primary),
        span=Span(scenario.warmup, scenario.level.hold, scenario.duration),
        events_fresh_ns=fresh.events,
        consumers={
            known_as(name): ReaderSetup(c.fresh, c.commit, c.lateness)
            for name, c in sorted(scenario.consumers.items())
            if c.of == domain
        },
        retentions=((None, None, scenario.bus.retention), *_truncations(scenario, domain, regions)),
        lake=None if lake is None else regions.index(lake.home),
        lake_standby=() if lake is None else tuple(regions.index(r) for r in (lake.home, *lake.standby)),
        zones_fresh_ns={zone: getattr(fresh, zone) for zone in ZONES} if lake is not None else {},
        lateness_ns=0 if lake is None else lake.stream.lateness,
        deduplicate=lake is None or lake.curated.deduplicate,
        insights={
            name: InsightSetup(tuple(i.reads), tuple(regions.index(r) for r in i.regions or regions), i.fresh)
            for name, i in sorted(scenario.insights.items())
        },
        replays={
            name: ReplaySetup(
                None if replay.consumer is None else known_as(replay.consumer), replay.idempotent
            )
            for name, replay in sorted(scenario.replays.items())
            if replay.of == domain
        },
        drops=tuple(stage.name for stage in DROPS if part_of(scenario, stage)),
    )


def _truncations(
    scenario: "Scenario", domain: str, regions: tuple[str, ...]
) -> Iterator[tuple[str, int, int]]:
    for name, turn in turned(scenario, d.RETENTION):
        if turn.of[0] == domain:
            yield name, regions.index(turn.of[1]), turn.value
