"""Orders counted by hand: all rows at the end, no slices, no blocks."""

from typing import Any

from sim.journal.schema import LSN_BITS, LSN_MASK
from tests.histories.builder import OK, S
from tests.histories.orders.shop import HANDLERS, Shop


def recount(shop: Shop) -> dict[str, Any]:
    """Return the numbers of a shop's figures."""
    alive = {domain: _surviving(history.rows) for domain, history in shop.histories.items()}
    calls = {h.name: shop.histories[h.of].rows.get(f"handled/{h.name}", []) for h in HANDLERS}
    made = {
        h.name: [(c["rid"], c["tag"]) for c in calls[h.name] if c["rid"] in alive[h.writes]] for h in HANDLERS
    }
    own = {rid for h in HANDLERS if h.writes == "orders" for rid in (c["rid"] for c in calls[h.name])}
    orders = {
        row["rid"]: row["end_ns"]
        for row in shop.histories["orders"].rows.get("ops", ())
        if row["outcome"] == OK and row["rid"] not in own and row["send_ns"] >= shop.warmup_ns
    }
    steps = {rid: _steps(rid, calls, made) for rid in orders}
    late = {r for r, done in steps.items() if not all(done) and 60 * S - orders[r] > shop.patience_ns}
    complete = sum(all(done) for done in steps.values())
    twice = {h.name: _twice([tag for _, tag in made[h.name]]) for h in HANDLERS}
    return {
        "orders": len(orders),
        "complete": complete,
        "under_way": len(orders) - complete - len(late),
        "stuck": len(late),
        "half_done": sum(any(steps[r]) for r in late),
        "doubled": sum(twice.values()),
        "handlers": {
            h.name: {"calls": len(calls[h.name]), "commits": len(made[h.name]), "doubled": twice[h.name]}
            for h in HANDLERS
        },
    }


def _steps(
    order: int, calls: dict[str, list[dict[str, int]]], made: dict[str, list[tuple[int, int]]]
) -> list[bool]:
    """Return, handler by handler, whether an order has a commit of it."""
    tags: dict[str | None, set[int]] = {None: {order}}
    done = []
    for h in HANDLERS:
        tags[h.name] = {c["rid"] for c in calls[h.name] if c["tag"] in tags[h.on]}
        done.append(any(rid in tags[h.name] for rid, _ in made[h.name]))
    return done


def _surviving(rows: dict[str, list[dict[str, int]]]) -> set[int]:
    """Return the operations that have a commit on the newest timeline."""
    cuts = {cut["parent"]: cut["cut"] for cut in rows.get("cuts", ())}
    return {
        row["rid"]
        for row in rows.get("commits", ())
        if row["version"] & LSN_MASK <= cuts.get(row["version"] >> LSN_BITS, 1 << LSN_BITS)
    }


def _twice(tags: list[int]) -> int:
    return len({tag for tag in tags if tags.count(tag) > 1})
