"""What the faults cost: a run compared with its control run, the same seed without faults."""

from collections.abc import Mapping
from typing import Any

from sim.core.record import entries
from sim.measure.figures import Figures

# section -> its figures that are compared
COMPARED = {
    "recovery": ("downtime_s", "failed_requests", "slow_requests"),
    "latency": ("p50_s", "p99_s", "p999_s"),
    "consistency": (
        "stale_reads",
        "stale_fraction",
        "staleness_max_s",
        "staleness_mean_s",
        "versions_behind_max",
    ),
}


def differences(run: Figures, control: Figures) -> dict[str, dict[str, float | None]]:
    """Return capability or store -> figure -> run minus control; None where either has no value."""
    out: dict[str, dict[str, float | None]] = {}
    for section, names in COMPARED.items():
        bases: Mapping[str, Any] = getattr(control, section)
        for of, figures in getattr(run, section).items():
            found, base = dict(entries(figures)), dict(entries(bases[of]))
            out.setdefault(of, {}).update({name: _difference(found[name], base[name]) for name in names})
    return out


def _difference(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base
