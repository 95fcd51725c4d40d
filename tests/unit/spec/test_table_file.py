"""Tables from files as people have them."""

import gzip
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.spec.table_file import Unreadable, opened

ROWS = [("0.5", "us-east"), ("1", "eu, west"), ("2", "x")]
FORMS = {
    "plain": b'time_s,client\n0.5,us-east\n1,"eu, west"\n2,x\n',
    "excel": '\ufefftime_s;client\r\n0.5;us-east\r\n1;eu, west\r\n2;x\r\n;\r\n'.encode(),
    "excel-sep": b"sep=;\r\ntime_s;client\r\n0.5;us-east\r\n1;eu, west\r\n2;x\r\n",
    "tabs": b"time_s\tclient\n0.5\tus-east\n1\teu, west\n2\tx",
    "pipes": b"time_s|client\n0.5|us-east\n1|eu, west\n2|x\n",
    "odd-separator": b"sep=~\ntime_s~client\n0.5~us-east\n1~eu, west\n2~x\n",
    "mixed-ends": b'time_s,client\r\n0.5,us-east\n1,"eu, west"\r2,x\r\n',
    "old-mac": b'time_s,client\r0.5,us-east\r1,"eu, west"\r2,x\r',
    "blanks": b'\n time_s , client \n\n0.5,us-east\n\n1,"eu, west"\n  \n2,x\n\n\n',
    "quoted": b'"time_s","client"\n"0.5","us-east"\n"1","eu, west"\n"2","x"\n',
    "extra-delimiters": b'time_s,client,,\n0.5,us-east,,\n1,"eu, west",,\n2,x,,\n',
}  # fmt: skip

PIECES = (
    b"", b"\x00", b"\xff", b'"', b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"nan", b"1e300", b"-", b"0,5",
    b"\xef\xbb\xbf", b"sep=;\n", b"PAR1", b"\x1f\x8b", b"{", b"time_s", b"2026-03-01T12:00:00Z",
)  # fmt: skip


def rows_of(file):
    """The rows of a file, stripped, and where each stands."""
    with opened(str(file)) as table:
        batches = list(table.batches(["time_s", "client"]))
    cells = [
        (a.strip(), b.strip())
        for batch in batches
        for a, b in zip(*(batch.columns[name] for name in ("time_s", "client")), strict=True)
    ]
    return cells, [place for batch in batches for place in batch.places]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_every_form_of_one_table_gives_the_same_rows(form, packed, tmp_path):
    """Delimiters, marks, ends of lines, quotes, blanks and gzip change nothing of what is read."""
    file = tmp_path / "any.name"
    file.write_bytes(gzip.compress(FORMS[form]) if packed else FORMS[form])
    assert rows_of(file)[0] == ROWS


def test_places_are_lines_of_the_file(tmp_path):
    """Blank lines, a line for Excel and cells of several lines count."""
    file = tmp_path / "t.csv"
    file.write_text('\nsep=,\ntime_s,client\n0.5,a\n\n1,"b\nb"\n2,c\n')
    assert rows_of(file)[1] == [4, 7, 8]


def test_rows_beyond_one_batch_are_read_too(tmp_path, monkeypatch):
    """Where a table is cut into batches changes nothing."""
    monkeypatch.setattr("sim.spec.table_file._BATCH", 2)
    text = tmp_path / "t.csv"
    text.write_bytes(FORMS["plain"])
    parquet = tmp_path / "t.parquet"
    pq.write_table(pa.table({" time_s": [a for a, _ in ROWS], "client": [b for _, b in ROWS]}), parquet)
    assert rows_of(text) == (ROWS, [2, 3, 4])
    assert rows_of(parquet) == (ROWS, [1, 2, 3])


def test_cells_of_nested_columns_are_texts(tmp_path):
    """A list is no client: it is told as a value, not as a failure of ours."""
    pq.write_table(pa.table({"time_s": [1], "client": [["us-east"]]}), tmp_path / "t.parquet")
    with opened(str(tmp_path / "t.parquet")) as table:
        (batch,) = table.batches(["client"])
    assert batch.columns["client"] == ["['us-east']"]


CUTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 9), st.sampled_from(PIECES)), max_size=4)


@given(CUTS, st.booleans())
def test_a_damaged_file_is_read_or_refused(cuts, packed):
    """Whatever is cut out of a table or pasted into it, reading ends with rows or with the reason why not."""
    data = FORMS["plain"]
    for at, dropped, pasted in cuts:
        data = data[:at] + pasted + data[at + dropped :]
    with NamedTemporaryFile(suffix=".csv") as file:
        Path(file.name).write_bytes(gzip.compress(data)[: len(data)] if packed else data)
        try:
            with opened(file.name) as table:
                batches = list(table.batches(table.header))
        except Unreadable as error:
            assert error.why
        else:
            lengths = {len(cells) for batch in batches for cells in (batch.places, *batch.columns.values())}
            assert len(lengths) <= 1


def test_only_one_batch_of_rows_is_held(tmp_path):
    """A long file is given in parts of 65,536 rows, so that its length does not decide the memory."""
    file = tmp_path / "long.csv"
    file.write_text("time_ms\n" + "0\n" * 100_000)
    with opened(str(file)) as table:
        assert [len(batch.places) for batch in table.batches(["time_ms"])] == [65_536, 34_464]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (b"PK\x03\x04", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1", "workbook"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\x00", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"ARROW1\0\0", "Arrow"),
        ("\ufefftime_s\n1\n".encode("utf-16-le"), "UTF-16"),
        ("\ufefftime_s\n1\n".encode("utf-16-be"), "UTF-16"),
        (b'\xef\xbb\xbf{"time_s": 1}', "JSON"),
        (b"\n [1, 2]", "JSON"),
        (b"<!DOCTYPE html>", "HTML"),
        (b"\x1f\x8b\x08\x00 no gzip", "damaged gzip"),
        (b"", "empty"),
        (b"time_s\n" + b"1" * (1 << 16) + b"\n", "line 2"),
        (b"time_s\n\xff\n", "UTF-8"),
        (b"time_s,client\n1\n", "line 2 has 1 cells and the header 2"),
        (b'time_s,client\n1,"a"b\n', "line 2"),
        (b"0.5,us-east\n", "holds data"),
        (b"2026-03-01T12:00:00Z,7\n", "holds data"),
    ],
)
def test_what_is_no_table_is_refused_in_words(head, why, tmp_path):
    """Archives, workbooks, other encodings and pages that are called .csv are named for what they are."""
    file = tmp_path / "load.csv"
    file.write_bytes(head)
    with pytest.raises(Unreadable) as caught, opened(str(file)) as table:
        list(table.batches(table.header))
    assert why in caught.value.why


def test_times_of_parquet_are_ns_whatever_their_resolution(tmp_path):
    """Timestamps are ns since 1970 in UTC, durations ns, in plain integers."""
    import datetime as dt

    at = dt.datetime(2026, 3, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    columns = {
        "s": pa.array([at], pa.timestamp("s", "UTC")),
        "us": pa.array([at], pa.timestamp("us", "Europe/Paris")),
        "ns": pa.array([at], pa.timestamp("ns")),
        "day": pa.array([at.date()], pa.date32()),
        "span": pa.array([dt.timedelta(milliseconds=3)], pa.duration("ms")),
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    with opened(str(tmp_path / "t.parquet")) as table:
        (batch,) = table.batches(table.header)
    noon = 1_772_366_400_000_000_000
    assert batch.columns["s"] == batch.columns["us"] == batch.columns["ns"] == [noon]
    assert batch.columns["day"] == [noon - 12 * 3600 * 10**9]
    assert batch.columns["span"] == [3_000_000]
    assert table.types == {"s": "moment", "us": "moment", "ns": "moment", "day": "moment", "span": "span"}
