"""The stages of the data path, in the order in which records pass them: each is declared here, once.

The journal's tables, the waterfall, reports and the names in objectives are made from what is declared.
Semantics: docs/data-path.md; what the figures of a stage mean: docs/measures.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.core.draws import Purpose

ONCE, REGIONS, CONSUMERS = "", "regions", "consumers"  # how many there are of a stage in a domain
LAKE = "lake"

# Positions are rows of ``bus/<region>``, from 0; regions are indices in the sorted names.
_EVENTS = {"at_ns": np.int64, "version": np.int64, "origin": np.int16}
_RANGES = {
    "at_ns": np.int64,
    "commit": np.int64,  # number in its table
    "source": np.int16,  # region of the bus
    "begin": np.int64,
    "end": np.int64,
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A place where records of a domain are.

    ``name``: in figures and objectives, ``<domain>.<name>``; where there is one in each of ``REGIONS``,
    ``<domain>.<name>/<region>``; of ``CONSUMERS`` each has its own. ``room``: what a scenario must have for
    it. ``says``: what holds its records, a clause. ``rows``: columns of the journal's tables
    ``<name>/<region>`` that say what it holds; none: other tables tell. ``draw``: for what the time is drawn
    that it takes to bring records here, 0 for nothing. ``capability``: what is judged by how fresh it is.
    ``copies``: the stage that has the same records where the primary is, or the lake is computed; figures
    name only that one there. ``drops``: whether it lets through only some of what reaches it; the journal's
    table ``dropped/<name>`` says what it keeps back, which no later stage gets.
    """

    name: str
    room: str
    says: str
    each: str = ONCE
    rows: Mapping[str, type] = field(default_factory=dict)
    draw: int = 0
    capability: str = ""
    copies: "Stage | None" = None
    drops: bool = False

    def at(self, place: str) -> str:
        """Return its name in one region; of tables, where they are."""
        return f"{self.name}/{place}"

    def names(self, regions: Iterable[str]) -> list[str]:
        """Return the names that it has in figures."""
        return [self.at(region) for region in regions] if self.each == REGIONS else [self.name]


REPLICA = Stage("replica", "databases", "the database: commits of the surviving timeline", draw=Purpose.APPLY)
OUTBOX = Stage("outbox", "bus", "what a relay published, in whatever region")
VALIDATION = Stage(
    "validation", "bus.validation", "what of that is not bad, where a scenario validates", draw=Purpose.OCCUR,
    drops=True,
)  # fmt: skip
BUS = Stage(
    "bus", "bus",
    "rows of the bus in the present primary's region that are not gone (expired ones were there)",
    rows=_EVENTS, draw=Purpose.PUBLISH, capability="{domain}.events",
)  # fmt: skip
MIRROR = Stage("mirror", "bus", "the same in each other region", each=REGIONS, copies=BUS)
READ = Stage(
    "consumer", "consumers", "what that consumer completed, in whatever region", each=CONSUMERS,
    draw=Purpose.CONSUME, capability="{domain}.{name}",
)  # fmt: skip
RAW = Stage(
    "raw", LAKE, "what the stream job committed, in the lake's present region, as it is at the end",
    rows=_RANGES, draw=Purpose.CONSUME, capability="lake.raw",
)  # fmt: skip
CURATED = Stage(
    "curated", LAKE, "the table made of that, likewise",
    rows=_RANGES, draw=Purpose.JOB, capability="lake.curated",
)  # fmt: skip
ANALYTICS = Stage(
    "analytics", LAKE, "the table made of that, which insights read",
    rows=_RANGES, draw=Purpose.JOB, capability="lake.analytics",
)  # fmt: skip
COPY = Stage(
    "copy", LAKE, "the analytics table of each other region",
    each=REGIONS, draw=Purpose.SYNC, copies=ANALYTICS,
)  # fmt: skip

STAGES = (REPLICA, OUTBOX, VALIDATION, BUS, MIRROR, READ, RAW, CURATED, ANALYTICS, COPY)
TABLES = (RAW, CURATED, ANALYTICS)  # of the lake, each made of the one before
DROPS = tuple(stage for stage in STAGES if stage.drops)
ZONES = tuple(table.name for table in TABLES)


def part_of(scenario: object, stage: Stage) -> bool:
    """Return whether a scenario that has a bus has a stage."""
    found = scenario
    for section in stage.room.split("."):
        found = getattr(found, section)
    return found is not None


def stage_of(name: str) -> Stage:
    """Return the stage that has a name in figures; consumers' names are their own."""
    head = name.partition("/")[0]
    return next((stage for stage in STAGES if stage.name == head and stage.each != CONSUMERS), READ)


def in_order(names: Iterable[str]) -> list[str]:
    """Return names of stages in the order in which records pass them, those of one stage as they came."""
    return sorted(names, key=lambda name: STAGES.index(stage_of(name)))
