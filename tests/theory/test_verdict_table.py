"""Every way for a store to be hurt, and what a run may say of it: verdicts by arithmetic.

East is the primary, west its replica; north votes and holds nothing. At T east is hurt. What is expected
is worked out here from who committed and received what and when, and from who is there at the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf

import numpy as np
import pytest

from sim.core.identity import lsn_of, timeline_of
from sim.measure.verdict import judge
from sim.spec.scenario import Objective
from tests.theory.one_store import EAST_WEST, MS, TRANSMIT, Run, S, run

T, T2, END = 30 * S, 130 * S, 180 * S  # east is hurt; west is, where two promotions are wanted; the run ends
BEFORE = 20 * S  # west is hurt
DECIDED, NEVER_DECIDED = "7s", "1h"


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination. ``returns``: with its data, empty, or never."""

    data: str  # survives, lost
    wire: str  # delivered, lost
    heals: bool
    majority: bool  # of regions is left when east is gone
    replica: str  # complete, behind, destroyed, down
    primary: str  # isolated (and alive), dead
    promotions: str  # none, one, two, promoting (at the end)
    returns: str  # data, empty, never

    @property
    def reachable(self) -> bool:
        """Whether there can be such a run."""
        back = "never" if not self.heals else "empty" if self.data == "lost" else "data"
        if self.returns != back or (self.primary == "isolated" and self.data == "lost"):
            return False  # the last follows from others; a primary that is alive has its data
        if self.primary == "isolated" and self.wire == "delivered":
            return False  # a cut delivers nothing
        return self.promotions == "none" or (self.can_promote and (self.promotions != "two" or self.heals))

    @property
    def can_promote(self) -> bool:
        """Whether somebody can agree, and somebody can be chosen."""
        return self.majority and self.replica in ("complete", "behind")


CELLS = [
    Cell(*values)
    for values in product(
        ("survives", "lost"), ("delivered", "lost"), (True, False), (True, False),
        ("complete", "behind", "destroyed", "down"), ("isolated", "dead"),
        ("none", "one", "two", "promoting"), ("data", "empty", "never"),
    )
]  # fmt: skip


def faults(cell: Cell) -> Iterator[tuple[str, dict]]:
    """Yield what hurts the platform."""
    heals = {"duration": "20s"} if cell.heals else {}
    hurt = {
        "dead": {"kind": "region_outage", "wire": cell.wire, "data": cell.data},
        "isolated": {"kind": "region_isolation"},
    }[cell.primary]
    yield "hurt", {"region": "east", "at": "30s", **hurt, **heals}
    if not cell.majority:
        yield "voter", {"kind": "region_outage", "region": "north", "at": "10s"}
    if cell.replica == "behind":
        yield "still", {
            "kind": "replication_pause", "database": "orders", "region": "west", "stage": "send", "at": "20s",
            "duration": "20s",
        }  # fmt: skip
    elif cell.replica != "complete":
        data = "lost" if cell.replica == "destroyed" else "survives"
        yield "gone", {"kind": "db_crash", "database": "orders", "region": "west", "at": "20s", "data": data}
    if cell.promotions == "two":
        yield "again", {"kind": "region_outage", "region": "west", "at": "130s", "wire": "lost"}


def simulate(cell: Cell) -> Run:
    """Run a cell: 20 writes a second, everything constant."""
    failover = {
        "decision": NEVER_DECIDED if cell.promotions == "none" else DECIDED,
        "promotion": "1h" if cell.promotions == "promoting" else "3s",
        "max_lag": "1h",
    }
    orders = {"failover": failover, "workload": {"writes": "20/s"}}
    return run({"duration": "180s", "level": {"hold": "10s"}}, orders=orders, **dict(faults(cell)))


@dataclass(frozen=True, slots=True)
class Expected:
    """Commit times (ns) of what is lost and of what is stranded; ``low``, ``high``: without bound."""

    lost: np.ndarray
    stranded: np.ndarray
    all_lost: bool = False
    all_stranded: bool = False


def commits(r: Run, timeline: int) -> np.ndarray:
    """Return the commit times (n,) ns of one timeline's acknowledged writes, by log sequence number."""
    known = set(r.table("ops", "rid")[r.table("ops", "outcome") == 0].tolist())
    versions, at = r.table("commits", "version"), r.table("commits", "commit_ns")
    own = timeline_of(versions) == timeline
    assert known >= set(r.table("commits", "rid")[own & (at < END - 100 * MS)].tolist()), (
        "all are acknowledged"
    )
    answered = np.isin(r.table("commits", "rid"), list(known))
    first = int(lsn_of(versions[own]).min()) if own.any() else 1
    found = np.full(int(lsn_of(versions[own]).max()) + 1 - first if own.any() else 0, -1)
    found[lsn_of(versions[own & answered]) - first] = at[own & answered]
    return found[found >= 0]


def west_has(cell: Cell, at: np.ndarray) -> int:
    """Return how many of east's commits, made at the times ``at``, west ever gets, had it no heal."""
    sent, received = at + TRANSMIT, at + TRANSMIT + EAST_WEST
    if cell.replica in ("down", "destroyed"):  # its process stopped: what flew is gone
        return int((received < BEFORE).sum())
    if cell.replica == "behind":  # a pause holds what has not left
        return int((sent <= BEFORE).sum())
    delivered = cell.primary == "dead" and cell.wire == "delivered"
    return int(((sent if delivered else received) < T).sum())


def expected(cell: Cell, r: Run) -> Expected:
    """Work out what is lost and what is stranded."""
    first, none = commits(r, 1), np.zeros(0, np.int64)
    held = west_has(cell, first)
    beyond, running = first[held:], cell.replica in ("complete", "behind")
    if cell.promotions in ("one", "two"):
        lost = [beyond]
        if cell.promotions == "two":
            second = commits(r, 2)
            lost.append(second[second + TRANSMIT + EAST_WEST >= T2])
        return Expected(np.concatenate(lost), none)
    if cell.data == "lost":
        if cell.replica == "destroyed":
            return Expected(first, none, all_lost=True)
        return Expected(beyond, none) if running else Expected(beyond, first[:held], all_stranded=True)
    if cell.heals:
        return Expected(none, none)
    if not cell.majority and cell.primary == "isolated" and not running:
        return Expected(none, none)  # the only side with a node that runs is east's, which has everything
    if not running:
        return Expected(none, first, all_stranded=True)
    return Expected(none, beyond)


def window(times: np.ndarray) -> float:
    """Return how far back a loss reaches: from T, or the newest of it, to the oldest."""
    return float(max(T, times.max()) - times.min()) if len(times) else 0.0


def verdict(low: float, high: float, must: float) -> str:
    """Return the verdict on ``<= must``."""
    return "met" if high <= must else "missed" if low > must else "undecided"


REACHABLE = [cell for cell in CELLS if cell.reachable]


@pytest.mark.parametrize("part", range(8))
def test_every_cell_says_what_arithmetic_says(part):
    """Bounds of records, window and diverged, and verdicts around them, in every reachable cell."""
    for cell in REACHABLE[part::8]:
        r = simulate(cell)
        found, want = r.measured.loss["orders"], expected(cell, r)
        low, high = len(want.lost), len(want.lost) + len(want.stranded)
        bounds = found.bounds
        assert (found.records, found.stranded) == (low, high - low), cell
        if want.all_lost:
            assert found.window_s == inf and found.window_over_s == T / S, cell
            low = high = inf
        if want.all_stranded:
            high = inf
        assert (bounds.records.low, bounds.records.high) == (low, high), cell
        late, far = (int((times >= T).sum()) for times in (want.lost, want.stranded))
        assert (bounds.diverged.low, bounds.diverged.high) == (late, late + far), cell
        _check_windows(cell, r, want)
        _check_verdicts(cell, r, low=low, high=high)


def _check_windows(cell: Cell, r: Run, want: Expected) -> None:
    told = r.measured.loss["orders"].bounds.window_s.times(S)
    second = want.lost[want.lost > T + 60 * S] if cell.promotions == "two" else want.lost[:0]
    firsts = want.lost[~np.isin(want.lost, second)]
    again = float(max(T2, second.max()) - second.min()) if len(second) else 0.0
    low = inf if want.all_lost else max(window(firsts), again)
    high = inf if want.all_stranded or want.all_lost else max(low, window(want.stranded))
    assert (told.low, told.high) == (low, high), cell


def _check_verdicts(cell: Cell, r: Run, *, low: float, high: float) -> None:
    limits = {
        0.0,
        1e6,
        *(edge + by for edge in (low, high) if edge < inf for by in (-1, 0, 1) if edge + by >= 0),
    }
    sla = {
        str(i): Objective(metric="rpa_records", of="orders", must=f"<= {limit:.0f}")
        for i, limit in enumerate(sorted(limits))
    }
    struck = {m.subject.removeprefix("fault/") for m in r.milestones if m.kind == "fault.started"}
    judged = judge(r.measured, sla, dict.fromkeys(struck, True))
    for said, limit in zip(judged, sorted(limits), strict=True):
        assert said.verdict == verdict(low, high, limit), (cell, said)
        assert said.why or said.verdict != "undecided", cell


def test_recovery_times_are_never_better_than_they_can_be():
    """Down to the end: at least so long; alive and reached by its clients: 0."""
    for cell in REACHABLE[::7]:
        r = simulate(cell)
        figures = r.figures["recovery"]["orders.write"]
        serves = (
            cell.promotions in ("one", "two")
            or cell.primary == "isolated"
            or (cell.heals and cell.data == "survives")
        )
        assert (figures["rta_s"] is None) == (not serves), cell
        if cell.primary == "isolated" and cell.promotions in ("none", "promoting"):
            assert figures["rta_ns"] == 0, cell
        elif not serves:
            assert figures["censored_after_s"] == pytest.approx((END - T) / S, abs=0.1), cell


def test_impossible_cells_are_not_reached():
    """Without a majority, or a replica that runs with its data, nobody is promoted."""
    tried = 0
    for cell in CELLS:
        alike = Cell(**{**_fields(cell), "promotions": "none"})
        never = not cell.majority and not cell.heals
        if cell.promotions == "one" and alike.reachable and (never or cell.replica in ("destroyed", "down")):
            tried += 1
            assert not simulate(cell).when("promoting"), cell
    assert tried > 20


def _fields(cell: Cell) -> dict:
    return {name: getattr(cell, name) for name in Cell.__slots__}
