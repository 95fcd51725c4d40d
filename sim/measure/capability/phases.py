"""Where a recovery time went: phases that sum to it, to the nanosecond.

Start at the recovery and take the milestone that finished last before it; then follow causes back. The time
between a milestone and its cause belongs to the phase of the milestone. What follows the last milestone is
repair as long as writes wait for replicas, then catching up, or, while clients still hold an old DNS answer,
rerouting.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.core.milestones.declaration import CATCH_UP, DECIDE, PHASES, REPAIR, REROUTE, Happening
from sim.core.milestones.failover import NoCandidate, PrimaryKept, Promoted, Rerouted
from sim.core.milestones.faults import FaultHealed, FaultStarted, RegionUp
from sim.core.milestones.flows import (
    LakeMoved,
    PartitionsUp,
    ProcessStarted,
    ReaderMoved,
    RelayResumed,
    ReplayFinished,
)
from sim.core.milestones.store import AnswerChanged, CheckerHealthy, CheckerUnhealthy, NodeUp, WritesUnblocked
from sim.core.stages import BUS, LAKE
from sim.journal.milestones import Milestone, between

if TYPE_CHECKING:  # a report that only names the phases needs no compiler
    from sim.measure.capability.recovery import Episode
    from sim.measure.store.setup import DomainSetup

GENERAL = (RegionUp, FaultHealed)  # of no domain
TRIPS = (CheckerUnhealthy, CheckerHealthy)
SERVES = (AnswerChanged, NodeUp, RegionUp)  # may let a capability serve again
FAILS_OVER = (Promoted, Rerouted, PrimaryKept)  # likewise, for what needs the primary
PATH_REACTIONS = (
    *(ProcessStarted, PartitionsUp, RelayResumed, ReaderMoved, LakeMoved, ReplayFinished),
    *(Promoted, PrimaryKept, NodeUp, RegionUp),
)


def phases(
    setup: "DomainSetup", kind: str, episode: "Episode", milestones: Sequence[Milestone]
) -> tuple[dict[str, int], list[int]]:
    """Return phase -> ns, in PHASES order, and the ids of the chain of milestones, earliest first.

    Nothing if the episode is censored.
    """
    if episode.rta_ns is None or episode.recovered_ns is None:
        return {}, []
    start, stop = episode.started_ns, episode.recovered_ns
    within = [m for m in between(milestones, start + 1, stop) if _concerns(setup.domain, m)]
    last = _last(setup, kind, within, milestones)
    answered = _answered(within, last) if kind == "write" else None
    return _split(episode, last, milestones, answered=answered, decayed=_decayed(setup, within))


def path_phases(
    domains: Sequence[str],
    episode: "Episode",
    milestones: Sequence[Milestone],
    replays: Sequence[str] = (),
) -> tuple[dict[str, int], list[int]]:
    """Return the same for a capability of the data path that needs these domains.

    ``replays``: ids of those whose rows reach it.
    """
    if episode.rta_ns is None or episode.recovered_ns is None:
        return {}, []
    start, stop = episode.started_ns, episode.recovered_ns
    shared, own = (*domains, BUS.name, LAKE), {f"replay/{name}" for name in replays}
    within = [
        m
        for m in between(milestones, start + 1, stop)
        if isinstance(m.what, GENERAL) or m.subject.split("/")[0] in shared or m.subject in own
    ]
    last = _newest(within, milestones, PATH_REACTIONS)
    return _split(episode, last, milestones, answered=None, decayed=0)


def _split(
    episode: "Episode",
    last: Milestone | None,
    known: Sequence[Milestone],
    *,
    answered: Milestone | None,
    decayed: int,
) -> tuple[dict[str, int], list[int]]:
    """Follow causes back from the last milestone.

    ``answered``: what ended the wait for replicas after it; clients let go of old DNS answers at ``decayed``.
    """
    start, stop = episode.started_ns, episode.recovered_ns
    assert stop is not None, "of an episode that ended"
    spent, chain = dict.fromkeys(PHASES, 0), []
    served = after = start if last is None else last.at_ns
    if answered is not None:
        after = answered.at_ns
        spent[REPAIR] += after - served
        chain.append(answered.id)
    decayed = min(stop, max(after, decayed))
    spent[REROUTE] += decayed - after
    spent[CATCH_UP] += stop - decayed
    here = last
    while here is not None:
        chain.append(here.id)
        cause = None if here.cause is None else _with_id(known, here.cause)
        since = start if cause is None else max(start, cause.at_ns)
        waited = cause is not None and isinstance(cause.what, NoCandidate)  # until somebody could take over
        spent[DECIDE if waited else here.what.kind.phase] += max(0, here.at_ns - since)
        here = cause
    assert sum(spent.values()) == episode.rta_ns, f"phases {spent} do not sum to {episode.rta_ns} ns"
    return spent, chain[::-1]


def _last(
    setup: "DomainSetup", kind: str, within: Sequence[Milestone], known: Sequence[Milestone]
) -> Milestone | None:
    """Return the last milestone of the episode that let the capability serve again.

    A fault that healed did so only if it is among the causes of what happened to the domain meanwhile: not a
    fault that came and went beside it. If these name none, any fault may have been the reason.
    """
    kinds = SERVES + (FAILS_OVER if kind == "write" or setup.failover_reads else ())
    return _newest(within, known, kinds)


def _answered(within: Sequence[Milestone], last: Milestone | None) -> Milestone | None:
    """Return what ended, after the last milestone that let it serve, the wait of its writes for replicas.

    Its cause is not asked for: that is the latest misfortune or repair anywhere, which it need not be.
    """
    since = -1 if last is None else last.at_ns
    ended = (m for m in within if isinstance(m.what, WritesUnblocked) and m.what.primary_serves)
    return max((m for m in ended if m.at_ns > since), key=lambda m: m.at_ns, default=None)


def _newest(
    within: Sequence[Milestone],
    known: Sequence[Milestone],
    reactions: tuple[type[Happening], ...],
) -> Milestone | None:
    """Return the newest reaction, or healing of a fault that had consequences.

    Of any fault, if the consequences name none or that is nothing at all.
    """
    named = {cause for m in within if not isinstance(m.what, GENERAL) for cause in _faults(m, known)}
    healed = [m for m in within if isinstance(m.what, FaultHealed)]
    found = [m for m in within if isinstance(m.what, reactions)]
    found += [m for m in healed if not named or m.subject in named]
    return max(found or healed, key=lambda m: (m.at_ns, m.id), default=None)


def _with_id(known: Sequence[Milestone], number: int) -> Milestone:
    """Return a milestone by its id; they are in order of it."""
    return known[bisect_left(known, number, key=lambda m: m.id)]


def _faults(milestone: Milestone, known: Sequence[Milestone]) -> Iterator[str]:
    """Yield the faults (``fault/<id>``) that are known to be causes of a milestone.

    What a checker saw is not known: its trip has the latest misfortune for a cause.
    """
    here: Milestone | None = milestone
    while here is not None and not isinstance(here.what, TRIPS):
        if isinstance(here.what, FaultStarted):
            yield here.subject
        here = None if here.cause is None else _with_id(known, here.cause)


def _concerns(domain: str, milestone: Milestone) -> bool:
    """Return whether a milestone is the domain's own, or one that concerns all."""
    return isinstance(milestone.what, GENERAL) or milestone.subject.split("/")[0] == domain


def _decayed(setup: "DomainSetup", within: Sequence[Milestone]) -> int:
    """Return when the last client may have let go of an old DNS answer of this episode, 0 if none changed."""
    return max((m.at_ns + setup.ttl_ns for m in within if isinstance(m.what, AnswerChanged)), default=0)
