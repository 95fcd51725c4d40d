"""The recorder, the digest and Parquet: the same journal, however it is cut and wherever it lies."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.core.milestones import KINDS
from sim.core.milestones.failover import NoCandidate, RuledOut
from sim.core.milestones.flows import ProcessStopped
from sim.journal.milestones import Milestone
from sim.journal.parquet import ParquetWriter, read_milestones, read_slices, write_milestones
from sim.journal.recorder import Recorder, Slice
from sim.journal.schema import columns_of
from sim.measure.digest import Digest
from sim.measure.measures import Measures
from tests.histories.builder import MS, S
from tests.histories.random_store import Store
from tests.milestones import milestone, what


def digest_of(history, *, at=()):
    """Return the digest reducer of a history."""
    digest = Digest()
    for part in history.slices(at=at):
        digest.fold(part)
    digest.finish(history.milestones, history.setup.duration_ns)
    return digest


def test_the_digest_does_not_depend_on_slices():
    """The same rows in one slice and in thirty."""
    history = Store(3).history
    assert (
        digest_of(history).hexdigest()
        == digest_of(history, at=tuple(range(2 * S, 60 * S, 2 * S))).hexdigest()
    )


@pytest.mark.parametrize(
    "table", ["ops", "commits", "cuts", "sent/b", "received/c", "applied/b", "open", "issued", "waiting/b"]
)
def test_the_digest_sees_every_column(table):
    """One more in any one column of one row changes the digest, and only that table's fingerprint."""
    store = Store(5)
    store.history.still_open(9, 59 * S)
    store.history.add("waiting/b", version=1)
    before = digest_of(store.history)
    for column in store.history.rows[table][0]:
        store.history.rows[table][0][column] += 1
        after = digest_of(store.history)
        store.history.rows[table][0][column] -= 1
        assert after.hexdigest() != before.hexdigest(), column
        changed = {name for name, value in after.tables().items() if value != before.tables()[name]}
        assert changed == {f"orders/{table}"}


def test_the_digest_sees_swapped_values_and_milestones():
    """Two rows that exchange a column, and a milestone a nanosecond later, are another journal."""
    history = Store(5).history
    before = digest_of(history).hexdigest()
    a, b = history.rows["commits"][:2]
    a["rid"], b["rid"] = b["rid"], a["rid"]
    assert digest_of(history).hexdigest() != before
    a["rid"], b["rid"] = b["rid"], a["rid"]
    history.milestone(S, "declared", "orders")
    later = digest_of(history).hexdigest()
    history.milestones[-1] = milestone(0, S + 1, "declared", "orders")
    assert len({before, later, digest_of(history).hexdigest()}) == 3


def test_parquet_gives_back_the_same_slices_and_figures(tmp_path):
    """Written and read again: same slices, milestones, digest and figures."""
    history = Store(8).history
    history.milestone(S, "declared", "orders")
    history.milestone(2 * S, "decided", "orders", 0)
    end, cuts = history.setup.duration_ns, tuple(range(7 * S, 60 * S, 7 * S + 3 * MS))
    recorder = Recorder([ParquetWriter(tmp_path)])
    for part in history.slices(at=cuts):
        recorder.fold(part)
    recorder.finish(history.milestones, end)
    measures, digest = Measures([history.setup]), Digest()
    again = Recorder([measures, digest])
    parts = list(read_slices(tmp_path))
    for part in parts:
        again.fold(part)
    again.finish(*read_milestones(tmp_path))
    assert [p.until_ns for p in parts] == [p.until_ns for p in history.slices(at=cuts)]
    assert read_milestones(tmp_path) == (history.milestones, end)
    assert digest.hexdigest() == digest_of(history).hexdigest()
    assert measures.figures() == history.measured()
    assert again.rows == recorder.rows > 0


def test_names_of_tables_come_back_whole(tmp_path):
    """A table whose name has several parts, as those of the lake and of mirrors, is read under its name."""
    names = ["taken/raw/us-east", "skipped/mirror/us-east/eu-west", "consumed/consumer/raw"]
    tables = {name: {c: np.ones(1, dtype) for c, dtype in columns_of(name).items()} for name in names}
    writer = ParquetWriter(tmp_path)
    writer.fold(Slice("orders", 10, tables))
    writer.finish([], 10)
    (part,) = read_slices(tmp_path)
    assert sorted(part.tables) == sorted(names)


def test_parquet_fields_carry_units(tmp_path):
    """Times are in ns, and say so."""
    history = Store(8).history
    recorder = Recorder([ParquetWriter(tmp_path)])
    for part in history.slices():
        recorder.fold(part)
    recorder.finish([], history.setup.duration_ns)
    schema = pq.read_schema(tmp_path / "orders" / "ops.parquet")
    assert schema.field("send_ns").metadata == {b"unit": b"ns"}
    assert schema.field("version").metadata == {b"unit": b"1"}
    assert schema.names[-1] == "slice"


def test_slices_must_follow_each_other():
    """A slice that ends before an earlier one of its domain is refused; domains do not interfere."""
    recorder = Recorder([])
    recorder.fold(Slice("orders", 10, {}))
    recorder.fold(Slice("payments", 5, {}))
    with pytest.raises(ValueError, match="orders"):
        recorder.fold(Slice("orders", 9, {}))


@pytest.mark.parametrize("count", [0, 1, 60])
def test_milestones_come_back_as_they_were(tmp_path, count):
    """Of every kind, with texts of any letters or none, with or without a cause, and if there are none."""
    out = RuledOut(region="é", rule="lag", role=None, lag_ns=2**53 + 1, max_lag_ns=0)
    each = [*map(what, KINDS), NoCandidate(ruled_out=(out, out)), ProcessStopped(because="«{m}»")]
    milestones = [
        Milestone(i, i * S, "Zürich" * (i % 3), each[i % len(each)], i - 1 if i % 3 else None)
        for i in range(count)
    ]
    write_milestones(tmp_path / "milestones.parquet", milestones, end_ns=7)
    pq.read_table(tmp_path / "milestones.parquet").validate(full=True)
    assert read_milestones(tmp_path) == (milestones, 7)
