"""The first difference between two runs of one scenario, with what lies around it."""

from collections import Counter

import numpy as np

UNORDERED = {"open": ("rid",), "issued": ("client", "kind")}


def compare(engine: dict, twin: dict) -> str | None:
    """Return the earliest difference between two sets of tables, None if they are equal.

    Both are {domain: {table: {column: array}}}, tables named as in ``sim.journal.schema``.
    What the twin has counts: further tables of the engine are not looked at; one without rows may be missing.
    """
    if set(engine) != set(twin):
        return f"domains differ: engine {sorted(engine)}, twin {sorted(twin)}"
    found = [
        difference for domain in sorted(twin) for difference in _domain(domain, engine[domain], twin[domain])
    ]
    return min(found, default=(0, None), key=lambda difference: difference[0])[1]


def compare_milestones(engine: list[tuple], twin: list[tuple]) -> str | None:
    """Return the first difference between two lists of (kind, at_ns, subject); order within one time does
    not matter."""
    mine, theirs = (sorted((at, kind, subject) for kind, at, subject in rows) for rows in (engine, twin))
    if mine == theirs:
        return None
    first = next(i for i in range(len(mine) + 1) if mine[i : i + 1] != theirs[i : i + 1])
    around = slice(max(0, first - 2), first + 3)
    return f"milestones differ at {first}:\n  engine {mine[around]}\n  twin   {theirs[around]}"


def compare_fired(faults: dict, engine: dict[str, dict], twin: dict[str, bool]) -> str | None:
    """Return which faults took effect on one side only.

    ``engine``: as in an outcome; ``twin``: whether they did, of the faults that it judges.
    """
    wrong = [name for name, fired in sorted(twin.items()) if engine[name].fired != fired]
    found = [f"{faults[name]!r}: engine {engine[name]}, twin {twin[name]}" for name in wrong]
    return "fired differs:\n  " + "\n  ".join(found) if found else None


def _domain(domain: str, engine: dict, twin: dict):
    for table in sorted(twin):
        mine, theirs = (_in_order(table, tables.get(table, {})) for tables in (engine, twin))
        yield from _table(f"{domain}.{table}", mine, theirs)


def _in_order(name: str, table: dict) -> dict:
    """Return a table whose rows have no order of their own in one that does not depend on who wrote it."""
    if not table or name not in UNORDERED:
        return table
    keys = [table[column] for column in reversed(UNORDERED[name])]
    rows = np.lexsort(keys)
    if name == "issued":  # streams of one group may be told apart or not, those that send nothing left out
        return _summed(table)
    return {column: values[rows] for column, values in table.items()}


def _summed(table: dict) -> dict:
    groups: Counter[tuple[int, int]] = Counter()
    for client, kind, count in zip(
        *(table[name].tolist() for name in ("client", "kind", "count")), strict=True
    ):
        groups[client, kind] += count
    cells = [(*group, count) for group, count in sorted(groups.items()) if count]
    return dict(zip(("client", "kind", "count"), np.array(cells, np.int64).reshape(-1, 3).T, strict=True))


def _table(name: str, engine: dict, twin: dict):
    """Yield (time, text) of the first row that differs in any column."""
    columns = list(twin or engine)
    rows = [
        min((len(table[column]) for column in columns if column in table), default=0)
        for table in (engine, twin)
    ]
    missing = [column for column in columns if rows[0] and column not in engine]
    if missing:
        yield -1, f"{name}: the engine has no column {missing}"
        return
    common = min(rows)
    first = common
    for column in columns if common else []:
        unequal = np.flatnonzero(np.asarray(engine[column][:common]) != np.asarray(twin[column][:common]))
        first = min([first, *unequal[:1].tolist()])
    if first < common or rows[0] != rows[1]:
        yield _time(engine, twin, first), _context(name, engine, twin, first, rows)


def _time(engine: dict, twin: dict, row: int) -> int:
    clocks = ("end_ns", "commit_ns", "at_ns", "from_ns")
    times = [int(t[c][row]) for t in (engine, twin) for c in clocks if c in t and row < len(t[c])]
    return min(times, default=1 << 62)  # what had not ended comes last


def _context(name: str, engine: dict, twin: dict, row: int, rows: list[int]) -> str:
    lines = [f"{name}: row {row} differs (engine has {rows[0]} rows, twin {rows[1]})"]
    for i in range(max(0, row - 2), row + 3):
        for who, table in (("engine", engine), ("twin", twin)):
            cells = {column: int(values[i]) for column, values in table.items() if i < len(values)}
            lines.append(f"  {'>' if i == row else ' '}{who:6} {i}: {cells}")
    return "\n".join(lines)
