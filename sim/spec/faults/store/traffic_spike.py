"""Load that rises, or falls."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sim.core import dials as d
from sim.spec.faults.fault import Fault
from sim.spec.faults.scene import FaultScene
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path
from sim.spec.types import Factor, Name


class TrafficSpike(Fault):
    """Arrival rates are multiplied."""

    why_nothing: ClassVar[str] = "no arrivals with a rate match (a trace has its own times)"

    kind: Literal["traffic_spike"]
    factor: Factor
    """What the rates are multiplied by."""
    database: str = "*"
    """The database, or ``*`` for all. Default: all."""
    client: Name | None = None
    """Of which group of clients. Default: all."""
    operation: Literal["read", "write"] | None = None
    """Reads or writes. Default: both."""

    def check(self, platform: Platform, path: Path) -> Iterator[Complaint]:
        """The factor is not 1."""
        if self.factor == 1:
            yield Complaint((*path, "factor"), "a factor of 1 changes nothing")

    def turns(self, scene: FaultScene) -> list[d.Turn]:
        """The rate of each stream that has one."""
        return [d.SPIKE.turn(name, value=self.factor) for name in self._streams(scene)]

    def _streams(self, scene: FaultScene) -> Iterator[str]:
        groups = scene.platform.clients.items()
        clients = [name for name, group in groups if group.share > 0 and self.client in (None, name)]
        for domain in scene.domains(self.database):
            load = scene.platform.databases[domain].workload
            rates = {"read": load.reads, "write": load.writes} if load.arrivals.kind != "trace" else {}
            words = [word for word, rate in rates.items() if rate > 0 and self.operation in (None, word)]
            yield from (f"{domain}/{client}/{word}" for client in clients for word in words)
