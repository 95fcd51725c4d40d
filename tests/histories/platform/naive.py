"""What is late, and what monitors show, naively: whole lists, no state, record after record."""

from tests.histories.builder import S
from tests.histories.naive import table
from tests.histories.platform.builder import REGIONS, Journey

Batch = tuple[int, list[int]]  # when, versions
Late = tuple[int, tuple[int, int] | None, int]  # how many, (when, version) of the first, the farthest, ns


def late(journey: Journey, batches: list[Batch], allowed_ns: int) -> Late:
    """Return what is late of versions that arrive in batches, each judged against those before it."""
    committed = {row["version"]: row["commit_ns"] for row in table(journey.history, "commits")}
    there: set[int] = set()
    found: list[tuple[int, int, int]] = []
    for at_ns, versions in batches:
        newest = max((committed[v] for v in there), default=0)
        new = [v for v in dict.fromkeys(versions) if v not in there]
        found += [(at_ns, v, newest - committed[v]) for v in new if newest - committed[v] > allowed_ns]
        there.update(new)
    first = min((row[:2] for row in found), default=None)
    return len(found), first, max((row[2] for row in found), default=0)


def consumed(journey: Journey, consumer: str) -> list[Batch]:
    """Return what a consumer completed or was handed by replays, each row by itself."""
    replays = [name for name, replay in journey.path.replays.items() if replay.into == consumer]
    names = (f"consumed/{consumer}", *(f"replayed/{name}" for name in replays))
    rows = [row for name in names for row in table(journey.history, name)]
    rows.sort(key=lambda row: row["at_ns"])
    return [(row["at_ns"], [journey.rows[row["region"]][row["position"]]]) for row in rows]


def committed(journey: Journey, name: str) -> list[Batch]:
    """Return the commits of a table that were never taken back, each with all its rows."""
    rows = table(journey.history, name)
    taken = [(row["at_ns"], row["kept"]) for row in table(journey.history, f"taken/{name}")]
    kept: dict[int, Batch] = {}
    for row in rows:
        if all(row["at_ns"] >= at_ns or row["commit"] < count for at_ns, count in taken):
            _, versions = kept.setdefault(row["commit"], (row["at_ns"], []))
            versions += journey.rows[row["source"]][row["begin"] : row["end"]]
    return [kept[number] for number in sorted(kept)]


def replica(journey: Journey, region: str, at_ns: int) -> tuple[float, float]:
    """Return what the monitor of a standby shows at a moment, and the truth, in s; without promotions."""
    committed = {row["version"]: row["commit_ns"] for row in _until(journey, "commits", at_ns)}
    received, applied = (
        {row["version"] for row in _until(journey, f"{stage}/{region}", at_ns)}
        for stage in ("received", "applied")
    )
    shown = at_ns - committed[max(applied)] if received - applied else 0
    missing = [time for version, time in committed.items() if version not in received]
    return shown / S, (at_ns - min(missing, default=at_ns)) / S


def mirror(journey: Journey, source: str, to: str, at_ns: int) -> tuple[float, float]:
    """Return the same of a mirror."""
    committed = {row["version"]: row["commit_ns"] for row in _until(journey, "commits", at_ns)}
    rows = _until(journey, f"bus/{to}", at_ns)
    last = [row for row in rows if REGIONS[row["origin"]] == source][-1]
    missing = [time for v, time in committed.items() if v not in {row["version"] for row in rows}]
    return (last["at_ns"] - committed[last["version"]]) / S, (at_ns - min(missing, default=at_ns)) / S


def group(journey: Journey, consumer: str, region: str, at_ns: int) -> tuple[float, float]:
    """Return the same of a consumer group that reads one bus and saves every second: rows, and s."""
    committed = {row["version"]: row["commit_ns"] for row in _until(journey, "commits", at_ns)}
    rows = _until(journey, f"bus/{region}", at_ns)
    saved = len(_until(journey, f"consumed/{consumer}", at_ns // S * S))
    read = [row["position"] for row in _until(journey, f"consumed/{consumer}", at_ns)]
    done = {rows[position]["version"] for position in read}
    missing = [time for version, time in committed.items() if version not in done]
    return float(len(rows) - saved), (at_ns - min(missing, default=at_ns)) / S


def _until(journey: Journey, name: str, at_ns: int) -> list[dict[str, int]]:
    time = "commit_ns" if name == "commits" else "at_ns"
    return [row for row in table(journey.history, name) if row[time] < at_ns]
