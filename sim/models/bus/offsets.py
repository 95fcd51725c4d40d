"""Where readers would go on in other regions: offset checkpoints, and the rows that must stay for them."""

from collections.abc import Iterator

from sim.core import dials as d
from sim.engine.clock import Steps
from sim.models.bus.bus import RegionBus
from sim.models.bus.mirror import MirrorFlow
from sim.models.bus.reader import Reader
from sim.models.component import Component
from sim.models.setting import ModelSetting
from sim.spec.faults.turned import turned
from sim.spec.moves import Moves


class Offsets(Component):
    """The offset checkpoints of a domain's mirrors, for each reader that can move."""

    def __init__(
        self, setting: ModelSetting, buses: dict[str, RegionBus], mirrors: dict[tuple[str, str], MirrorFlow]
    ) -> None:
        self.name, self.domain = f"{setting.domain}/mirrors/offsets", setting.domain
        self.inputs = tuple(bus.name for bus in buses.values())
        self._setting, self._buses, self._mirrors = setting, buses, mirrors
        self._readers: dict[str, tuple[Reader, Moves, list[str]]] = {}
        self._known: dict[
            tuple[str, str], int
        ] = {}  # (reader, region) -> the largest checkpoint for it there
        self._left: dict[tuple[str, str], int] = {}  # (reader, region) -> the position it last saved there
        self._least_skew: dict[str, int] = {}  # reader -> how far back errors can set it; 0 or negative
        self._written: set[tuple[str, str]] = set()  # mirrors that write checkpoints

    def watch(self, reader: Reader, rules: Moves, *, home: str) -> None:
        """From the start on, keep the checkpoints of a reader, and the rows it may begin with."""
        places = [home, *rules.standby]
        self._readers[reader.name] = (reader, rules, places)
        self._setting.dials.listen(d.SKEW, reader.name)
        skews = (
            turn.value for _, turn in turned(self._setting.scenario, d.SKEW) if turn.of == (reader.name,)
        )
        self._least_skew[reader.name] = sum(min(skew, 0) for skew in skews)
        if rules.start != "checkpoint":
            return
        for pair, mirror in self._mirrors.items():
            if set(pair) <= set(places) and pair not in self._written:
                self._written.add(pair)
                self._setting.clock.run(self._write(mirror))

    def _write(self, mirror: MirrorFlow) -> Steps:
        """Write down, at every tick, where each reader of the source would go on in the target."""
        clock, a, b = self._setting.clock, mirror.source.region, mirror.target.region
        while True:
            yield clock.sleep(mirror.process.name, mirror.rules.checkpoint)
            here = [entry for entry in self._readers.values() if entry[0].bus.region == a]
            if here and mirror.flow.connected and mirror.process.used(clock.now):
                self._setting.advance()
                for reader, rules, places in here:
                    if b in places and rules.start == "checkpoint":
                        position = mirror.translate(reader.saved)
                        known = (reader.name, b)
                        self._known[known] = max(self._known.get(known, 0), position)

    def start_of(self, name: str, source: str, target: str, *, start: str) -> int:
        """Return where a reader that moves begins in ``target``: ``checkpoint``, ``earliest`` or ``latest``.

        To be asked before it is placed there: what it had saved in ``source`` is remembered. Skews of
        translation errors in force are added, and their faults have fired.
        """
        reader, _, _ = self._readers[name]
        self._left[name, source] = reader.saved
        end = self._buses[target].end
        if start != "checkpoint":
            return 0 if start == "earliest" else end
        self._setting.dials.hit(d.SKEW, name)
        skew: int = self._setting.dials.value(d.SKEW, name)
        return min(max(self._newest(name, target) + skew, 0), end)

    def _newest(self, name: str, region: str) -> int:
        """Return the newest position known for a reader in a region where it is not."""
        return max(self._known.get((name, region), 0), self._left.get((name, region), 0))

    def needs(self, log: str) -> int | None:
        """Return the first position of a bus that a reader may still ask for."""
        (region,) = (region for region, bus in self._buses.items() if bus.name == log)
        return min(self._low(region), default=None)

    def _low(self, region: str) -> Iterator[int]:
        """Yield the positions of a region's bus from which on each reader may still ask for rows."""
        for name, (reader, rules, places) in self._readers.items():
            if reader.bus.region == region:
                low = reader.low()
            elif region not in places or rules.start == "latest":
                continue
            else:
                low = self._newest(name, region)
            moves = len(places) > 1 and region in places
            yield 0 if moves and rules.start == "earliest" else low + self._least_skew[name]
