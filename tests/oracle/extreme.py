"""Cases with extreme numbers: what never ends, speeds next to nothing, losses next to certain."""

from dataclasses import replace
from typing import Any

from sim.core.distributions import Distribution, lognormal
from sim.spec.bus.replay import Replay
from sim.spec.faults.fault import Fault
from sim.spec.faults.kinds import BandwidthLimit, NodeSlow, PacketLoss, TrafficSpike
from sim.spec.model import Model
from sim.spec.network.network import Link
from sim.spec.store.workload import Workload

from .generate import Case, Dice

SELDOM = 0.15
# Of the first two one draw in some dozen is never, of the third about half; the last one always is.
HEAVY = (
    Distribution("weibull", (0.05, 1e6)),
    lognormal(2e6, 9e17),
    Distribution("weibull", (0.02, 1e18)),
    Distribution("constant", (1e18,)),
)
NUMBERS: dict[tuple[type, str], tuple[float, ...]] = {
    (TrafficSpike, "factor"): (1e-13, 1e-9, 1e-300),
    (NodeSlow, "factor"): (1e9, 1e6, 1e3),
    (PacketLoss, "loss"): (1 - 2**-53, 0.999999999),
    (BandwidthLimit, "bandwidth"): (1e-6, 1e-95),
    (Link, "bandwidth"): (1e-3,),
    (Workload, "reads"): (1e-13, 1e-3),
    (Workload, "writes"): (1e-13, 1e-3),
    (Replay, "rate"): (1e-13, 1e-9),
}


def extreme(one: Case) -> Case:
    """Return the case with some of its numbers replaced by extreme ones."""
    return replace(one, scenario=_changed(one.scenario, Dice(f"extreme {one.number}")))


def _changed(value: Any, dice: Dice) -> Any:
    if isinstance(value, dict):
        return {key: _changed(part, dice) for key, part in value.items()}
    if not isinstance(value, Model):
        return value
    fields = type(value).model_fields
    return value.model_copy(update={name: _field(value, name, dice) for name in fields})


def _field(value: Model, name: str, dice: Dice) -> Any:
    old = getattr(value, name)
    numbers = NUMBERS.get((type(value), name))
    if isinstance(old, Distribution):
        return dice.pick(HEAVY) if dice.chance(SELDOM) else old
    if numbers is not None:
        often = 0.8 if isinstance(value, Fault) else SELDOM
        return dice.pick(numbers) if dice.chance(often) else old
    return _changed(old, dice)
