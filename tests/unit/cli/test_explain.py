"""``sim explain``: why a run came out as it did, and which records are missing, from its folder alone."""

import csv
import io
import json
import shutil

import pyarrow.parquet as pq
import pytest

import sim as door
from sim.cli.main import main
from sim.report import missing


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A run that loses records, has ghosts and duplicates, and a dashboard that never recovers."""
    return door.run("failover/ghosts", out=tmp_path_factory.mktemp("reports"), progress=False).folder


@pytest.fixture
def explain(kept, capsys, monkeypatch):
    """Call ``sim explain`` on it, 80 columns wide; nothing may be run again unless a test says so."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sim.trial.rerun", lambda *_, **__: pytest.fail("it was run again"))

    def call(*arguments):
        code = main(["explain", str(kept), *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_it_says_why_in_words_that_fit(explain):
    """The path, what would shorten it, why records are lost and what would have saved them."""
    code, out, _ = explain()
    told = " ".join(out.split())
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "Why orders.write took 1m 25s" in told
    assert "gateway.ttl (1m) is 58.5 s of the 1m 25s: halving it saves up to 30.0 s" in told
    assert "Whether dashboard.sales has recovered is not known" in told
    assert "It was good again after 9m 10s, but the run ended before that had held [level.hold: 5m]" in told
    assert "573 held back because replication was paused" in told
    assert "databases.orders.failover.max_lag (1m) accepts such a loss: below 29.9 s" in told


def test_one_capability_can_be_asked_for(explain):
    """--of tells of one; a name that is none is answered by those that there are."""
    assert "Why orders.search took" in explain("--of", "orders.search")[1]
    code, _, err = explain("--of", "orders.serach")
    assert code == 2
    assert "orders.search" in err


def test_the_table_counts_what_the_figures_count(explain, kept):
    """CSV, JSON and Parquet hold the same rows, and the ranges of the database add up to its loss."""
    text = explain("--lost", "--format", "csv")[1]
    rows = list(csv.DictReader(io.StringIO(text)))
    document = json.loads(explain("--lost", "--format", "json")[1])
    assert len(document["ranges"]) + len(document["records"]) == len(rows)
    assert tuple(rows[0]) == missing.COLUMNS
    lost = [row for row in document["ranges"] if (row["stage"], row["kind"]) == ("replica", "lost")]
    figures = json.loads((kept / "run.json").read_text())["loss"]["orders"]
    assert sum(row["records"] for row in lost) == figures["records"] == 573


def test_what_is_listed_can_be_found(explain):
    """Every lost record has its key, session and commit time, and a name that --record takes."""
    records = json.loads(explain("--lost", "--format", "json")[1])["records"]
    lost = [row for row in records if (row["stage"], row["kind"]) == ("replica", "lost")]
    assert len(lost) == 573
    assert all(row[name] is not None for row in lost for name in ("rid", "key", "session", "commit_ns"))
    assert lost[0]["id"] == "orders@1:5380"


def test_a_table_is_written_to_a_file(explain, kept, tmp_path):
    """-o writes; Parquet, which no terminal shows, is for files alone."""
    assert explain("--lost", "--format", "parquet")[0] == 2
    assert explain("--lost", "--format", "parquet", "-o", str(tmp_path / "x.parquet"))[:2] == (0, "")
    assert pq.read_table(tmp_path / "x.parquet").equals(missing.read(kept / missing.FILE))
    explain("--lost", "--format", "csv", "-o", str(tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_text() == explain("--lost", "--format", "csv")[1]


def test_ranges_that_differ_by_their_stage_alone_share_a_line(explain):
    """The terminal shows one line for what the outbox and everything behind it miss."""
    out = " ".join(explain("--lost")[1].split())
    assert "outbox, bus, mirror/eu-west and 7 more: abandoned by a promotion" in out


@pytest.mark.parametrize(
    "wrong",
    [("--lost", "--record", "a"), ("--format", "csv"), ("-o", "x"), ("--at", "1m"), ("--of", "x", "--lost")],
)  # fmt: skip
def test_options_that_do_not_go_together_are_usage(explain, wrong):
    """One question at a time, and options only with what they belong to."""
    code, _, err = explain(*wrong)
    assert code == 2
    assert "Usage" in err


def test_a_folder_of_an_earlier_version_has_no_table(kept, tmp_path, capsys):
    """Where there is no lost.parquet nothing is claimed to be complete."""
    old = tmp_path / "old"
    shutil.copytree(kept, old)
    (old / missing.FILE).unlink()
    (old / "SHA256SUMS").unlink()
    assert main(["explain", str(old), "--lost"]) == 2
    assert "run the scenario again" in " ".join(capsys.readouterr().err.split())


def test_a_journal_that_was_kept_is_read_instead_of_running_again(tmp_path, capsys, monkeypatch):
    """The way of a record is the same from the journal as from another run; a damaged one is refused."""
    kept = door.run("failover/split-brain", out=tmp_path, keep_journal=True, progress=False).folder
    with monkeypatch.context() as patched:
        patched.setattr("sim.trial.rerun", lambda *_, **__: pytest.fail("it was run again"))
        assert main(["explain", str(kept), "--record", "orders@1:11910"]) == 0
    read = capsys.readouterr().out
    assert "abandoned by a promotion" in read
    (kept / "journal").rename(tmp_path / "aside")
    assert main(["explain", str(kept), "--record", "orders@1:11910"]) == 0
    assert capsys.readouterr().out == read
    (tmp_path / "aside").rename(kept / "journal")
    (kept / "journal/orders/commits.parquet").write_bytes(b"")
    assert main(["explain", str(kept), "--record", "orders@1:11910"]) == 2


def test_what_was_never_down_is_not_said_to_last(tmp_path, capsys):
    """A capability without an episode has nothing to explain."""
    folder = door.run("lag/stale-reads", out=tmp_path, progress=False).folder
    assert main(["explain", str(folder), "--of", "orders.read"]) == 0
    assert "orders.read was never down" in capsys.readouterr().out
