"""Shapes of load over time: diurnal and bursty."""

import math
from collections.abc import Iterable

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.draws import Purpose
from sim.engine.circle.kinds import WRITE
from sim.engine.clock import Steps
from sim.engine.sampling import encode, ns, sample
from sim.models.control import Control
from sim.spec.store.workload import Bursty, Diurnal


def shapes(control: Control) -> Iterable[Steps]:
    """Set the first value of each shape of a domain's load; return the processes that set the others."""
    arrivals = control.scenario.databases[control.domain.name].workload.arrivals
    for stream in control.domain.streams:
        if stream.kind <= WRITE and stream.fed_by is None:
            if isinstance(arrivals, Diurnal):
                _set(control, stream.name, diurnal(arrivals, 0))
                yield _steps(control, stream.name, arrivals)
            elif isinstance(arrivals, Bursty):
                _set(control, stream.name, 1.0)
                yield _bursts(control, stream.name, arrivals)


def _set(control: Control, name: str, factor: float) -> None:
    control.dials.put(d.SHAPE.turn(name, value=factor), "shape")


def diurnal(arrivals: Diurnal, step: int) -> float:
    """Return the rate factor during step ``step``.

    It is 1 + amplitude cos(2 pi (middle of the step - peak) / period).
    """
    middle = step * arrivals.step + arrivals.step / 2
    return 1 + arrivals.amplitude * math.cos(2 * math.pi * (middle - arrivals.peak) / arrivals.period)


def _steps(control: Control, name: str, arrivals: Diurnal) -> Steps:
    step = 0
    while True:
        yield control.clock.sleep(f"shape/{name}", arrivals.step)
        step += 1
        _set(control, name, diurnal(arrivals, step))
        control.effects.rates(control.clock.now)


def _bursts(control: Control, name: str, arrivals: Bursty) -> Steps:
    key = control.setting.key(name)
    lengths = encode(
        [
            Distribution("exponential", (float(arrivals.calm),)),
            Distribution("exponential", (float(arrivals.burst),)),
        ]
    )
    period = 0
    while True:
        length = ns(sample(lengths, period % 2, key, period, 0, Purpose.BURST))
        yield control.clock.sleep(f"shape/{name}", int(length))
        period += 1
        _set(control, name, arrivals.factor if period % 2 else 1.0)
        control.effects.rates(control.clock.now)
