"""The lakehouse: stream job, table jobs and copies of each domain, and where all that is computed."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from sim.core.milestones.flows import LakeMoved
from sim.core.stages import ZONES
from sim.models.bus.bus import RegionBus
from sim.models.bus.offsets import Offsets
from sim.models.component import Component
from sim.models.lake.insights import Refreshes
from sim.models.lake.jobs import TableJob
from sim.models.lake.stream import StreamJob
from sim.models.lake.sync import TableSync
from sim.models.lake.tables import ZoneTables
from sim.models.moves import Mover
from sim.models.setting import ModelSetting


class DomainLake:
    """What the lakehouse has of one domain.

    ``serves(region)``: whether the node that the stream job's look-up asks serves there, None without one.
    """

    def __init__(
        self,
        setting: ModelSetting,
        *,
        buses: Mapping[str, RegionBus],
        offsets: Offsets,
        serves: Callable[[str], bool] | None,
    ) -> None:
        lake = setting.scenario.lake
        assert lake is not None, "there is a lake"
        self.setting = setting
        self.tables = ZoneTables(setting, grown=lambda table: self.sync.grown(table))
        self.stream = StreamJob(setting, self.tables, buses=buses, offsets=offsets, serves=serves)
        self.jobs = [
            TableJob(
                setting, self.tables, source=source, zone=zone, home=lake.home, rules=getattr(lake, zone)
            )
            for source, zone in pairwise(ZONES)
        ]
        self.sync = TableSync(setting, self.tables, lake.home)
        self.refreshes = Refreshes(setting, self.tables)

    @property
    def components(self) -> list[Component]:
        """All of it."""
        return [self.tables, self.stream, *self.jobs, self.sync, self.refreshes]

    def move(self, region: str) -> None:
        """Compute this domain in another region."""
        self.stream.move(region)
        for job in self.jobs:
            job.move(region)
        self.sync.move(region)


class Lakehouse(Component):
    """Where the lakehouse of all domains is computed."""

    def __init__(self, setting: ModelSetting, lakes: Iterable[DomainLake]) -> None:
        lake = setting.scenario.lake
        assert lake is not None, "it is there"
        self.name, self.domain = "*/lake", None
        self._setting, self._lakes = setting, list(lakes)
        self._moves = Mover(setting, "lake", places=[lake.home, *lake.standby], rules=lake, move=self._move)

    def changed(self, cause: int | None) -> None:
        """Take notice of a change in the world now."""
        self._moves.look(cause)

    def _move(self, region: str, cause: int | None) -> None:
        self._setting.note("lake", LakeMoved(region=region), cause)
        for lake in self._lakes:
            lake.move(region)
