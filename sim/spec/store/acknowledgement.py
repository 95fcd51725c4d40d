"""When a commit is answered: one model a kind, and what is wrong with it in a database."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from sim.spec.model import Model
from sim.spec.references import twice, unknown
from sim.spec.text import Complaint
from sim.spec.types import Duration, Name


class Asynchronous(Model):
    """A commit is answered at once."""

    kind: Literal["asynchronous"] = "asynchronous"


class AnyReplicas(Model):
    """A commit is answered when so many replicas, whichever they are, have it on disk and have said so."""

    kind: Literal["any"] = "any"
    count: Annotated[int, Field(ge=1)] = 1
    """How many replicas have to acknowledge a commit. Default: as in PostgreSQL's ANY 1 (...)."""
    of: list[Name] | None = None
    """The regions of the replicas that count; the primary of the moment never does. Default: every node."""
    flush: Duration = 500_000
    """How long a replica takes from receiving a record to having it on disk. Default: a write to a
    network disk."""


Acknowledgement = Annotated[Asynchronous | AnyReplicas, Field(discriminator="kind")]


def waits(rule: Acknowledgement) -> bool:
    """Return whether an answer waits for replicas."""
    return not isinstance(rule, Asynchronous)


def check_acknowledgement(
    rule: Acknowledgement, primary: str, nodes: Sequence[str], path: tuple[str, ...]
) -> Iterator[Complaint]:
    """Yield what is wrong with a rule for a database with these nodes (regions)."""
    if not isinstance(rule, AnyReplicas):
        return
    named = nodes if rule.of is None else rule.of
    if rule.of is not None:
        yield from unknown("node", named, nodes, (*path, "of"))
        yield from twice(named, (*path, "of"))
    others = set(named) - {primary}
    if rule.count > len(others):
        why = f"{rule.count} acknowledgements of {len(others)} replicas: no write would ever be answered"
        yield Complaint((*path, "count"), why)


def with_all_named(rule: Acknowledgement, nodes: Sequence[str]) -> Acknowledgement:
    """Return the rule with its replicas named."""
    if not isinstance(rule, AnyReplicas) or rule.of is not None:
        return rule
    return rule.model_copy(update={"of": list(nodes)})


def blocking(rule: Acknowledgement, nodes: Sequence[str]) -> str | None:
    """Say why writes stop with one node less, or None. ``rule`` is resolved."""
    if not isinstance(rule, AnyReplicas):
        return None
    assert rule.of is not None, "resolved"
    left = min(len(set(rule.of) - {node}) for node in nodes)  # whichever is the primary
    if rule.count < left:
        return None
    return (
        f"{rule.count} of {left} replicas must acknowledge: while one of them is away, and after a failover "
        "until the old primary is back, no write is answered; name more, or need fewer"
    )
