"""Conditions that faults and replays wait for."""

from collections.abc import Mapping

from sim.journal.milestones import Milestones
from sim.models.store.domain import PRIMARY, Domain
from sim.spec.faults.when import When


def holds(when: When, domains: Mapping[str, Domain], milestones: Milestones, now: int) -> bool:
    """Return whether a condition holds at ``now`` (ns), to which circles have been advanced."""
    if when.milestone is not None:
        subject, kind = when.milestone.split(".", 1)
        return any(
            m.kind == kind and (m.subject == subject or m.subject.startswith(subject + "/"))
            for m in milestones.all
        )
    assert when.of is not None and when.above is not None, "checked by the spec"
    name, region = when.of.split("/")
    domain = domains[name]
    domain.settle(now)
    if when.metric == "queue_depth":
        return domain.circle.queued(domain.regions.index(region)) > when.above
    return _lag(domain, region, now) > when.above


def _lag(domain: Domain, region: str, now: int) -> int:
    """Return the age (ns) of the oldest commit that a node has not applied, 0 if there is none."""
    node, log = domain.nodes[region], domain.log
    if domain.nodes[domain.primary].data_lost:  # then it has no log
        return 0
    if node.data_lost:  # it holds nothing, not even the first record, which the log has long dropped
        return now - domain.first_commit_ns if log.end > 1 else 0
    missing = log.end if node.role == PRIMARY else node.shared + 1
    return now - domain.commit_ns(missing) if missing < log.end else 0
