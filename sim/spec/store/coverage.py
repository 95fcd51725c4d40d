"""What a run uses of its recorded loads, in words."""

import os
from collections.abc import Iterator

from sim.core.quantity import format_duration
from sim.spec.scenario import Scenario
from sim.spec.store.recorded import Coverage, load_of
from sim.spec.store.workload import Trace

_MS = 1_000_000
_LONG_GAPS = 0.1  # of the run


def notes(scenario: Scenario) -> Iterator[str]:
    """Say of each recorded load how many rows are used, when, and where nothing comes."""
    for domain, file, found in _covered(scenario):
        yield (
            f"{domain} follows {file}: {found.used:,} of {found.rows:,} rows, the first at "
            f"{_t(found.first_ns)}, the last at {_t(found.last_ns)}; longest time without a request "
            f"{_t(found.gap_ns)}, from {_t(found.gap_from_ns)} on."
        )
        interval = getattr(scenario.databases[domain].workload.arrivals, "interval", 0)
        if interval:
            yield f"Requests of a row come evenly over its {_t(interval)}: bursts within are not in the load."


def warnings(scenario: Scenario) -> Iterator[str]:
    """Say what of a recorded load is not in the run."""
    for domain, file, found in _covered(scenario):
        outside = found.rows - found.used
        if outside:
            yield (
                f"warning: {domain}: {outside:,} of {found.rows:,} rows of {file} lie outside the run of "
                f"{_t(scenario.duration)} and are not used: they go from {_t(found.starts_ns)} to "
                f"{_t(found.ends_ns)}; see origin, unit and duration"
            )
        if found.gap_ns > _LONG_GAPS * scenario.duration:
            yield (
                f"warning: {domain}: {file} has no request for {_t(found.gap_ns)}, from "
                f"{_t(found.gap_from_ns)} on, in a run of {_t(scenario.duration)}"
            )


def _covered(scenario: Scenario) -> Iterator[tuple[str, str, Coverage]]:
    for domain, database in scenario.databases.items():
        load = load_of(scenario, domain)
        if load is not None:
            assert isinstance(database.workload.arrivals, Trace)
            yield domain, repr(os.path.basename(database.workload.arrivals.file))[1:-1], load.coverage


def _t(ns: int) -> str:
    """Return a time to the millisecond; one of less than that as it is."""
    shown = abs(ns) if abs(ns) < _MS else round(abs(ns) / _MS) * _MS
    return ("-" if ns < 0 else "") + format_duration(shown)
