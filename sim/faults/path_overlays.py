"""What each kind of fault of the data path turns.

Dials, by what they are of: ``killed``, ``paused`` (process); ``skew``, ``storm`` (reader); ``relay_crash``,
``slot_lost``, ``poison``, ``task_failure``, ``checkpoint_failure`` (domain); ``election`` (region, broker);
``mirror_pause``, ``object_pause``, ``object_lag`` (domain, from, to); ``retention``, ``metadata_first``
(domain, region); ``catalog``, ``bus_wire``, ``bus_data`` (region).
"""

from typing import Any

from sim.faults.overlays import Scene, Turns, turns
from sim.models.dials import Dial
from sim.spec import path_faults as spec
from sim.spec.targets import databases_named

_PROCESSES = ("killed", "paused", "skew", "storm", "relay_crash", "slot_lost")
_FLOWS = ("election", "mirror_pause", "retention", "bus_wire", "bus_data")
_LAKE = (
    "poison",
    "task_failure",
    "checkpoint_failure",
    "object_pause",
    "object_lag",
    "metadata_first",
    "catalog",
)
DIALS = frozenset((*_PROCESSES, *_FLOWS, *_LAKE))


def _domains(fault: spec.DomainFault, scene: Scene, what: str, *, of: tuple[str, ...], value: Any) -> Turns:
    return [(Dial(what, (name, *of)), value) for name in databases_named(scene.scenario, fault.database)]


@turns.register
def _(fault: spec.ProcessKill, scene: Scene) -> Turns:  # noqa: ARG001
    return [(Dial("killed", (fault.process,)), True)]


@turns.register
def _(fault: spec.ProcessPause, scene: Scene) -> Turns:  # noqa: ARG001
    return [(Dial("paused", (fault.process,)), True)]


@turns.register
def _(fault: spec.RelayCrash, scene: Scene) -> Turns:
    return _domains(fault, scene, "relay_crash", of=(), value=True)


@turns.register
def _(fault: spec.SlotLost, scene: Scene) -> Turns:
    return _domains(fault, scene, "slot_lost", of=(), value=fault.gap)


def _election(fault: spec.BrokerFault, lost_ns: int) -> Turns:
    return [(Dial("election", (fault.region, str(fault.broker))), lost_ns)]


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
    return _domains(fault, scene, "mirror_pause", of=(fault.from_, fault.to), value=True)


@turns.register
def _(fault: spec.ObjectReplicationPause, scene: Scene) -> Turns:
    return _domains(fault, scene, "object_pause", of=(fault.from_, fault.to), value=True)


@turns.register
def _(fault: spec.ObjectReplicationLag, scene: Scene) -> Turns:
    return _domains(fault, scene, "object_lag", of=(fault.from_, fault.to), value=fault.lag)


@turns.register
def _(fault: spec.RetentionTruncation, scene: Scene) -> Turns:
    return _domains(fault, scene, "retention", of=(fault.region,), value=fault.retention)


@turns.register
def _(fault: spec.OffsetTranslationError, scene: Scene) -> Turns:  # noqa: ARG001
    return [(Dial("skew", (fault.reader,)), fault.skew)]


@turns.register
def _(fault: spec.RebalanceStorm, scene: Scene) -> Turns:  # noqa: ARG001
    return [(Dial("storm", (fault.reader,)), fault.every)]


@turns.register
def _(fault: spec.PoisonMessage, scene: Scene) -> Turns:
    return _domains(fault, scene, "poison", of=(), value=True)


@turns.register
def _(fault: spec.TaskFailure, scene: Scene) -> Turns:
    return _domains(fault, scene, "task_failure", of=(), value=True)


@turns.register
def _(fault: spec.CheckpointFailure, scene: Scene) -> Turns:
    return _domains(fault, scene, "checkpoint_failure", of=(), value=True)


@turns.register
def _(fault: spec.MetadataBeforeData, scene: Scene) -> Turns:
    return _domains(fault, scene, "metadata_first", of=(fault.region,), value=True)


@turns.register
def _(fault: spec.CatalogOutage, scene: Scene) -> Turns:  # noqa: ARG001
    return [(Dial("catalog", (fault.region,)), True)]
