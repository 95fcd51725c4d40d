"""What a stock promised, what it declined, and which promises found the shelf empty."""

from collections.abc import Iterator

import numpy as np

from sim.core.quantity import seconds
from sim.measure.orders import shelf as s
from sim.measure.orders.figures import Grant, OversoldFigures, OversoldWitness, StockFigures
from sim.measure.orders.shelf import Account, OnLine, Shelf

Oversold = tuple[np.ndarray, np.ndarray | None]  # a grant, and the forgotten one that it collides with


def stock_figures(shelf: Shelf, on_line: OnLine) -> StockFigures:
    """Return the figures of one stock; ``on_line``: which versions survive. docs/measures.md defines them."""
    forgotten, since = _forgotten(shelf, on_line), shelf.stock.warmup_ns
    found = [_walk(account, shelf.stock.units, on_line, set(forgotten)) for account in shelf.accounts]
    oversold = [pair for pairs, _ in found for pair in pairs if pair[0][s.TIME] >= since]
    lowest = min([shelf.level_min, *(low for _, low in found)])
    return StockFigures(
        takes=shelf.takes,
        granted=shelf.granted,
        declined=shelf.declined,
        forgotten=sum(at_ns >= since for at_ns in forgotten.values()),
        oversold=OversoldFigures(
            count=len(oversold),
            items=len({int(row[s.KEY]) for row, _ in oversold}),
            witness=_witness(oversold),
        ),
        level_min=lowest if shelf.takes else None,
    )


def _forgotten(shelf: Shelf, on_line: OnLine) -> dict[int, int]:
    """Return the abandoned grants that customers were told of and that nothing made good: version -> time."""
    found: dict[int, np.ndarray] = {}
    for row in shelf.abandoned():
        again = np.array(shelf.again[int(row[s.PROMISE])], np.int64)
        if row[s.ACKED] and not on_line(again).any():
            found.setdefault(int(row[s.PROMISE]), row)
    return {int(row[s.VERSION]): int(row[s.TIME]) for row in found.values()}


def _walk(account: Account, units: int, on_line: OnLine, forgotten: set[int]) -> tuple[list[Oversold], int]:
    """Return the grants that found an item's shelf empty, and its lowest level."""
    level, lowest = account.level, account.level
    owed: list[np.ndarray] = []  # forgotten grants since it was filled up
    oversold: list[Oversold] = []
    for row in _standing(account, on_line, forgotten):
        if row[s.KIND] == s.FILL:
            level, owed = units, []
            continue
        level, lowest = level - 1, min(lowest, level - 1)
        owed += [row] if int(row[s.VERSION]) in forgotten else []
        if level < 0:
            other = owed[-level - 1] if len(owed) >= -level else None
            oversold.append((row, None if other is row else other))
    return oversold, lowest


def _standing(account: Account, on_line: OnLine, forgotten: set[int]) -> Iterator[np.ndarray]:
    """Yield what was promised and filled of an item in the end, in order of time."""
    rows = sorted(account.rows.values(), key=lambda row: (int(row[s.TIME]), int(row[s.VERSION])))
    if rows:
        alive = on_line(np.array([row[s.VERSION] for row in rows]))
        yield from (
            row for row, here in zip(rows, alive, strict=True) if here or int(row[s.VERSION]) in forgotten
        )


def _witness(oversold: list[Oversold]) -> OversoldWitness | None:
    if not oversold:
        return None
    row, other = min(oversold, key=lambda pair: (int(pair[0][s.TIME]), int(pair[0][s.VERSION])))
    grant = _grant(row)
    return OversoldWitness(
        at_s=grant.at_s, rid=grant.rid, version=grant.version, key=int(row[s.KEY]),
        collides_with=None if other is None else _grant(other),
    )  # fmt: skip


def _grant(row: np.ndarray) -> Grant:
    return Grant(at_s=seconds(int(row[s.TIME])), rid=int(row[s.RID]), version=int(row[s.VERSION]))
