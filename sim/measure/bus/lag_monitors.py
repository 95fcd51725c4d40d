"""The monitors of one domain: of each standby, mirror and consumer."""

from collections.abc import Mapping, Sequence

from sim.core.stages import MIRROR, REPLICA
from sim.measure.bus.figures import MonitorFigures
from sim.measure.bus.monitors import ConsumerLag, MirrorLag, MonitorLook, Replica, age
from sim.measure.platform.ages import SECOND, Ages
from sim.measure.platform.setup import PathSetup
from sim.measure.store.line import Line


class Lookout:
    """Every lag metric of one domain."""

    def __init__(self, setup: PathSetup, line: Line) -> None:
        self._setup, self._line, self._looks = setup, line, 0
        self.replicas = {region: Replica(line) for region in setup.regions}
        self.mirrors: dict[tuple[int, int], MirrorLag] = {}
        self.consumers = {name: ConsumerLag(reader.commit_ns) for name, reader in setup.consumers.items()}

    def mirror(self, source: int, to: int) -> MirrorLag:
        """Return the metric of a mirror, which begins to exist with its first row."""
        return self.mirrors.setdefault((source, to), MirrorLag(self._line))

    def promoted(self, cut: int) -> None:
        """A promotion abandoned what lies beyond log sequence number ``cut``."""
        for replica in self.replicas.values():
            replica.received, replica.applied = min(replica.received, cut), min(replica.applied, cut)

    def sample(
        self,
        look: MonitorLook,
        *,
        primary: int,
        buses: Sequence[int],
        consumers: Mapping[str, int],
        ends: Sequence[int],
    ) -> None:
        """Look at everything. The node in region ``primary`` receives nothing, so it has no lag.

        ``buses`` and ``consumers``: the oldest version that is missing there; ``ends``: rows of each bus.
        """
        self._looks += look.fault is None
        for number, region in enumerate(self._setup.regions):
            replica = self.replicas[region]
            replica.metric.nothing(look) if number == primary else replica.sample(look)
        for (_, to), mirror in self.mirrors.items():
            mirror.metric.sample(look, mirror.last_ns, age(self._line, buses[to], look.at_ns))
        for name, lag in self.consumers.items():
            if lag.region is not None:
                age_ns = age(self._line, consumers[name], look.at_ns)
                lag.metric.sample(look, lag.shown(ends[lag.region]), age_ns)

    def figures(
        self, standbys: Mapping[str, float], buses: Sequence[Ages], consumers: Mapping[str, Ages]
    ) -> dict[str, MonitorFigures]:
        """Return name -> figures; ``standbys``: greatest age (s) of what each had not received."""
        regions, domain = self._setup.regions, self._setup.domain
        how = {"step_ns": self._setup.span.look_ns, "looks": self._looks}
        out = {
            f"{domain}/{REPLICA.at(region)}": self.replicas[region].metric.figures("s", age_s, **how)
            for region, age_s in standbys.items()
        }
        for (source, to), mirror in sorted(self.mirrors.items()):
            truth = buses[to].greatest_ns / SECOND
            out[f"{domain}/{MIRROR.at(regions[source])}/{regions[to]}"] = mirror.metric.figures(
                "s", truth, **how
            )
        for name, lag in self.consumers.items():
            truth = consumers[name].greatest_ns / SECOND
            out[f"{domain}/{name}"] = lag.metric.figures("records", truth, **how)
        return out
