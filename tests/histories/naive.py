"""The measures again, naively: whole lists, quadratic loops, no state. Only for small histories."""

from collections.abc import Callable
from typing import Any

from tests.histories.builder import INFO, OK, READ, WRITE, History

Row = dict[str, int]


def table(history: History, name: str) -> list[Row]:
    """Return the rows of a table by time."""
    time = {"ops": "end_ns", "commits": "commit_ns"}.get(name, "at_ns")
    return sorted(history.rows.get(name, []), key=lambda row: row[time])


def ancestry(history: History) -> Callable[[int, int], bool]:
    """Return the test whether a version is on a timeline."""
    parents = {row["timeline"]: (row["parent"], row["cut"]) for row in table(history, "cuts")}

    def on(version: int, timeline: int) -> bool:
        own, lsn = version >> 40, version & (1 << 40) - 1
        while timeline != own and timeline in parents:
            timeline, cut = parents[timeline]
            if lsn > cut:
                return False
        return timeline == own

    return on


def lost(history: History) -> tuple[set[int], set[int]]:
    """Return the operations lost, and those lost likewise whose outcome is info."""
    on, final = ancestry(history), max([1, *(row["timeline"] for row in table(history, "cuts"))])
    survive = {row["rid"] for row in table(history, "commits") if on(row["version"], final)}
    gone = {row["rid"] for row in table(history, "commits")} - survive
    writes = [
        r for r in table(history, "ops") if r["kind"] == WRITE and r["send_ns"] >= history.setup.warmup_ns
    ]
    return {r["rid"] for r in writes if r["outcome"] == OK} & gone, {
        r["rid"] for r in writes if r["outcome"] == INFO
    } & gone


def guarantees(history: History) -> list[int]:
    """Return the violations of read-your-writes, monotonic reads, monotonic writes, writes-follow-reads."""
    ops, on = [r for r in table(history, "ops") if r["outcome"] == OK], ancestry(history)
    whose = {row["version"]: row["rid"] for row in table(history, "commits")}
    ops = [r for r in ops if r["kind"] == READ or whose.get(r["version"], r["rid"]) == r["rid"]]
    counts = [0, 0, 0, 0]
    for row in ops:
        if row["send_ns"] < history.setup.warmup_ns:
            continue
        mine = [
            r
            for r in ops
            if (r["session"], r["key"]) == (row["session"], row["key"]) and r["end_ns"] <= row["send_ns"]
        ]
        wrote = max((r["version"] for r in mine if r["kind"] == WRITE), default=-1)
        read = max((r["version"] for r in mine if r["kind"] == READ), default=-1)
        for first, mark in ((0, wrote), (1, read)):
            if row["kind"] == READ:
                counts[first] += row["version"] < mark
            else:
                counts[first + 2] += mark > 0 and not on(mark, row["version"] >> 40)
    return counts


def staleness(history: History) -> tuple[int, int, int, int]:
    """Return reads, stale reads, the greatest staleness in ns and in versions."""
    reads = [
        r
        for r in table(history, "ops")
        if r["outcome"] == OK and r["kind"] == READ and r["send_ns"] >= history.setup.warmup_ns
    ]
    stale = [r for r in reads if r["behind"]]
    worst = (max((r[c] for r in stale), default=0) for c in ("stale_ns", "behind"))
    return len(reads), len(stale), *worst


def exposure(history: History, region: str, stage: str) -> dict[str, Any]:
    """Return the greatest number and age of records not yet past ``stage``, and their means.

    While ``region`` was a standby.
    """
    setup, on = history.setup, ancestry(history)
    node, end, warm = setup.regions.index(region), setup.duration_ns, setup.warmup_ns
    records, age, record_time, age_time, time = 0, 0, 0, 0.0, 0
    step = max(setup.window_ns, -(-end // 2000))
    top, peak = [0] * -(-end // step), [0] * -(-end // step)
    for start, stop, timeline, primary in _eras(history):
        if primary == node:
            continue
        time += max(0, stop - max(start, warm))
        stays = _stays(history, node, stage, timeline, start, stop, on)
        points = sorted({t for stay in stays for t in stay} | {max(start, warm)})
        for low, high in zip(points, [*points[1:], stop], strict=True):
            inside = [(c, x) for c, x in stays if c <= low and x > low]
            if low < max(start, warm) or not inside:
                continue
            oldest = min(c for c, _ in inside)
            if any(c == low for c, _ in inside):
                records = max(records, len(inside))
            age = max(age, high - oldest)
            for b in range(low // step, -(-high // step)):  # all that [low, high) touches
                top[b] = max(top[b], len(inside))
                peak[b] = max(peak[b], min((b + 1) * step, high) - oldest)
            if high == stop or any(x == high for _, x in stays):  # looked at once more as a record leaves
                b = min(high // step, len(peak) - 1)
                peak[b] = max(peak[b], high - oldest)
            record_time += len(inside) * (high - low)
            age_time += (high - low) * ((high - oldest) + (low - oldest)) / 2
    return {
        "records_max": records, "age_max_s": age / 1e9, "records_mean": record_time / time,
        "age_mean_s": age_time / time / 1e9,
        "series": {"step_s": step / 1e9, "records": top, "age_s": [ns / 1e9 for ns in peak]},
    }  # fmt: skip


def caught_up(history: History, kind: int) -> int | None:
    """Return when every standby had caught up after the worst episode, from its start; None: one had not.

    Every episode has to be over.
    """
    rta, sooner = max((rta or 0, -start) for start, rta in episodes(history, kind)[0])
    served = rta - sooner
    ends = [
        stop
        for node in range(len(history.setup.regions))
        for start, stop in _lags(history, node)
        if start <= served + history.setup.latency_ns
    ]
    latest = max([served, *ends])
    return None if latest >= history.setup.duration_ns else latest + sooner


def _lags(history: History, node: int) -> list[list[int]]:
    """Return [begin, end] of the times in which a standby had not received what was older than the level."""
    setup, on, found = history.setup, ancestry(history), []
    for start, stop, timeline, primary in _eras(history):
        stays = [] if primary == node else _stays(history, node, "received", timeline, start, stop, on)
        found += [[c + setup.latency_ns, x] for c, x in stays if x > c + setup.latency_ns]
    lags: list[list[int]] = []
    for begin, end in sorted(found):
        if lags and begin <= lags[-1][1] + setup.hold_ns:
            lags[-1][1] = max(lags[-1][1], end)
        else:
            lags.append([begin, end])
    return lags


def _eras(history: History) -> list[tuple[int, int, int, int]]:
    """Return (begin, end, timeline, primary) of each time between promotions."""
    setup, start, timeline = history.setup, 0, 1
    eras, primary = [], setup.regions.index(setup.primary)
    for row in [*table(history, "cuts"), {"at_ns": setup.duration_ns, "node": -1, "timeline": -1}]:
        eras.append((start, row["at_ns"], timeline, primary))
        start, timeline, primary = row["at_ns"], row["timeline"], row["node"]
    return eras


def _stays(
    history: History,
    node: int,
    stage: str,
    timeline: int,
    start: int,
    stop: int,
    on: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """Return (commit, exit) of every record that stood between the primary and the standby in one era."""
    region = history.setup.regions[node]
    past = [r for name in (stage, "copied") for r in table(history, f"{name}/{region}")]
    had = {r["version"] for r in table(history, f"received/{region}") if r["at_ns"] < start}
    own = {r["version"] for r in table(history, "commits") if r["node"] == node and r["commit_ns"] < start}
    prefix = max([0, *(v & (1 << 40) - 1 for v in had | own if on(v, timeline))])
    stays = []
    for row in table(history, "commits"):
        lsn = row["version"] & (1 << 40) - 1
        if row["commit_ns"] >= stop or not on(row["version"], timeline) or lsn <= prefix:
            continue
        exits = [
            r["at_ns"]
            for r in past
            if start <= r["at_ns"] < stop
            and r["version"] & (1 << 40) - 1 >= lsn
            and on(r["version"], timeline)
        ]
        stays.append((row["commit_ns"], min(exits, default=stop)))
    return stays


def episodes(
    history: History, kind: int, client: int | None = None
) -> tuple[list[tuple[int, int | None]], int]:
    """Return (start, recovery time or None) of each episode, and the downtime.

    From lists of whole windows.
    """
    setup, end = history.setup, history.setup.duration_ns
    good_need, width = float(setup.good), setup.window_ns
    rows = [
        (r["send_ns"], r["outcome"] == OK and r["end_ns"] - r["send_ns"] <= setup.latency_ns)
        for r in history.rows.get("ops", []) if r["kind"] == kind and client in (None, r["client"])
    ]  # fmt: skip
    still = [
        r["send_ns"]
        for r in history.rows.get("open", [])
        if r["kind"] == kind and client in (None, r["client"])
    ]
    rows += [(t, False) for t in still if end - t > setup.latency_ns]
    rows = [(t, ok) for t, ok in rows if t >= setup.warmup_ns]
    young = [t // width * width for t in still if end - t <= setup.latency_ns and t >= setup.warmup_ns]
    horizon, bad, windows = min(young, default=1 << 62), False, []
    for w in range(setup.warmup_ns // width, -(-end // width)):
        inside = [ok for t, ok in rows if t // width == w]
        bad = sum(inside) < good_need * len(inside) - 1e-9 if inside else bad
        windows.append((max(w * width, setup.warmup_ns), min((w + 1) * width, end), bad))
    return _merge(windows, rows, horizon, setup.hold_ns), sum(stop - start for start, stop, b in windows if b)


def tested(history: History, kind: int) -> bool:
    """Return whether a judged operation was sent while faults put reads or writes to the test."""
    warm, end, latency = history.setup.warmup_ns, history.setup.duration_ns, history.setup.latency_ns
    sends = [row["send_ns"] for row in history.rows.get("ops", []) if row["kind"] == kind]
    still = [row["send_ns"] for row in history.rows.get("open", []) if row["kind"] == kind]
    sends = [t for t in sends + [t for t in still if end - t > latency] if t >= warm]
    starts = [m.at_ns for m in history.milestones if m.kind == "fault.started"]
    if not starts:
        return bool(sends)
    last = {m.subject: m for m in history.milestones if m.kind in ("fault.started", "fault.healed")}
    stop = max(m.at_ns if m.kind == "fault.healed" else end for m in last.values())
    recovered = [end if rta is None else start + rta for start, rta in episodes(history, kind)[0]]
    return any(t >= min(starts) and (t < stop or any(t <= again for again in recovered)) for t in sends)


def _merge(
    windows: list[tuple[int, int, bool]], rows: list[tuple[int, bool]], horizon: int, hold: int
) -> list[tuple[int, int | None]]:
    out: list[tuple[int, int | None]] = []
    at = 0
    while at < len(windows):
        if not windows[at][2]:
            at += 1
            continue
        first, last = at, at
        for j in range(at, len(windows)):
            if windows[j][2]:
                last = j
            elif min(windows[j][1], horizon) - windows[last][1] >= hold:
                break
        else:
            j = len(windows)
        start = min(t for t, ok in rows if not ok and windows[first][0] <= t < windows[first][1])
        held = j < len(windows)
        again = [t for t, ok in rows if ok and t >= windows[last][1]]
        out.append((start, min(again) - start if held else None))
        at = j + 1 if held else len(windows)
    return out
