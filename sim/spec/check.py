"""What the models cannot see in one field: references, sums, and combinations that make no sense."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from sim.core.quantity import format_duration as _t
from sim.spec.bus.check_replays import check_replays
from sim.spec.bus.checks import check_bus
from sim.spec.bus.handlers import check_handlers, check_stocks
from sim.spec.faults.checks import check_effects, check_faults, check_path_faults
from sim.spec.idle import check_idle
from sim.spec.lake.checks import check_lake, check_refreshes
from sim.spec.limits import REGIONS, RULES
from sim.spec.network.checks import check_flow_shares, check_links, check_regions
from sim.spec.objectives.checks import (
    check_bounds,
    check_objectives,
    check_path_objectives,
    check_populations,
    check_windows,
)
from sim.spec.prices import check_prices
from sim.spec.scenario import Scenario
from sim.spec.store.checks import (
    check_acknowledgements,
    check_client_shares,
    check_clients,
    check_controllers,
    check_gateway,
    check_placements,
    check_workloads,
)
from sim.spec.text import Complaint

Check = Callable[[Scenario], Iterator[Complaint]]


def check(sections: Mapping[str, Any], pruned: Set[str] = frozenset()) -> Iterator[Complaint]:
    """Yield what is wrong between and within the sections of a scenario that are there.

    A check runs if all sections it reads are there: what hangs on a section that is wrong itself is not
    judged. In ``pruned`` sections wrong values were replaced by defaults, so only references are checked
    there, not values.
    """
    scenario = Scenario.model_construct(**sections)
    too_many = list(REGIONS(scenario)) if REGIONS.needs <= sections.keys() else []
    if too_many:  # the checks look at every pair of them
        yield from too_many
        return
    for needs, run in _REFERENCES:
        if needs <= sections.keys():
            yield from run(scenario)
    for needs, run in _VALUES:
        if needs <= sections.keys() and not needs & pruned:
            yield from run(scenario)


def _times(scenario: Scenario) -> Iterator[Complaint]:
    if scenario.warmup >= scenario.duration:
        yield Complaint(
            ("warmup",), f"a warmup of {_t(scenario.warmup)} leaves nothing of {_t(scenario.duration)}"
        )


_PATH = frozenset({"regions", "databases", "bus", "consumers", "lake"})


_REFERENCES: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"regions"}), check_regions),
    (frozenset({"regions", "network"}), check_links),
    (frozenset({"regions", "clients"}), check_clients),
    (frozenset({"regions", "databases"}), check_placements),
    (frozenset({"databases"}), check_acknowledgements),
    (frozenset({"duration", "regions", "clients", "databases", "bus", "faults"}), check_faults),
    (_PATH, check_bus),
    (_PATH | {"insights"}, check_lake),
    (_PATH | {"faults"}, check_path_faults),
    (_PATH | {"clients"}, check_handlers),
    (_PATH, check_stocks),
    (_PATH | {"duration", "clients", "faults", "replays"}, check_replays),
    (frozenset({"sla"}), check_bounds),
    (frozenset({"databases", "sla"}), check_objectives),
    (_PATH | {"insights", "sla"}, check_path_objectives),
)


_VALUES: tuple[tuple[frozenset[str], Check], ...] = (
    (frozenset({"duration", "warmup"}), _times),
    (frozenset({"clients"}), check_client_shares),
    (frozenset({"gateway"}), check_gateway),
    (frozenset({"databases"}), check_controllers),
    (frozenset({"duration", "clients", "databases"}), check_workloads),
    (_PATH, check_flow_shares),
    (_PATH | {"fresh"}, check_idle),
    (_PATH | {"network", "clients", "faults"}, check_effects),
    (frozenset({"insights"}), check_refreshes),
    (frozenset({"prices"}), lambda scenario: check_prices(scenario.prices)),
    (_PATH | {"insights", "sla"}, check_populations),
    *((rule.needs, rule) for rule in RULES),
    (frozenset({"duration", "warmup", "level", "sla"}), check_windows),
)
