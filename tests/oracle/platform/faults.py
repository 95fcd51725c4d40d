"""The faults of the data path, each put on and taken off."""

from typing import TYPE_CHECKING

from ..names import meant

if TYPE_CHECKING:
    from .platform import Path


class PathFaults:
    """What each kind does."""

    def __init__(self, path: "Path") -> None:
        self.path = path

    def start(self, fault: str, spec) -> None:
        """Begin a fault."""
        self.path.active.add(fault)
        self.path.begun.add(fault)
        self.path.count[f"fault: {spec.kind}"] += 1
        getattr(self, f"_start_{spec.kind}")(fault, spec)

    def heal(self, fault: str, spec) -> None:
        """End a fault."""
        if spec.kind == "process_pause":
            self.path.fire([fault] if self._process(spec.process).waits() else ())
        elif spec.kind == "mirror_pause":
            self.path.fire([fault] if any(mirror.waits() for mirror in self._mirrors(spec)) else ())
        self.path.active.discard(fault)
        getattr(self, f"_heal_{spec.kind}", self._nothing)(fault, spec)

    @staticmethod
    def _nothing(fault: str, spec) -> None:
        """Some faults are over when they begin."""

    # --- processes ---

    def _process(self, name: str):
        name = meant(name)
        return self.path.parts[name.split("/")[0]].processes[name]

    def _start_process_kill(self, fault: str, spec) -> None:
        process = self._process(spec.process)
        self.path.count[f"killed: {process.life.kind}"] += 1
        self.path.fire([fault] if process.life.running else ())
        kill = getattr(process, "kill", process.life.add)
        kill(fault)

    def _heal_process_kill(self, fault: str, spec) -> None:
        process = self._process(spec.process)
        revive = getattr(process, "revive", process.life.remove)
        revive(fault)

    def _start_process_pause(self, fault: str, spec) -> None:
        process = self._process(spec.process)
        self.path.count[f"paused: {process.life.kind}"] += 1
        process.life.pauses.add(fault)
        process.pace()

    def _heal_process_pause(self, fault: str, spec) -> None:
        process = self._process(spec.process)
        process.life.pauses.discard(fault)
        process.pace()

    def _parts(self, spec) -> list:
        return [part for name, part in self.path.parts.items() if spec.database in ("*", name)]

    def _start_relay_crash(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.relay.crashes[fault] = "new"

    def _heal_relay_crash(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.relay.crashes.pop(fault, None)

    def _start_slot_lost(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.relay.lost[fault] = spec.gap

    def _heal_slot_lost(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            del part.relay.lost[fault]

    # --- the bus ---

    def _region(self, name: str) -> int:
        return self.path.names.index(name)

    def _elect(self, fault: str, spec, lost: int) -> None:
        region = self._region(spec.region)
        self.path.fire([fault] if self.path.network.up(region) else ())
        led = self.path.brokers[region].fail(fault, spec.broker)
        if lost:
            for part in self.path.parts.values():
                part.buses[region].lose(led, self.path.clock._now - lost)

    def _start_broker_crash(self, fault: str, spec) -> None:
        bus = self.path.spec
        self._elect(fault, spec, bus.replica_lag if bus.acks == "leader" else 0)

    def _start_leader_election(self, fault: str, spec) -> None:
        self._elect(fault, spec, 0)

    def _start_unclean_leader_election(self, fault: str, spec) -> None:
        self._elect(fault, spec, spec.lost)

    def _heal_broker_crash(self, fault: str, spec) -> None:
        self.path.brokers[self._region(spec.region)].heal(fault, spec.broker)

    _heal_leader_election = _heal_unclean_leader_election = _heal_broker_crash

    def _start_retention_truncation(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.buses[self._region(spec.region)].retentions[fault] = spec.retention

    def _heal_retention_truncation(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            del part.buses[self._region(spec.region)].retentions[fault]

    def _mirrors(self, spec) -> list:
        pair = self._region(spec.from_), self._region(spec.to)
        return [part.mirrors[pair] for part in self._parts(spec)]

    def _start_mirror_pause(self, fault: str, spec) -> None:
        for mirror in self._mirrors(spec):
            mirror.pauses.add(fault)
            mirror.pace()

    def _heal_mirror_pause(self, fault: str, spec) -> None:
        for mirror in self._mirrors(spec):
            mirror.pauses.discard(fault)
            mirror.pace()

    # --- readers and streams ---

    def _start_offset_translation_error(self, fault: str, spec) -> None:
        self._process(spec.reader).skews[fault] = spec.skew

    def _heal_offset_translation_error(self, fault: str, spec) -> None:
        del self._process(spec.reader).skews[fault]

    def _start_rebalance_storm(self, fault: str, spec) -> None:
        self._process(spec.reader).storm(fault, spec.every)

    def _start_poison_message(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.stream.mark(fault)

    def _start_task_failure(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            self.path.fire([fault] if part.stream.life.running else ())
            part.stream.life.fail(fault)

    def _start_checkpoint_failure(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.stream.failing.add(fault)

    def _heal_checkpoint_failure(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.stream.failing.discard(fault)

    # --- tables ---

    def _flows(self, spec) -> list:
        pair = self._region(spec.from_), self._region(spec.to)
        return [flow for part in self._parts(spec) for flow in part.flows if (flow.h, flow.c) == pair]

    def _start_object_replication_pause(self, fault: str, spec) -> None:
        for flow in self._flows(spec):
            flow.pauses.add(fault)
            flow.pace()
            flow.notice()

    def _heal_object_replication_pause(self, fault: str, spec) -> None:
        for flow in self._flows(spec):
            flow.pauses.discard(fault)
            flow.pace()

    def _start_object_replication_lag(self, fault: str, spec) -> None:
        for flow in self._flows(spec):
            flow.lags[fault] = spec.lag

    def _heal_object_replication_lag(self, fault: str, spec) -> None:
        for flow in self._flows(spec):
            del flow.lags[fault]

    def _start_metadata_before_data(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.early[self._region(spec.region)].add(fault)

    def _heal_metadata_before_data(self, fault: str, spec) -> None:
        for part in self._parts(spec):
            part.early[self._region(spec.region)].discard(fault)

    def _start_catalog_outage(self, fault: str, spec) -> None:
        self.path.catalogs[self._region(spec.region)].outages.add(fault)

    def _heal_catalog_outage(self, fault: str, spec) -> None:
        self.path.catalogs[self._region(spec.region)].heal(fault)


KINDS = frozenset(name.removeprefix("_start_") for name in vars(PathFaults) if name.startswith("_start_"))
