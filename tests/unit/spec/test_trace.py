"""Recorded loads: what a run makes of the files that people have."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.core.errors import SpecError
from sim.models.store import recorded_load as recorded
from sim.models.store.recorded_load import arrivals
from sim.spec.resolve import digest, load, resolve
from sim.spec.store.coverage import notes, warnings
from sim.spec.store.recorded import load_of
from sim.trust import of_study, trust
from tests.records import figures

BASE = (
    Path(__file__).parents[2] / "spec/valid/base.yaml"
)  # 10 min; us-east has 2/3 of the clients, eu-west 1/3
MS = 1_000_000


def scenario(file, fields="", duration="10m"):
    """The base scenario with a recorded load."""
    arrivals = f"{{kind: trace, file: '{file}'{fields and ', ' + fields}}}"
    workload = f"databases.orders.workload={{writes: 0, reads: 0, arrivals: {arrivals}}}"
    return resolve(load(str(BASE), sets=[workload, f"duration={duration}", "warmup=0s"]))


def sent(file, fields="", duration="10m"):
    """All times in ms at which something is sent, in order."""
    streams = arrivals(scenario(file, fields, duration), "orders")
    return sorted(int(at) / MS for times in streams.values() for at in times)


@pytest.fixture
def write(tmp_path):
    """Writes a file of that text and returns its path."""

    def written(text, name="load.csv"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


PEOPLE = {
    "grafana": (
        '"Time";"Value"\r\n"2026-03-01 12:00:00";2\r\n"2026-03-01 12:00:01";0\r\n"2026-03-01 12:00:02";1\r\n',
        "columns: {time: Time, rate_per_s: Value}, unit: iso8601, origin: first, interval: 1s",
        [0, 500, 2000],
    ),
    "nginx": (
        "1772366400.250 us-east GET\n1772366401.000 us-east GET\n".replace(" ", ","),
        "columns: {time: msec, client: where}, unit: s, origin: 1772366400",
        [250, 1000],
    ),
    "milliseconds": ("time_ms,count\n1772366400250,2\n", "origin: 2026-03-01T12:00:00Z", [250, 250]),
    "nanoseconds": ("time_ns\n1500000\n", "", [1.5]),
    "unsorted, equal and beyond": ("time_s\n3\n1\n3\n601\n", "", [1000, 3000, 3000]),
    "before the start": ("time_s\n-1\n4\n", "origin: 2", [2000]),
}


@pytest.mark.parametrize("of", PEOPLE)
@pytest.mark.parametrize("name", ["load.csv", "load.csv.gz"])
def test_what_people_export_is_sent_when_it_says(of, name, write):
    """Exports of dashboards, servers and scripts, by hand: when the operations of each are sent."""
    text, fields, expected = PEOPLE[of]
    head = "msec,where,verb\n" if of == "nginx" else ""
    assert sent(write(head + text, name), fields) == expected


def test_timestamps_of_parquet_need_no_unit(tmp_path):
    """A column of the type says what it is; it needs an origin only."""
    stamps = pa.array([1_772_366_400_000, 1_772_366_400_040], pa.timestamp("ms", "UTC"))
    pq.write_table(pa.table({"time": stamps, "count": [1.0, 2.0]}), tmp_path / "t.parquet")
    assert sent(tmp_path / "t.parquet", "origin: first") == [0, 40, 40]


def test_scale_keeps_every_tenth_and_trebles(write):
    """By a tenth, rows 5, 15, 25 are kept: the total is right to half an operation at any time."""
    file = write("time_s\n" + "".join(f"{i}\n" for i in range(30)))
    assert sent(file, "scale: 0.1") == [4000, 14_000, 24_000]
    assert sent(file, "scale: 3") == [1000 * i for i in range(30) for _ in range(3)]


def test_a_period_is_repeated_to_the_end_of_the_run(write):
    """Rows beyond the period are not used; those of the last, shorter one are used as far as the run goes."""
    file = write("time_s\n0\n1\n7\n")
    assert sent(file, "repeat: 5s", "11s") == [0, 1000, 5000, 6000, 10_000]
    assert load_of(scenario(file, "repeat: 5s", "11s"), "orders").coverage.used == 2


def test_a_row_that_lasts_beyond_the_end_sends_what_lies_before_it(write):
    """Ten a second for two seconds from 9 s on, in a run of 10 s."""
    times = sent(write("time_s,count\n9,20\n"), "interval: 2s", "10s")
    assert times == [9000 + 100 * k for k in range(10)]


def test_dealing_does_not_depend_on_how_many_are_worked_out_at_a_time(write, monkeypatch):
    """The same streams, however the operations are cut into parts; by share, two thirds and one."""
    file = write("time_s,count\n" + "".join(f"{i},{i % 4}\n" for i in range(60)))
    streams = {}
    for part in (1 << 20, 7, 1):
        monkeypatch.setattr(recorded, "_PART", part)
        streams[part] = {name: times.tolist() for name, times in arrivals(scenario(file), "orders").items()}
    assert streams[1] == streams[7] == streams[1 << 20]
    lengths = {name: len(times) for name, times in streams[1].items()}
    assert lengths == {"orders/us-east/write": 60, "orders/eu-west/write": 30}


def test_what_the_run_uses_is_said_in_rows_times_and_gaps(write):
    """Of 26,000 requests one lies in the run: said by warning and note, with the times and the gap."""
    rows = "".join(f"{100 * i}\n" for i in range(26_000))
    found = scenario(write("time_s\n" + rows), duration="1m")
    coverage = load_of(found, "orders").coverage
    assert (coverage.used, coverage.rows, coverage.gap_ns, coverage.ends_ns) == (
        1, 26_000, 60 * 10**9, 2_599_900 * 10**9,
    )  # fmt: skip
    assert "1 of 26,000 rows" in next(notes(found))
    outside, gap = warnings(found)
    assert "25,999 of 26,000 rows of load.csv lie outside the run of 1m" in outside
    assert "no request for 1m" in gap


def test_the_trust_notes_of_runs_and_studies_say_it_too(write):
    """Among the first that a page prints under how far to trust it is what was used of the file."""
    found = scenario(write("time_s\n1\n601\n"))
    for said in (trust(found, figures(), []), of_study(found, ran=2, broke="", fired={}, values={})):
        assert any("orders follows load.csv: 1 of 2 rows" in one for one in said[:3])


def test_a_load_that_fills_its_run_warns_of_nothing(write):
    """All rows are used and no gap is long: a note, no warning. One without a recorded load has neither."""
    found = scenario(write("time_s\n" + "".join(f"{i}\n" for i in range(60))), duration="1m")
    assert list(warnings(found)) == []
    assert "60 of 60 rows, the first at 0s, the last at 59s; longest time without a request 1s" in next(
        notes(found)
    )
    assert list(notes(resolve(load(str(BASE))))) == []


def test_evenness_within_an_interval_is_admitted(write):
    """A rate over a minute says nothing of bursts within it, and the note says so."""
    _, even = notes(scenario(write("time_s,rate_per_s\n0,1\n"), "interval: 1m"))
    assert "evenly over its 1m" in even


def test_as_many_as_can_be_are_laid_out_and_one_more_is_refused(write, monkeypatch):
    """At the limits of a run and of a second: one less, as many, one more."""
    monkeypatch.setattr("sim.spec.store.recorded.OPERATIONS_MAX", 10)
    monkeypatch.setattr("sim.spec.store.recorded.BURST_MAX", 4)
    for count in (9, 10):
        assert len(sent(write(f"time_s,count\n0,{count}\n"), "interval: 5s")) == count
    with pytest.raises(SpecError, match="11 operations"):
        sent(write("time_s,count\n0,11\n"), "interval: 5s")
    for count in (2, 3):
        assert len(sent(write(f"time_s,count\n7,1\n7.9,{count}\n"))) == count + 1
    with pytest.raises(SpecError, match="5 operations begin in the second from 7s on"):
        sent(write("time_s,count\n7,1\n7.9,4\n"))


def test_the_digest_is_of_the_content_and_how_it_is_read(write):
    """The same bytes elsewhere give the same digest; other bytes or another scale do not."""
    first = digest(scenario(write("time_s\n1\n", "a.csv")))
    assert first == digest(scenario(write("time_s\n1\n", "b.csv")))
    assert first != digest(scenario(write("time_s\n1\n\n", "c.csv")))
    assert first != digest(scenario(write("time_s\n1\n", "a.csv"), "scale: 2"))
