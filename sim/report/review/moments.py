"""The few lines of a timeline that tell most: what broke, what was decided, what was lost, what was back."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sim.core.milestones import failover, faults, flows, store
from sim.report.review.capabilities import group_of
from sim.report.review.records import CapabilityRow, Moment
from sim.report.timeline import TimelineScene, fold, milestones_of, parts, whole_domains

MOMENTS_MAX = 8
S = 1_000_000_000
SPANS_NS = (60 * S, 600 * S)  # how far apart milestones of one kind may lie and share a line
# How much a kind tells; of those that are not here, 1.
WEIGHTS = {
    9: (faults.FaultStarted, store.Destroyed, failover.Promoted),
    8: (
        store.PrimaryLost,
        failover.NoMajority,
        failover.NoCandidate,
        failover.PromotionFailed,
        failover.FailoverCancelled,
        failover.PrimaryKept,
    ),
    7: (
        faults.FaultHealed,
        failover.DeclaredDead,
        flows.StreamFailed,
        flows.PartitionsDown,
        flows.ReplayStarted,
        flows.ReplayFinished,
    ),
    6: (failover.PrimaryFenced, flows.LakeMoved, flows.PartitionsUp),
    5: (failover.Rejoined, failover.Rerouted, flows.ReaderMoved, flows.ProcessStopped),
    4: (failover.FailoverDecided, flows.RelayResumed, flows.ProcessStarted, store.AnswerChanged),
}
WEIGHT_OF = {kind.kind: weight for weight, kinds in WEIGHTS.items() for kind in kinds}
WAIT_S = 1.0
ON_CHAIN = 2  # more, if the worst recovery waited for it
# Kinds whose reason a line must have.
TELLING_WHY = {
    kind.kind
    for kind in (
        *(faults.FaultStarted, store.Destroyed, flows.StreamFailed, failover.NoMajority),
        *(failover.NoCandidate, failover.FailoverCancelled, failover.PrimaryKept, failover.PromotionFailed),
    )
}


def moments(document: Mapping[str, Any], rows: Sequence[CapabilityRow]) -> tuple[Moment, ...]:
    """Return at most ``MOMENTS_MAX`` moments of a document, by time; ``rows``: its capabilities."""
    happened = milestones_of(document)
    start_ns = next((m.at_ns for m in happened if isinstance(m.what, faults.FaultStarted)), None)
    chain = _chain(document, rows)
    domains = whole_domains(happened)
    for span_ns in SPANS_NS:
        scenes = [
            (_weight(scene, chain), _moment(scene, start_ns, domains)) for scene in fold(happened, span_ns)
        ]
        found = [*scenes, *((8, moment) for moment in _outcomes(document, start_ns))]
        if len(found) <= MOMENTS_MAX:
            break
    found.sort(key=lambda item: (-item[0], item[1].at_s))
    return tuple(sorted((moment for _, moment in found[:MOMENTS_MAX]), key=lambda moment: moment.at_s))


def _chain(document: Mapping[str, Any], rows: Sequence[CapabilityRow]) -> frozenset[int]:
    """Return the milestones that the recovery of the capability that is shown first waited for."""
    ids = document["recovery"][rows[0].name]["chain"] if rows else []
    at_s = {i: document["milestones"][i]["at_s"] for i in ids}
    return frozenset(later for earlier, later in pairwise(ids) if at_s[later] - at_s[earlier] >= WAIT_S)


def _weight(scene: TimelineScene, chain: frozenset[int]) -> int:
    led = any(m.id in chain for m in scene.milestones)
    return WEIGHT_OF.get(scene.kind, 1) + (ON_CHAIN if led else 0)


def _moment(scene: TimelineScene, start_ns: int | None, domains: frozenset[str]) -> Moment:
    what, why = parts(scene, domains)
    first, last = scene.milestones[0].at_ns, scene.milestones[-1].at_ns
    return _at(start_ns, (first / S, last / S), what, why if scene.kind in TELLING_WHY else "")


def _at(start_ns: int | None, span_s: tuple[float, float], what: str, why: str = "") -> Moment:
    """Return a moment; ``span_s``: when it began and ended; ``start_ns``: when the first fault began."""
    since = None if start_ns is None else span_s[0] - start_ns / S
    return Moment(at_s=span_s[0], until_s=span_s[1], since_fault_s=since, what=what, why=why)


def _outcomes(document: Mapping[str, Any], start_ns: int | None) -> Iterator[Moment]:
    """Yield when records were lost, and when the last of the requests and of the data path were back."""
    cuts = [(c["at_s"], name, c["records"]) for name, f in document["loss"].items() for c in f["recoveries"]]
    lost = sorted(cut for cut in cuts if cut[2])
    while lost:
        first_s = lost[0][0]
        near = [cut for cut in lost if cut[0] <= first_s + SPANS_NS[0] / S]
        lost = lost[len(near) :]
        told = ", ".join(f"{name} {number:,}" for _, name, number in near)
        yield _at(start_ns, (first_s, near[-1][0]), f"acknowledged records lost: {told}")
    requests = {n: f for n, f in document["recovery"].items() if group_of(n) in ("write", "read")}
    delivered = {n: f for n, f in document["recovery"].items() if n not in requests}
    yield from _back(requests, start_ns)
    yield from _back(delivered, start_ns)


def _back(recovery: Mapping[str, Mapping[str, Any]], start_ns: int | None) -> Iterator[Moment]:
    """Yield when the last of these capabilities had recovered for the last time."""
    ends = [
        (episode["recovered_s"], name)
        for name, found in recovery.items()
        for episode in found["episodes"][-1:]
        if episode["recovered_s"] is not None
    ]
    if ends:
        at_s, name = max(ends)
        others = f", the last of {len(ends)}" if len(ends) > 1 else ""
        yield _at(start_ns, (at_s, at_s), f"{name} is back{others}")
