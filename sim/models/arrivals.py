"""Shapes of load over time (diurnal, bursty) and arrival times from files."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from sim.core.distributions import Distribution
from sim.core.draws import Purpose, key_of
from sim.engine.circle import layout as at
from sim.engine.clock import Steps
from sim.engine.sampling import encode, ns, sample
from sim.models.control import Control
from sim.models.dials import Dial
from sim.spec.models import Bursty, Diurnal, Scenario, Trace


def shapes(control: Control) -> Iterable[Steps]:
    """Return the processes that shape the load streams of a domain, after setting each shape's first value."""
    arrivals = control.scenario.databases[control.domain.name].workload.arrivals
    for stream in control.domain.streams:
        if stream.kind <= at.WRITE:
            if isinstance(arrivals, Diurnal):
                _set(control, stream.name, diurnal(arrivals, 0))
                yield _steps(control, stream.name, arrivals)
            elif isinstance(arrivals, Bursty):
                _set(control, stream.name, 1.0)
                yield _bursts(control, stream.name, arrivals)


def _set(control: Control, name: str, factor: float) -> None:
    control.dials.put(Dial("shape", (name,)), "shape", factor)


def diurnal(arrivals: Diurnal, step: int) -> float:
    """Return the rate factor during step ``step``: 1 + amplitude cos(2 pi (middle of the step - peak) / period)."""
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
    key = np.uint64(key_of(control.seed, control.trial, name))
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


def traces_of(scenario: Scenario, domain: str) -> dict[str, tuple[int, ...]]:
    """Return stream name -> sorted arrival times (ns) where the domain's load is a trace: rows without a client go to the first, without a kind are writes."""
    arrivals = scenario.databases[domain].workload.arrivals
    if not isinstance(arrivals, Trace):
        return {}
    import pandas as pd

    path = Path(arrivals.file)
    rows = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    clients = rows["client"] if "client" in rows else pd.Series(sorted(scenario.clients)[0], index=rows.index)
    kinds = rows["kind"] if "kind" in rows else pd.Series("write", index=rows.index)
    times = np.floor(rows["time_s"].to_numpy(float) * 1e9 + 0.5).astype(np.int64)
    found: dict[str, list[int]] = {}
    for time, client, kind in sorted(zip(times.tolist(), clients, kinds, strict=True)):
        found.setdefault(f"{domain}/{client}/{kind}", []).append(time)
    return {name: tuple(moments) for name, moments in found.items()}
