"""What the faults cost: a run compared with its control run, the same seed without faults."""

from collections.abc import Mapping
from typing import Any

CAPABILITY = {
    "recovery": ("downtime_s", "failed_requests", "slow_requests"),
    "latency": ("p50_s", "p99_s", "p999_s"),
}
STORE = {
    "consistency": (
        "stale_reads",
        "stale_fraction",
        "staleness_max_s",
        "staleness_mean_s",
        "versions_behind_max",
    )
}


def differences(run: Mapping[str, Any], control: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """Return capability or store -> figure -> run minus control; None where either has no value."""
    out: dict[str, dict[str, float | None]] = {}
    for section, names in {**CAPABILITY, **STORE}.items():
        for of, figures in run[section].items():
            row = out.setdefault(of, {})
            for name in names:
                row[name] = _difference(figures[name], control[section][of][name])
    return out


def _difference(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base
