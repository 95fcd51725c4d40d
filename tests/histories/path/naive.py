"""What is late, naively: whole lists, no state, record after record. Only for small histories."""

from tests.histories.naive import table
from tests.histories.path.builder import Journey

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
