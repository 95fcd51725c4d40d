"""``lost.parquet``: ranges first, then records, as many as there is room for."""

from pathlib import Path

import numpy as np
import pytest

from sim.core.identity import pack_version
from sim.measure.missing import COLUMNS, LISTED_MAX, UNKNOWN, fate, listed, ranges_of
from sim.report import missing


def found(count, *, store="orders", timeline=1, rid=7):
    """Ranges of so many records with one fate."""
    made = fate(store, "replica", "lost", cause="wire", at_ns=5, copies=("disk in us-east", "bus in us-west"))
    rows = np.full((count, len(COLUMNS)), rid, np.int64)
    rows[:, 0] = pack_version(timeline, 1) + np.arange(count)
    return list(ranges_of(made, rows))


def written(tmp_path, ranges):
    """The rows that a folder keeps of them."""
    missing.write(tmp_path / missing.FILE, ranges)
    table = missing.read(tmp_path / missing.FILE)
    table.validate(full=True)
    return table.to_pylist()


def test_a_range_comes_before_its_records(tmp_path):
    """The first row counts, those after it name each record as a person can look it up."""
    first, *rows = written(tmp_path, found(3))
    assert (first["row"], first["records"], first["id"]) == ("range", 3, "orders@1:1")
    assert first["last_version"] - first["version"] == 2
    assert [row["id"] for row in rows] == ["orders@1:1", "orders@1:2", "orders@1:3"]
    assert rows[0]["copies"] == "disk in us-east; bus in us-west"
    assert (rows[0]["rid"], rows[0]["key"], rows[0]["session"], rows[0]["commit_ns"]) == (7, 7, 7, 7)


def test_what_nobody_kept_is_null(tmp_path):
    """An operation, key, session or time that is not known is no number."""
    _, row = written(tmp_path, found(1, rid=UNKNOWN))
    assert [row[name] for name in ("rid", "key", "session", "commit_ns")] == [None] * 4


def test_beyond_the_limit_records_are_counted_and_not_listed(tmp_path):
    """Ranges count all; the first hundred thousand records are listed, those of the first ranges."""
    ranges = listed([*found(LISTED_MAX - 1), *found(4, store="payments"), *found(5, timeline=2)])
    rows = written(tmp_path, ranges)
    assert sum(row["records"] for row in rows if row["row"] == "range") == LISTED_MAX + 8
    assert sum(row["row"] == "record" for row in rows) == LISTED_MAX
    assert [row["store"] for row in rows[-2:]] == ["orders", "payments"]


def test_nothing_missing_is_a_table_without_rows(tmp_path):
    """A run that lost nothing has the file, empty, with every column."""
    assert written(tmp_path, []) == []
    assert tuple(missing.read(tmp_path / missing.FILE).column_names) == missing.COLUMNS


def test_every_column_is_documented():
    """docs/files.md says of each column what it holds."""
    text = (Path(__file__).parents[3] / "docs/files.md").read_text(encoding="utf-8")
    table = text.partition("## Records that are missing")[2]
    assert [name for name in missing.COLUMNS if f"`{name}`" not in table] == []


def test_a_folder_without_the_table_says_so(tmp_path):
    """A folder of an earlier version is not one in which nothing was lost."""
    with pytest.raises(FileNotFoundError):
        missing.read(tmp_path / missing.FILE)


@pytest.mark.parametrize("name", ["<b>'\"&</b>", "订单", "\u202eorders", "x" * 300])
def test_names_of_others_are_kept_as_they_are(tmp_path, name):
    """A store may have any name; a table of data holds it unchanged."""
    assert {row["store"] for row in written(tmp_path, found(2, store=name))} == {name}
