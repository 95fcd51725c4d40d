"""What would decide an objective that a run leaves undecided: a longer run, another voter, another lag.

A heal that is planned for after the end changes no verdict; the reason names it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from sim.core import dials as d
from sim.core.distributions import Distribution
from sim.core.milestones.failover import (
    DeclaredDead,
    FailoverCancelled,
    FailoverDecided,
    NoCandidate,
    NoMajority,
    PrimaryFenced,
    PrimaryKept,
    Promoted,
    PromotionBegun,
    PromotionFailed,
)
from sim.core.quantity import LONGEST_NS, format_duration
from sim.faults.schedule import Fate
from sim.journal.milestones import Milestone
from sim.measure.figures import Figures
from sim.measure.verdict import UNDECIDED, Verdict
from sim.spec.scenario import Scenario

Node = tuple[str, str]  # (store, region)
NS, MS = 10**9, 10**6
KEEPS_AWAY = (d.REGION, d.DOWN, d.CUT)  # dials that keep a region, a node or what lies behind a link away
UNDER_WAY = (DeclaredDead, FailoverDecided, PrimaryFenced, PromotionBegun, PromotionFailed)
LONGER = "a longer run"
STEPS = (*UNDER_WAY, NoMajority, NoCandidate, FailoverCancelled, PrimaryKept, Promoted)  # of a failover


@dataclass(frozen=True, slots=True)
class End:
    """What advice rests on: how a run of a resolved scenario ended."""

    scenario: Scenario
    fates: Mapping[str, Fate]
    milestones: Sequence[Milestone]
    figures: Figures


def advised(verdicts: Iterable[Verdict], end: End) -> list[Verdict]:
    """Return the verdicts, each that its bounds leave undecided with what would decide it."""
    return [_advised(verdict, end) for verdict in verdicts]


def _advised(verdict: Verdict, end: End) -> Verdict:
    if verdict.verdict != UNDECIDED or verdict.bounds is None or verdict.why != verdict.bounds.reason:
        return verdict  # decided, or undecided for a reason beyond the bounds: of these nothing is known here
    found = _open_recovery(verdict.of, end) if verdict.censored else _out_of_reach(verdict.of, end)
    ways = ", or ".join(_different(found))
    return replace(verdict, why=f"{verdict.why}; to decide it: {ways}") if ways else verdict


def _different(ways: Iterable[str]) -> list[str]:
    """Return each way once; a longer run is one, also where it is said why."""
    each = list(dict.fromkeys(ways))
    return [way for way in each if way != LONGER or not any(w.startswith(f"{LONGER} (") for w in each)]


def _stores(of: str, end: End) -> list[str]:
    """Return the stores that a capability, store or stage is of; all, where it is of none in particular."""
    domain = of.partition(".")[0]
    return [domain] if domain in end.scenario.databases else sorted(end.scenario.databases)


def _out_of_reach(of: str, end: End) -> Iterator[str]:
    """Yield what would tell what becomes of stranded records, of databases or else of stages behind them."""
    losses = {store: end.figures.loss[store] for store in _stores(of, end)}
    stores = [name for name, f in losses.items() if f.stranded or f.stranded_window_s == inf]
    most = {name: losses[name].where[:1] for name in stores}  # the first place holds the most
    holders = [(name, place.region) for name, places in most.items() for place in places]
    away = {name: fate for name, fate in _active(end).items() if _away(fate)}
    yield from _heals(away, holders, end)
    for store in stores:
        yield from _failover(store, end)
    if not away:  # something restarts, or moves
        yield LONGER


def _open_recovery(of: str, end: End) -> Iterator[str]:
    """Yield what would tell when a capability has recovered."""
    figures, level = end.figures.recovery[of], end.scenario.level
    settling = level.hold + level.window + level.latency
    if figures.serving_again_s is not None:
        started_s = next(e.started_s for e in figures.seen.episodes if e.rta_s is None)
        yield f"run until {_moment(round((started_s + figures.serving_again_s) * NS) + settling)}"
        return
    store, _, kind = of.rpartition(".")
    own = kind in ("read", "write") and store in end.scenario.databases
    if own and end.figures.loss[store].window_s == inf:
        return  # no node will ever have anything to serve again
    writes = own and kind == "write"
    active = _active(end)
    settling += end.scenario.gateway.ttl  # until answers, and leases, are those of now
    yield from _heals(active, [(store, _primary(store, end))] if writes else [], end, settling)
    yield from _failover(store, end) if writes else ()
    if not active:
        yield LONGER


def _primary(store: str, end: End) -> str:
    """Return the region of the primary at the end."""
    promoted = (m.subject for m in end.milestones if isinstance(m.what, Promoted))
    ours = [subject for subject in promoted if subject.startswith(f"{store}/")]
    return ours[-1].partition("/")[2] if ours else end.scenario.databases[store].primary


def _active(end: End) -> dict[str, Fate]:
    return {name: fate for name, fate in end.fates.items() if fate.status == "active"}


def _heals(faults: Mapping[str, Fate], nodes: Sequence[Node], end: End, settling: int = 0) -> Iterator[str]:
    """Yield how long to run until faults have healed, unless one never does.

    Those that keep ``nodes`` away, or all, if none does. ``settling``: ns that must pass after that.
    """
    near = {name: fate for name, fate in faults.items() if any(_keeps_away(fate, node) for node in nodes)}
    heals = {name: fate.until_ns for name, fate in (near or faults).items()}
    known = {name: until for name, until in heals.items() if until is not None and until < LONGEST_NS}
    if not known or len(known) < len(heals):
        return
    restart = max((_restart(faults[name], nodes, end) for name in known), default=0)
    told = ", ".join(f"{name} heals at {format_duration(until)}" for name, until in sorted(known.items()))
    yield f"run until {_moment(max(known.values()) + restart + settling)} ({told})"


def _away(fate: Fate) -> bool:
    return any(turn.dial in KEEPS_AWAY for turn in fate.turns)


def _keeps_away(fate: Fate, node: Node) -> bool:
    """Return whether a fault stops a node, or cuts its region off, in part or as a whole."""
    turns = [turn for turn in fate.turns if turn.dial in KEEPS_AWAY]
    return any(turn.of == node if turn.dial == d.DOWN else node[1] in turn.of for turn in turns)


def _restart(fate: Fate, nodes: Sequence[Node], end: End) -> int:
    """Return how long nodes that a fault stopped, all or some of ``nodes``, take to start, in ns."""
    downs = [turn.of for turn in fate.turns if turn.dial == d.DOWN]
    stopped = [(of[0], of[1]) for of in downs if of in nodes or not nodes]
    delays = (end.scenario.databases[store].failover.restart for store, _ in stopped)
    return max((_at_most(delay) for delay in delays), default=0)


def _failover(store: str, end: End) -> Iterator[str]:
    """Yield what would have let another node take over, if any is there that has its data."""
    loss = end.figures.loss[store]
    if inf in (loss.window_s, loss.stranded_window_s):
        return
    own = [m for m in end.milestones if m.subject.partition("/")[0] == store]
    last = next((m.what for m in reversed(own) if isinstance(m.what, STEPS)), None)
    if isinstance(last, NoMajority) and last.regions == 2:
        yield "a third voter (one more region)"
    elif isinstance(last, NoCandidate):
        yield from _more_lag(last, loss.stranded)
    elif isinstance(last, UNDER_WAY):
        yield f"{LONGER} (a failover was under way)"


def _more_lag(found: NoCandidate, stranded: int) -> Iterator[str]:
    """Yield the bound on lag that would have let the closest replica take over, with its price."""
    lags = [out.lag_ns for out in found.ruled_out if out.lag_ns is not None]
    if lags:
        price = f" accepts the loss of {stranded:,}" if stranded else ""
        yield f"max_lag above {format_duration(-(-min(lags) // MS) * MS)}{price}"


def _at_most(delay: Distribution) -> int:
    """Return a delay, in ns, that few draws exceed."""
    return round(delay.mean if delay.is_constant else 3 * delay.mean)


def _moment(ns: int) -> str:
    """Write the first whole second of the run after a time."""
    return format_duration((ns // NS + 1) * NS)
