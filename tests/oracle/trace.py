"""Arrival times from a trace file, read the plain way."""

import csv


def times_of(file: str, client: str, kind: str) -> list[int]:
    """Return the times (ns, ascending) of the rows that belong to a client and kind."""
    with open(file, newline="") as handle:
        rows = list(csv.DictReader(handle))
    mine = [row for row in rows if row.get("client", client) == client and row.get("kind", kind) == kind]
    return sorted(int(float(row["time_s"]) * 1e9 + 0.5) for row in mine)
