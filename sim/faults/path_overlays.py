"""What each kind of fault of the data path turns."""

from typing import Any

from sim.core import dials as d
from sim.faults.overlays import Scene, Turns, turns
from sim.spec import path_faults as spec
from sim.spec.targets import databases_named


def _domains(
    fault: spec.DomainFault, scene: Scene, dial: d.Dial, *, of: tuple[str, ...], value: Any
) -> Turns:
    return [dial.turn(name, *of, value=value) for name in databases_named(scene.scenario, fault.database)]


@turns.register
def _(fault: spec.ProcessKill, scene: Scene) -> Turns:  # noqa: ARG001
    return [d.KILLED.turn(fault.process)]


@turns.register
def _(fault: spec.ProcessPause, scene: Scene) -> Turns:  # noqa: ARG001
    return [d.PAUSED.turn(fault.process)]


@turns.register
def _(fault: spec.RelayCrash, scene: Scene) -> Turns:
    return _domains(fault, scene, d.RELAY_CRASH, of=(), value=True)


@turns.register
def _(fault: spec.SlotLost, scene: Scene) -> Turns:
    return _domains(fault, scene, d.SLOT_LOST, of=(), value=fault.gap)


def _election(fault: spec.BrokerFault, lost_ns: int) -> Turns:
    return [d.ELECTION.turn(fault.region, str(fault.broker), value=lost_ns)]


@turns.register
def _(fault: spec.BrokerCrash, scene: Scene) -> Turns:
    bus = scene.scenario.bus
    assert bus is not None, "checked by the spec"
    return _election(fault, bus.replica_lag if bus.acks == "leader" else 0)


@turns.register
def _(fault: spec.LeaderElection, scene: Scene) -> Turns:  # noqa: ARG001
    return _election(fault, 0)


@turns.register
def _(fault: spec.UncleanLeaderElection, scene: Scene) -> Turns:  # noqa: ARG001
    return _election(fault, fault.lost)


@turns.register
def _(fault: spec.MirrorPause, scene: Scene) -> Turns:
    return _domains(fault, scene, d.MIRROR_PAUSE, of=(fault.from_, fault.to), value=True)


@turns.register
def _(fault: spec.ObjectReplicationPause, scene: Scene) -> Turns:
    return _domains(fault, scene, d.OBJECT_PAUSE, of=(fault.from_, fault.to), value=True)


@turns.register
def _(fault: spec.ObjectReplicationLag, scene: Scene) -> Turns:
    return _domains(fault, scene, d.OBJECT_LAG, of=(fault.from_, fault.to), value=fault.lag)


@turns.register
def _(fault: spec.RetentionTruncation, scene: Scene) -> Turns:
    return _domains(fault, scene, d.RETENTION, of=(fault.region,), value=fault.retention)


@turns.register
def _(fault: spec.OffsetTranslationError, scene: Scene) -> Turns:  # noqa: ARG001
    return [d.SKEW.turn(fault.reader, value=fault.skew)]


@turns.register
def _(fault: spec.RebalanceStorm, scene: Scene) -> Turns:  # noqa: ARG001
    return [d.STORM.turn(fault.reader, value=fault.every)]


@turns.register
def _(fault: spec.PoisonMessage, scene: Scene) -> Turns:
    return _domains(fault, scene, d.POISON, of=(), value=True)


@turns.register
def _(fault: spec.TaskFailure, scene: Scene) -> Turns:
    return _domains(fault, scene, d.TASK_FAILURE, of=(), value=True)


@turns.register
def _(fault: spec.CheckpointFailure, scene: Scene) -> Turns:
    return _domains(fault, scene, d.CHECKPOINT_FAILURE, of=(), value=True)


@turns.register
def _(fault: spec.MetadataBeforeData, scene: Scene) -> Turns:
    return _domains(fault, scene, d.METADATA_FIRST, of=(fault.region,), value=True)


@turns.register
def _(fault: spec.CatalogOutage, scene: Scene) -> Turns:  # noqa: ARG001
    return [d.CATALOG.turn(fault.region)]
