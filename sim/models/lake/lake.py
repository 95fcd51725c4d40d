"""The lakehouse: stream job, table jobs and copies of each domain, and where all that is computed."""

from collections.abc import Callable, Mapping

import numpy as np

from sim.core import dials as d
from sim.journal.recorder import Table as Columns
from sim.models.bus.bus import Bus
from sim.models.lake.jobs import Job
from sim.models.lake.stream import Stream
from sim.models.lake.sync import Sync
from sim.models.lake.tables import Tables
from sim.models.moves import Moves
from sim.models.setting import Setting
from sim.spec.faults.turned import turned


class House:
    """What the lakehouse has of one domain; a part of its data path.

    ``start_of(reader, from, to, start=...)``: where the stream job begins after a move; ``serves(region)``:
    whether the node that its look-up asks serves there, None without one.
    """

    def __init__(
        self,
        setting: Setting,
        *,
        buses: Mapping[str, Bus],
        start_of: Callable[..., int],
        serves: Callable[[str], bool] | None,
    ) -> None:
        lake = setting.scenario.lake
        assert lake is not None, "a scenario without a lake has no houses"
        self.setting, self.tables = setting, Tables(setting)
        self.stream = Stream(setting, self.tables, buses=buses, start_of=start_of, serves=serves)
        self.jobs = [
            Job(setting, self.tables, source=source, zone=zone, home=lake.home, rules=rules)
            for source, zone, rules in (
                ("raw", "curated", lake.curated),
                ("curated", "analytics", lake.analytics),
            )
        ]
        self.sync = Sync(setting, self.tables, lake.home)
        self._refreshes: dict[str, list[tuple[int, int, int]]] = {}  # for the journal: at, ok, commits
        # what a region loses with its data is sent anew from the first commit on
        self._all_needed = any(turn.value == "lost" for _, turn in turned(setting.scenario, d.BUS_DATA))

    # --- a part of the data path ----------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """The bus has come to ``until``; so does the stream job."""
        self.stream.advance(until)

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self.tables.changed()
        self.stream.changed(cause)
        for job in self.jobs:
            job.process.look(cause)
        self.sync.changed()

    def lost(self, region: str, cause: int | None) -> None:  # noqa: ARG002  # nothing is noted here
        """A region's tables are emptied."""
        self.sync.lost(region)
        for job in self.jobs:
            if job.process.region == region:
                job.read = 0

    def move(self, region: str) -> None:
        """Compute this domain in another region."""
        self.stream.move(region)
        for job in self.jobs:
            job.move(region)
        self.sync.move(region)

    def refreshed(self, name: str, region: str, *, ok: bool) -> None:
        """An insight has been refreshed now, or has failed to."""
        now = self.setting.now
        commits = self.tables.of["analytics"][region].visible(now)
        self._refreshes.setdefault(f"refresh/{name}/{region}", []).append((now, int(ok), commits))

    # --- the journal ----------------------------------------------------------------------------------------

    def needs(self, region: str) -> int | None:
        """Return the first row of a region's bus that the stream job, where it is, may still ask for."""
        return self.stream.reader.low() if self.stream.process.region == region else None

    def rows(self) -> dict[str, Columns]:
        """Return the journal's new rows by table name, and forget commits that nobody will ask for."""
        settled = self.setting.control.domain.settled
        if not self._all_needed:
            self._drop()
        return {
            **self.tables.take_rows(),
            **self.stream.rows(),
            **self.sync.take_rows(settled, last=False),
            **self._take_refreshes(),
        }

    def final(self) -> dict[str, Columns]:
        """Return what dangles when the run ends, and what the stream job has not done."""
        return {
            **self.sync.take_rows(self.setting.control.domain.settled, last=True),
            **self.stream.final(),
        }

    def _take_refreshes(self) -> dict[str, Columns]:
        found, self._refreshes = self._refreshes, {}
        return {
            name: {
                "at_ns": np.array([row[0] for row in rows], np.int64),
                "ok": np.array([row[1] for row in rows], np.int8),
                "commits": np.array([row[2] for row in rows], np.int64),
            }
            for name, rows in found.items()
        }

    def _drop(self) -> None:
        """Drop commits that every region shares and that every job, wherever it may go on, has read."""
        read = None  # so many commits of this zone have been read for good
        for job, zone in ((None, "analytics"), (self.jobs[1], "curated"), (self.jobs[0], "raw")):
            tables = self.tables.of[zone].values()
            floor = min(self.sync.shared(zone, table.region) for table in tables)
            if job is not None and read is not None:
                floor = min(floor, read, job.read)
            for table in tables:
                table.drop(floor - 1)  # the last one says what had been read
            read = min(table.least_read() for table in tables)


class Lake:
    """Where the lakehouse of all domains is computed. ``houses``: by domain."""

    def __init__(self, houses: dict[str, House], setting: Setting) -> None:
        lake = setting.scenario.lake
        assert lake is not None, "it is there"
        self._houses, self._setting = houses, setting
        self._moves = Moves(setting, "lake", places=[lake.home, *lake.standby], rules=lake, move=self._move)

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self._moves.look(cause)

    def _move(self, region: str, cause: int | None) -> None:
        for house in self._houses.values():
            house.setting.advance()
        self._setting.note("lake.moved", "lake", f"it is computed in {region} now", cause)
        for house in self._houses.values():
            house.move(region)
