"""The schematic: a card for each region with its stores, bus and lake, and the flows between them.

Each element that changes has ``data-state`` or ``data-value``, the key of a state or a series; a script
keeps it as it was at the cursor's time. The flows are drawn by a script too, from the states of roles.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from sim.core.stages import BUS
from sim.report.html.markup import Child, el, name
from sim.report.html.run.watched import Watched
from sim.report.replay.hits import NOWHERE
from sim.report.replay.states import Step
from sim.report.roles import PRIMARY

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario

IN_A_ROW = 3  # regions, with the first primary in the middle; more are in rows of their own


def schematic(watched: Watched) -> Markup:
    """Return the regions as they are at the start."""
    scenario = watched.scenario
    regions = arranged(scenario)
    kind = "few" if len(regions) <= IN_A_ROW else "many"
    return el(
        "div",
        el("div", class_="flows", id="flows", aria_hidden="true"),
        *(_region(region, watched) for region in regions),
        _hits(NOWHERE, watched),
        class_=f"schematic {kind}",
        id="schematic",
    )


def arranged(scenario: "Scenario") -> list[str]:
    """Return the regions as they stand: of three, where most stores are written is in the middle."""
    names = sorted(scenario.regions)
    primaries = [database.primary for database in scenario.databases.values()]
    busiest = max(names, key=lambda region: (primaries.count(region), region))
    others = [region for region in names if region != busiest]
    if len(names) == IN_A_ROW:
        return [others[0], busiest, others[1]]
    return [busiest, *others]


def _region(region: str, watched: Watched) -> Markup:
    state = _state(f"region/{region}", watched)
    return el(
        "article",
        el("header", name(region, "h3"), state, class_="region-head"),
        _hits(region, watched),
        _stores(region, watched),
        _routes(region, watched),
        _path(region, watched),
        class_="region",
        data_region=region,
        data_class=f"region/{region}",
    )


def _stores(region: str, watched: Watched) -> Markup | None:
    """Return the nodes of a region, each with its role and how far behind it is."""
    found = [
        store
        for store, database in watched.scenario.databases.items()
        if f"role/{store}/{region}" in watched.states
    ]
    rows = (
        el(
            "li",
            name(store, "span", class_="what"),
            _state(f"role/{store}/{region}", watched),
            _value(f"lag/{store}/{region}", watched, unless=f"role/{store}/{region}={PRIMARY}"),
            class_="node",
            data_class=f"role/{store}/{region}",
        )
        for store in found
    )
    return el("ul", *rows, class_="nodes") if found else el("p", "no database here", class_="note")


def _hits(region: str, watched: Watched) -> Markup | None:
    """Return the faults that ever hit a region; each is seen while it is in force."""
    own = [key for key in watched.states if key.startswith("hit/") and key.split("/")[2] == region]
    return el("div", *(_state(key, watched) for key in own), class_="hits") if own else None


def _routes(region: str, watched: Watched) -> Markup:
    """Return where the gateway sends writes: stores for which that is always the same in one row."""
    alike: dict[tuple[Step, ...], list[str]] = {}
    for store in sorted(watched.scenario.databases):
        alike.setdefault(tuple(watched.states[f"route/{store}/{region}"]), []).append(store)
    rows = (
        el(
            "li",
            el("span", "writes", *_of(stores, all_of_them=len(alike) == 1), " go to", class_="what"),
            _state(f"route/{stores[0]}/{region}", watched),
            class_="node route",
        )
        for stores in alike.values()
    )
    return el("ul", *rows, class_="nodes")


def _of(stores: Sequence[str], *, all_of_them: bool) -> tuple[Child, ...]:
    return () if all_of_them else (" of ", name(", ".join(stores)))


def _path(region: str, watched: Watched) -> Markup | None:
    """Return what of the data path is in a region at first: bus, consumers, lake."""
    rows = list(_parts(region, watched.scenario, watched))
    return el("ul", *rows, class_="nodes path") if rows else None


def _parts(region: str, scenario: "Scenario", watched: Watched) -> Iterator[Child]:
    if scenario.bus is not None:
        yield el(
            "li",
            el("span", BUS.name, class_="what"),
            _state(BUS.at(region), watched),
            class_="node",
            data_class=BUS.at(region),
        )
    for domain in sorted(scenario.databases):
        own = [
            process
            for process, moved in watched.seen.places.items()
            if process.startswith(f"{domain}/") and any(place == region for _, place in moved)
        ]
        if own:
            chips = (_process(process, region, watched) for process in own)
            yield el("li", name(domain, "span", class_="what"), " ", *chips, class_="chips")


def _process(process: str, region: str, watched: Watched) -> Markup:
    """Return a process of the data path, which a script shows while it works in this region."""
    domain, _, kind = process.partition("/")
    key = f"process/{process}"
    return el(
        "span",
        name(kind),
        _state(key, watched) if key in watched.states else None,
        _value(f"age/{domain}.{kind}", watched),
        class_="chip",
        data_class=key if key in watched.states else None,
        data_where=f"place/{process}={region}",
    )


def _state(key: str, watched: Watched) -> Markup:
    """Return what shows a state, as it is at first."""
    return el("span", watched.states[key][0][1], class_="state", data_state=key)


def _value(key: str, watched: Watched, *, unless: str = "") -> Markup | None:
    """Return what shows the value of a series. ``unless``: key and state in which it means nothing."""
    if key not in watched.seen.curves:
        return None
    after = "behind" if unless else None
    return el("span", class_="value", data_value=key, data_unless=unless or None, data_after=after)
