"""Stock counted by hand: every timeline from its first commit on, every item from the start."""

from typing import Any

from sim.journal.schema import LSN_BITS, LSN_MASK
from tests.histories.builder import OK, WRITE
from tests.histories.orders.shop import STREAM, Shop

Row = dict[str, int]


def recount(shop: Shop) -> dict[str, Any]:
    """Return the numbers of a stock's figures."""
    stock, rows = shop.stock, shop.histories["inventory"].rows
    assert stock is not None
    commits = sorted(rows.get("commits", []), key=lambda row: row["commit_ns"])
    parents = {cut["timeline"]: (cut["parent"], cut["cut"]) for cut in rows.get("cuts", [])}
    newest = max(parents, default=1)
    tags = _tags(shop)
    told = {r["version"] for r in rows.get("ops", []) if r["kind"] == WRITE and r["outcome"] == OK}
    left = {c["version"]: _left(c, commits, parents, tags, shop) for c in commits if _is_take(c, tags)}
    granted = {version for version, units in left.items() if units > 0}
    takes = [c for c in commits if _is_take(c, tags) and c["commit_ns"] >= stock.warmup_ns]
    alive = [c for c in commits if _on(c["version"], newest, parents)]
    promise = {c["version"]: _promise(c["rid"], tags, shop) for c in commits}
    kept = {promise[c["version"]] for c in alive if c["version"] in granted}
    standing, forgotten = [], {}
    for c in commits:
        if c in alive and (c["version"] in granted or _is_fill(c, tags)):
            standing.append(c)
        elif c["version"] in granted & told and promise[c["version"]] not in kept | forgotten.keys():
            forgotten[promise[c["version"]]] = c
            standing.append(c)
    over, lowest = _walk(standing, tags, stock.units)
    over = [c for c in over if c["commit_ns"] >= stock.warmup_ns]
    believed = [left[c["version"]] - 1 for c in takes if c["version"] in granted]
    first = min(over, key=lambda c: (c["commit_ns"], c["version"]), default=None)
    return {
        "takes": len(takes),
        "granted": sum(c["version"] in granted for c in takes),
        "declined": sum(c["version"] not in granted for c in takes),
        "forgotten": sum(c["commit_ns"] >= stock.warmup_ns for c in forgotten.values()),
        "oversold": len(over),
        "items": len({c["key"] for c in over}),
        "first": first and first["version"],
        "level_min": min([stock.units, *believed, *lowest]) if takes else None,
    }


def _tags(shop: Shop) -> dict[int, int]:
    """Return operation of inventory that is no client's -> its tag."""
    calls = shop.histories["orders"].rows.get("handled/reserve", [])
    again = shop.histories["inventory"].rows.get("handled/back", [])
    return {row["rid"]: row["tag"] for row in [*calls, *again]}


def _behind(rid: int, tags: dict[int, int]) -> int:
    """Return the operation that a replay repeats, or the operation itself."""
    return tags[rid] if rid in tags and rid >> 40 != STREAM["reserve"] else rid


def _is_take(commit: Row, tags: dict[int, int]) -> bool:
    return _behind(commit["rid"], tags) >> 40 == STREAM["reserve"]


def _is_fill(commit: Row, tags: dict[int, int]) -> bool:
    return _behind(commit["rid"], tags) not in tags


def _promise(rid: int, tags: dict[int, int], shop: Shop) -> int:
    event = _behind(rid, tags)
    return tags.get(event, event) if shop.stock.idempotent else event


def _on(version: int, timeline: int, parents: dict[int, tuple[int, int]]) -> bool:
    while timeline > version >> LSN_BITS:
        timeline, cut = parents[timeline]
        if version & LSN_MASK > cut:
            return False
    return timeline == version >> LSN_BITS


def _left(
    commit: Row, commits: list[Row], parents: dict[int, tuple[int, int]], tags: dict[int, int], shop: Shop
) -> int:
    """Return what a commit's timeline had of its item just before it."""
    own = commit["version"] >> LSN_BITS
    line = [
        c for c in commits
        if c["key"] == commit["key"] and _on(c["version"], own, parents)
        and c["version"] & LSN_MASK < commit["version"] & LSN_MASK
    ]  # fmt: skip
    level = shop.stock.units
    for c in sorted(line, key=lambda c: c["version"] & LSN_MASK):
        if _is_fill(c, tags):
            level = shop.stock.units
        elif _is_take(c, tags) and level > 0:
            level -= 1
    return level


def _walk(standing: list[Row], tags: dict[int, int], units: int) -> tuple[list[Row], list[int]]:
    """Return the commits that found a shelf empty, and every level of every shelf."""
    level: dict[int, int] = {}
    over, levels = [], []
    for c in sorted(standing, key=lambda c: (c["commit_ns"], c["version"])):
        if _is_fill(c, tags):
            level[c["key"]] = units
            continue
        level[c["key"]] = level.get(c["key"], units) - 1
        levels.append(level[c["key"]])
        over += [c] if level[c["key"]] < 0 else []
    return over, levels
