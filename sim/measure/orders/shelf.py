"""Shelves: what a stock's timelines say is left of each item, and what customers were told all the same.

Each timeline folds its own commits, as a database does that updates where units are left: a take that finds a
unit is granted, one that finds none is declined, a client's write fills the item up. So on one timeline no
level is below 0. What a promotion abandons was promised nevertheless, and its successor promises it again.

Kept are the takes and fills that may still be abandoned (to undo them), abandoned grants, and, of items that
have one, what came after it until the item was filled up for good: from then on shelf and database agree.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sim.core.identity import lsn_of, timeline_of
from sim.engine.compiled import compiled
from sim.journal.recorder import Table
from sim.measure.orders.pending import PendingRows
from sim.measure.orders.setup import StockSetup

OnLine = Callable[[np.ndarray], np.ndarray]

OTHER, FILL, GRANT, DECLINE = range(4)  # what a commit is to a stock; a take is a GRANT until it is folded
VERSION, TIME, RID, PROMISE, KEY, KIND, BEFORE, ACKED, COLUMNS = range(9)  # of a row


@dataclass(slots=True)
class Account:
    """An item of which a grant was abandoned: its level just before, and the rows since then, by version."""

    level: int
    rows: dict[int, np.ndarray] = field(default_factory=dict)
    fills: list[int] = field(default_factory=list)  # versions that may end it
    abandoned_ns: int = -1  # the last of its abandoned grants

    def ends(self, version: int) -> bool:
        """Return whether all that was abandoned had come before a row."""
        return bool(self.rows[version][TIME] > self.abandoned_ns)

    def close(self, version: int) -> None:
        """Let a row be the last: from then on shelf and database agree."""
        until = self.rows[version][TIME]
        self.rows = {v: row for v, row in self.rows.items() if row[TIME] <= until}


class Shelf:
    """The levels of one stock on each timeline."""

    def __init__(self, stock: StockSetup) -> None:
        self.stock = stock
        self.level = np.full(stock.keys, stock.units)  # on the newest timeline
        self.pending = PendingRows(COLUMNS)  # on the newest timeline, may still be abandoned
        self.accounts: list[Account] = []
        self.again: dict[int, list[int]] = defaultdict(list)  # abandoned promise -> other grants of it
        self.takes = self.granted = self.declined = 0
        self.filled = self.sold = 0  # units, on the newest timeline
        self.level_min = stock.units
        self._timeline = 1
        self._older: dict[int, np.ndarray] = {}  # levels of abandoned timelines, where commits may still come
        self._open: dict[int, Account] = {}
        self._abandoned: dict[int, np.ndarray] = {}  # by version
        self._promise: dict[int, int] = {}  # of the operation of an abandoned grant

    def promise_of(self, rid: int, known: int) -> int:
        """Return whose promise a replay of an operation renews; ``known``: its tag, negative if lost."""
        return self._promise.get(rid, known if known >= 0 else -2 - rid)

    def commit(self, rows: Table, kinds: np.ndarray, promises: np.ndarray) -> None:
        """Take in commits with what they are (n,) to this stock and whose promises (n,) they carry out."""
        mine = np.flatnonzero(kinds != OTHER)
        if not len(mine):
            return
        new = np.zeros((len(mine), COLUMNS), np.int64)
        columns = (VERSION, TIME, RID, KEY)
        for column, name in zip(columns, ("version", "commit_ns", "rid", "key"), strict=True):
            new[:, column] = rows[name][mine]
        new[:, KIND], new[:, PROMISE] = kinds[mine], promises[mine]
        timelines = timeline_of(new[:, VERSION])
        self._extend(new[timelines == self._timeline])
        for timeline in np.unique(timelines[timelines != self._timeline]).tolist():
            self._diverge(new[timelines == timeline], self._older[timeline])

    def acknowledge(self, versions: np.ndarray) -> None:
        """Take in the commits that answers to clients named."""
        rows = self.pending.rows
        if len(rows):
            at = np.searchsorted(rows[:, VERSION], versions)
            at[at == len(rows)] = 0
            rows[at[rows[at, VERSION] == versions], ACKED] = 1
        if self._abandoned:
            for version in self._abandoned.keys() & set(versions.tolist()):
                self._abandoned[version][ACKED] = 1

    def cut(self, timeline: int, last: int) -> None:
        """Follow a promotion: levels are again what they were at ``last``."""
        self._older[self._timeline] = self.level.copy()
        gone = self.pending.cut(
            int(np.searchsorted(lsn_of(self.pending.rows[:, VERSION]), last, side="right"))
        )
        self._count(gone, -1)
        self.level[gone[::-1, KEY]] = gone[::-1, BEFORE]  # of one item's rows the first is written last
        self._timeline = timeline
        moves = gone[gone[:, KIND] != DECLINE]
        for key in sorted({*moves[moves[:, KIND] == GRANT, KEY].tolist(), *self._open}):
            own = moves[moves[:, KEY] == key]
            if len(own):
                self._begin(key, int(own[0, BEFORE]), own)
        self._abandon(gone)

    def forget(self, needed: int, on_line: OnLine) -> None:
        """Forget what cannot be abandoned any more: what comes before log sequence number ``needed``."""
        self.pending.drop(int(np.searchsorted(lsn_of(self.pending.rows[:, VERSION]), needed)))
        for key, account in list(self._open.items()):
            fills = np.array([v for v in account.fills if lsn_of(v) < needed], np.int64)
            good = [v for v in fills[on_line(fills)].tolist() if account.ends(v)]
            if good:
                account.close(good[0])
                del self._open[key]

    def abandoned(self) -> list[np.ndarray]:
        """Return the abandoned grants, in order of time."""
        return sorted(self._abandoned.values(), key=lambda row: (int(row[TIME]), int(row[VERSION])))

    def problems(self) -> list[str]:
        """Return a line for each sum that does not close."""
        whole, held = self.stock.keys * self.stock.units, int(self.level.sum())
        found = []
        if self.takes != self.granted + self.declined:
            found.append(f"{self.takes} takes, {self.granted} granted, {self.declined} declined")
        if whole + self.filled - self.sold != held:
            found.append(f"{whole} units and {self.filled} filled up less {self.sold} sold are not {held}")
        return found

    # --- rows -----------------------------------------------------------------------------------------------

    def _extend(self, new: np.ndarray) -> None:
        """Take in commits of the newest timeline."""
        self._fold(new, self.level)
        self._count(new, 1)
        self.pending.append(new)
        self._record(new)
        if self.again:
            for row in new[(new[:, KIND] == GRANT) & np.isin(new[:, PROMISE], list(self.again))]:
                self.again[int(row[PROMISE])].append(int(row[VERSION]))

    def _diverge(self, new: np.ndarray, level: np.ndarray) -> None:
        """Take in commits of a timeline that was abandoned before: a split brain."""
        self._fold(new, level)
        for row in new[new[:, KIND] == GRANT]:
            key, at_ns = int(row[KEY]), int(row[TIME])
            rows = self.pending.rows
            later = rows[(rows[:, KEY] == key) & (rows[:, TIME] >= at_ns)]
            if key not in self._open:
                self._begin(key, int(later[0, BEFORE]) if len(later) else int(self.level[key]), later)
        self._record(new)
        self._abandon(new)

    def _fold(self, new: np.ndarray, level: np.ndarray) -> None:
        """Decide what is granted, and count it."""
        counted = new[:, TIME] >= self.stock.warmup_ns
        self.takes += int((new[counted, KIND] == GRANT).sum())
        fold(new, level, self.stock.units)
        granted = counted & (new[:, KIND] == GRANT)
        self.granted += int(granted.sum())
        self.declined += int((new[counted, KIND] == DECLINE).sum())
        if granted.any():
            self.level_min = min(self.level_min, int(new[granted, BEFORE].min()) - 1)

    def _count(self, rows: np.ndarray, sign: int) -> None:
        """Count the units that rows of the newest timeline took and brought, or take them back."""
        self.sold += sign * int((rows[:, KIND] == GRANT).sum())
        fills = rows[rows[:, KIND] == FILL]
        self.filled += sign * int((self.stock.units - fills[:, BEFORE]).sum())

    def _begin(self, key: int, level: int, rows: np.ndarray) -> None:
        """Follow an item from a level on, just before ``rows``; one that is followed, if that is earlier."""
        if key not in self._open:
            self.accounts.append(Account(level))
            self._open[key] = self.accounts[-1]
        elif int(rows[0, VERSION]) not in self._open[key].rows:
            self._open[key].level = level
        self._record(rows)

    def _record(self, rows: np.ndarray) -> None:
        """Keep the rows of the items that are followed."""
        if not self._open:
            return
        for row in rows[np.isin(rows[:, KEY], list(self._open)) & (rows[:, KIND] != DECLINE)]:
            account, version = self._open[int(row[KEY])], int(row[VERSION])
            if version not in account.rows:
                account.rows[version] = row.copy()
                account.fills += [version] if row[KIND] == FILL else []

    def _abandon(self, rows: np.ndarray) -> None:
        """Keep the grants among rows that no database has any more."""
        for row in rows[rows[:, KIND] == GRANT]:
            account, promise = self._open[int(row[KEY])], int(row[PROMISE])
            account.abandoned_ns = max(account.abandoned_ns, int(row[TIME]))
            kept = account.rows[int(row[VERSION])]
            kept[ACKED] |= row[ACKED]
            self._abandoned[int(row[VERSION])] = kept
            self._promise[int(row[RID])] = promise
            there = self.pending.rows
            others = (there[:, PROMISE] == promise) & (there[:, KIND] == GRANT)
            self.again[promise] += there[others, VERSION].tolist()


@compiled
def fold(rows, level, units):
    """Let rows (n, COLUMNS) of one timeline change the levels of their items; note what was there before."""
    for i in range(len(rows)):
        key = rows[i, KEY]
        rows[i, BEFORE] = level[key]
        if rows[i, KIND] == FILL:
            level[key] = units
        elif level[key] > 0:
            level[key] -= 1
        else:
            rows[i, KIND] = DECLINE
