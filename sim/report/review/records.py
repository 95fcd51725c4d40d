"""The records of a review. Times in seconds; ``inf`` is without bound."""

from collections.abc import Mapping
from dataclasses import dataclass

Range = tuple[float, float]  # (least, most) that something can be


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveRow:
    """An objective, judged.

    ``unit``: of ``range``, ``s``, ``count`` or ``1`` (a share); ``range``: None if nothing was measured.
    ``margin``: the share of its limit that is left, below 0 beyond it; None where a share says nothing
    (``== 0``). ``verdict``: met, missed or undecided; ``why``: of an undecided one, in words.
    """

    id: str
    metric: str
    of: str
    must: str
    unit: str
    range: Range | None
    margin: float | None
    verdict: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityRow:
    """The worst recovery of a capability.

    ``group``: write, read, delivery, lake or dashboard. ``rta_s``: None if the run ended before it had
    recovered, ``censored_after_s`` then says after how long; 0 if it was never down. ``serving_again_s``:
    from its start until it was good again, held or not; None if it never was. ``phases``: phase ->
    seconds, in order, those with any. ``tested``: whether it was used while faults lasted. ``verdict``: the
    worst of the objectives on its recovery, "" if there is none.
    """

    name: str
    group: str
    rta_s: float | None
    censored_after_s: float | None
    serving_again_s: float | None
    episodes: int
    downtime_s: float
    failed_requests: int
    phases: Mapping[str, float]
    tested: bool
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRow:
    """What of a store is lost: acknowledged records, how far back that reaches, and why, in words.

    ``records``, ``window_s``: from what is lost to what is lost or out of reach. ``stranded``: records out of
    reach. ``reasons``: one clause each, the largest first; empty if nothing is lost or out of reach.
    """

    name: str
    records: Range
    window_s: Range
    stranded: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A line of the timeline: what happened from ``at_s`` to ``until_s``, to one or to several.

    ``since_fault_s``: after the first fault began, None if there was none. ``why``: in words, "" if it goes
    without saying.
    """

    at_s: float
    until_s: float
    since_fault_s: float | None
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command to type, and what it is for."""

    line: str
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a meeting needs of a run.

    ``headline``: the verdict and its reason in one line; ``sentences``: what a manager can act on;
    ``limits``: which objectives are missed, or which is closest to that, in sentences.
    ``objectives``: missed first, then undecided, then the closest to its limit. ``capabilities``: those with
    a missed objective first, then the worst of each group in turn. ``stores``: that lost most first.
    ``moments``: at most eight. ``trust``: all notes, the most particular first. ``reproduce`` gives the run
    again; ``next`` is worth typing next.
    """

    scenario: str
    verdict: str
    headline: str
    sentences: tuple[str, ...]
    limits: tuple[str, ...]
    objectives: tuple[ObjectiveRow, ...]
    capabilities: tuple[CapabilityRow, ...]
    stores: tuple[StoreRow, ...]
    moments: tuple[Moment, ...]
    trust: tuple[str, ...]
    reproduce: Command
    next: Command
