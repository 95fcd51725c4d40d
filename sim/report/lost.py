"""What ``sim explain --lost`` prints of ``lost.parquet``: ranges as a table, or everything as data."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report.document import written
from sim.report.missing import COLUMNS, FILE, RANGE, RECORD, read
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import clock, count, plural

if TYPE_CHECKING:
    import pyarrow as pa

SAME = ("store", "kind", "records", "id", "last_version", "cause", "copies")  # of ranges that share a line
STAGES_MAX = 3
KINDS = {
    "lost": "lost",
    "stranded": "out of reach",
    "dropped": "dropped",
    "ghost": "ghosts",
    "duplicate": "twice",
}


def table(folder: Path) -> "pa.ReportTable":
    """Return the table of a run folder. FileNotFoundError if it has none."""
    return read(folder / FILE)


def page(found: "pa.ReportTable", *, folder: str) -> list[ReportSection]:
    """Return the ranges, a line for those that differ by their stage alone; ``folder``: a word of a shell."""
    rows = found.to_pylist()
    ranges = [row for row in rows if row["row"] == RANGE]
    if not ranges:
        return [ReportSection("", ("Nothing is lost, out of reach, a ghost or there twice.",))]
    listed, all_of = len(rows) - len(ranges), sum(row["records"] for row in ranges)
    more = f"; {count(all_of - listed)} more are only counted" if listed < all_of else ""
    head = ("store", "what", "records", "from", "to", "at", "stage: cause; still in")
    body = ReportTable(head, tuple(map(_line, _together(ranges))), frozenset({2, 5}))
    notes = (
        f"{plural(listed, 'record')} one by one{more}: sim explain {folder} --lost --format csv",
        f"The way of one of them: sim explain {folder} --record {ranges[0]['id']}",
    )
    return [ReportSection("", (body, "", *notes))]


def _together(ranges: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[str]]]:
    """Return ranges that are the same but for their stage, with their stages."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], list[str]]] = {}
    for row in ranges:
        found.setdefault(tuple(row[name] for name in SAME), (row, []))[1].append(row["stage"])
    return list(found.values())


def _line(entry: tuple[dict[str, Any], list[str]]) -> tuple[str, ...]:
    row, stages = entry
    more = f" and {len(stages) - STAGES_MAX} more" if len(stages) > STAGES_MAX else ""
    where = ", ".join(stages[:STAGES_MAX]) + more
    still = f"; {row['copies']}" if row["copies"] else ""
    first, last = row["id"].rpartition("@")[2], row["last_version"] - row["version"]
    timeline, _, lsn = first.partition(":")
    at = "" if row["at_ns"] is None else clock(row["at_ns"])
    until = f"{timeline}:{int(lsn) + last}"
    return (
        row["store"],
        KINDS[row["kind"]],
        count(row["records"]),
        first,
        until,
        at,
        f"{where}: {row['cause']}{still}",
    )


def _csv(found: "pa.ReportTable") -> str:
    """Return the table as CSV, with a head; what is not known is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(found))
    return out.getvalue()


def _rows(found: "pa.ReportTable") -> Iterator[list[Any]]:
    for batch in found.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            yield [row[name] for name in COLUMNS]


def _json(found: "pa.ReportTable") -> str:
    """Return ranges and records as one JSON document; what is not known is null."""
    rows = found.to_pylist()
    parts = {
        name: [r for r in rows if r["row"] == kind] for name, kind in (("ranges", RANGE), ("records", RECORD))
    }
    return written(parts)


def copy(found: "pa.ReportTable", path: Path) -> None:
    """Write the table as Parquet."""
    import pyarrow.parquet as pq

    pq.write_table(found, path, compression="zstd")


WRITERS: dict[str, Callable[["pa.ReportTable"], str]] = {"csv": _csv, "json": _json}
