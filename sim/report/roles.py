"""Which role each node of each store had, and when, from the milestones of a run's document."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sim.core.milestones import KINDS
from sim.core.milestones.declaration import Happening
from sim.core.milestones.failover import (
    Promoted,
    PromotionBegun,
    PromotionFailed,
    RebuildBegun,
    Rejoined,
    RewindBegun,
)
from sim.core.milestones.store import NodeDown, NodeUp
from sim.report.span import end_s, resolved

PRIMARY, STANDBY, FORMER, DOWN = "primary", "standby", "former primary", "down"
# kind of milestone of a node -> the role that it then has
BECOMES: dict[type[Happening], str] = {
    PromotionBegun: "promoting", PromotionFailed: STANDBY, Promoted: PRIMARY, RewindBegun: "rewinding",
    RebuildBegun: "being copied", Rejoined: STANDBY, NodeDown: DOWN,
}  # fmt: skip

Node = tuple[str, str]  # store, region


class Role(NamedTuple):
    """What a node of a store was from ``began_s`` to ``ended_s``."""

    store: str
    region: str
    role: str
    began_s: float
    ended_s: float


def roles(document: Mapping[str, Any]) -> list[Role]:
    """Return the roles of all nodes from the start to the end of a run, by store, region and time."""
    end = end_s(document)
    return [
        Role(store, region, role, began_s, ended_s)
        for (store, region), held in sorted(_held(document).items())
        for (began_s, role), (ended_s, _) in zip(held, [*held[1:], (end, "")], strict=True)
        if ended_s > began_s
    ]


def _held(document: Mapping[str, Any]) -> dict[Node, list[tuple[float, str]]]:
    """Return of each node (since when, s; which role), in order of time."""
    stores = resolved(document)["databases"]
    primaries: dict[str, str] = {store: spec["primary"] for store, spec in stores.items()}
    held = {
        (store, region): [(0.0, PRIMARY if region == primaries[store] else STANDBY)]
        for store, spec in stores.items()
        for region in (spec["primary"], *spec["replicas"])
    }
    for one in document["milestones"]:
        store, _, region = one["subject"].partition("/")
        node = store, region
        if node not in held:
            continue
        what = KINDS[one["kind"]]
        if what is Promoted:
            old = store, primaries[store]
            primaries[store] = region
            if old != node and held[old][-1][1] == PRIMARY:
                held[old].append((one["at_s"], FORMER))
        if what is NodeUp:
            held[node].append((one["at_s"], _again(held[node], primary=primaries[store] == region)))
        elif what in BECOMES:
            held[node].append((one["at_s"], BECOMES[what]))
    return held


def _again(history: list[tuple[float, str]], *, primary: bool) -> str:
    """Return the role that a node goes on with when it is up again; ``primary``: no other has become it."""
    before = next(role for _, role in reversed(history) if role != DOWN)
    return FORMER if before == PRIMARY and not primary else before
