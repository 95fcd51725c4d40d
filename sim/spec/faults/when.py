"""Conditions that faults and replays wait for."""

from collections.abc import Iterator
from typing import Literal

from sim.core.milestones import KINDS
from sim.core.milestones.declaration import OF_STORES, Subject
from sim.spec.model import Model, S
from sim.spec.platform import Platform
from sim.spec.store.placement import nodes_of
from sim.spec.text import Complaint, Path, nearest
from sim.spec.types import Positive, Threshold

MILESTONES = tuple(name for name, found in KINDS.items() if found.kind.of in OF_STORES)
PATH_MILESTONES = tuple(name for name, found in KINDS.items() if found.kind.of == Subject.PROCESS)


class When(Model):
    """A monitored condition: a metric above a bound, or a milestone reached; looked at every ``every``."""

    metric: Literal["replica_lag", "queue_depth"] | None = None
    """What is measured: how far a replica lags, or how many requests wait at a node.
    Either this or ``milestone``."""
    milestone: str | None = None
    """What has to have happened, as in orders.declared: a database, or a part of it, and a kind of
    milestone (docs/files.md). Either this or ``metric``."""
    of: str | None = None
    """The node that is measured, as in orders/us-west. A metric needs it."""
    above: Threshold | None = None
    """The bound that the metric has to exceed: a duration for a lag, a count for a queue.
    A metric needs it."""
    every: Positive = 1 * S
    """How often it is looked at. Default: as often as monitoring usually does."""


def check_condition(platform: Platform, when: When, path: Path) -> Iterator[Complaint]:
    """Yield what is wrong with a condition at ``path``."""
    if (when.metric is None) == (when.milestone is None):
        yield Complaint(path, "a condition is either a metric or a milestone", at_key=True)
    elif when.milestone is not None:
        yield from _milestone(platform, when, path)
    else:
        yield from _metric(platform, when, path)


def _milestone(platform: Platform, when: When, path: Path) -> Iterator[Complaint]:
    for field in ("of", "above"):
        if getattr(when, field) is not None:
            yield Complaint((*path, field), f"{field!r} belongs to a metric, not to a milestone", at_key=True)
    database, _, kind = (when.milestone or "").partition(".")
    if database not in platform.databases:
        yield Complaint(
            (*path, "milestone"), f"no database {database!r}", nearest(database, platform.databases)
        )
        return
    kinds = (*MILESTONES, *PATH_MILESTONES) if platform.bus else MILESTONES
    if kind not in kinds:
        yield Complaint((*path, "milestone"), f"no milestone {kind!r}", nearest(kind, kinds))


def _metric(platform: Platform, when: When, path: Path) -> Iterator[Complaint]:
    for field in ("of", "above"):
        if getattr(when, field) is None:
            yield Complaint(path, f"a metric needs {field!r}", at_key=True)
    nodes = [
        f"{name}/{region}" for name, database in platform.databases.items() for region in nodes_of(database)
    ]
    if when.of is not None and when.of not in nodes:
        yield Complaint((*path, "of"), f"no node {when.of!r}", nearest(when.of, nodes))
    if (
        when.above is not None
        and isinstance(when.above, int) != (when.metric == "replica_lag")
        and when.above != 0
    ):
        unit = "a duration such as 30s" if when.metric == "replica_lag" else "a count such as 100"
        yield Complaint((*path, "above"), f"{when.metric} is measured in another unit", f"give {unit}")
