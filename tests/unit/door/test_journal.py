"""Tables of a kept journal: decoded values say what was recorded, and nothing is there that was not kept."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.core.identity import pack_rid, pack_session, pack_version
from sim.journal.parquet import file_of, read_table, tables_of
from sim.journal.schema import columns_of
from sim.models.store.workload import streams_of


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A run that loses a primary, with its journal."""
    out = tmp_path_factory.mktemp("reports")
    return sim.run("failover/split-brain", out=out, keep_journal=True, progress=False)


@pytest.fixture(scope="module")
def calling(tmp_path_factory):
    """Three stores, of which events of one make calls to others, with its journal."""
    out = tmp_path_factory.mktemp("reports")
    scenario = sim.load("platforms/choreography").change(duration="40s", warmup="1s")
    return sim.run(scenario, out=out, keep_journal=True, progress=False)


def raw(run, table, store="orders"):
    """A table as it was recorded."""
    return read_table(run.folder / "journal", store, table, list(columns_of(table)))


def test_operations_are_those_that_were_recorded(kept):
    """Put together again, every part of a packed number gives the number; codes are names in order."""
    found, was = kept.journal("ops", store="orders"), raw(kept, "ops")
    resolved = kept.scenario.resolved
    streams = [one.name for one in streams_of(resolved, "orders", {})]
    numbers = np.array([streams.index(name) for name in found["stream"].cat.categories])
    rids = pack_rid(numbers[found["stream"].cat.codes], found["seq"].to_numpy())
    assert list(rids) == list(found["rid"]) == list(was["rid"])
    timelines, lsns = (found[name].fillna(0).to_numpy(np.int64) for name in ("timeline", "lsn"))
    assert list(pack_version(timelines, lsns)) == list(was["version"])
    clients, regions = sorted(resolved.clients), sorted(resolved.regions)
    numbers, epochs = (found[name].to_numpy() for name in ("session_number", "session_epoch"))
    seats = was["client"] * resolved.databases["orders"].workload.sessions.count + numbers
    assert list(pack_session(seats, epochs)) == list(was["session"])
    assert list(found["client"]) == [clients[i] for i in was["client"]]
    assert list(found["node"].astype("object").fillna("")) == [
        regions[i] if i >= 0 else "" for i in was["node"]
    ]
    assert list(found["kind"]) == [("read", "write")[i] for i in was["kind"]]
    assert list(found["outcome"]) == [("ok", "fail", "info")[i] for i in was["outcome"]]
    assert list(found["end_ns"]) == list(was["end_ns"])
    assert list(found["end_s"]) == list(was["end_ns"] / 1e9)
    assert list(found["stale_ns"].fillna(-1)) == list(was["stale_ns"])


def test_every_table_of_a_run_can_be_asked_for(calling):
    """Each table of each store has its rows, names in every column of codes, and no packed version."""
    stores = sorted(calling.scenario.resolved.databases)
    tables = {(store, name) for store in stores for name in tables_of(calling.folder / "journal", store)}
    assert {"ops", "commits", "nodes", "sides", "handled/reserve"} <= {name for _, name in tables}
    for store, name in tables:
        found = calling.journal(name, store=store)
        assert len(found) == len(next(iter(raw(calling, name, store).values()))) > 0
        assert "version" not in found
        assert not any(str(found[column].dtype) == "object" for column in found)
        assert all(found.attrs["units"][column] == "ns" for column in found if column.endswith("_ns"))


def test_a_lost_record_is_found_among_operations_and_commits(kept):
    """A lost record was acknowledged, by its client, with the timeline and number by which it is called."""
    lost = kept.lost.query("row == 'record' and kind == 'lost' and stage == 'replica'")
    ops = kept.journal("ops", columns=["store", "rid", "outcome", "kind", "timeline", "lsn"])
    found = lost.merge(ops, on=["store", "rid"], suffixes=("", "_of_op"))
    assert len(found) == len(lost) == kept.loss["records"].sum() > 0
    assert set(found["outcome"]) == {"ok"}
    named = (
        found["store"].astype("str")
        + "@"
        + found["timeline"].astype("str")
        + ":"
        + found["lsn"].astype("str")
    )
    assert list(named) == list(found["id"])


def test_calls_are_told_by_both_stores(calling):
    """What a consumer sends is an operation of the store that it calls, caused by one of its own."""
    handled = calling.journal("handled/reserve", store="orders")
    assert set(handled["stream"].str.split("/").str[0]) == {"inventory"}
    assert set(handled["tag_stream"].str.split("/").str[0]) == {"orders"}
    ops = calling.journal("ops", columns=["store", "rid", "stream"])
    both = handled.merge(ops.query("store == 'inventory'"), on="rid", suffixes=("", "_of_op"))
    assert len(both) > 0
    assert (both["stream"] == both["stream_of_op"]).all()


def test_tables_of_all_stores_have_a_column_for_the_store(calling):
    """Rows of all stores are those of each; categories stay categories."""
    together = calling.journal("commits")
    each = [calling.journal("commits", store=store) for store in together["store"].cat.categories]
    assert len(each) == 3
    assert together.equals(pd.concat(each, ignore_index=True))
    assert isinstance(together["stream"].dtype, pd.CategoricalDtype)


def test_columns_that_are_not_asked_for_are_not_there(kept):
    """Columns come as they are asked for, also the store alone."""
    assert list(kept.journal("ops", columns=["outcome", "end_s"])) == ["outcome", "end_s"]
    assert len(kept.journal("ops", columns=["store"])) == len(kept.journal("ops", columns=["end_ns"]))


def test_a_table_without_rows_is_empty_and_one_that_cannot_be_is_refused(kept):
    """What did not happen is a table of no rows with every column; a slip is told with what there is."""
    assert not (kept.folder / "journal/orders" / file_of("dead/stream")).exists()
    assert kept.journal("dead/stream").empty
    assert list(kept.journal("dead/stream")) == ["store", "at_s", "at_ns", "region", "position"]
    for name in ("op", "sent", "sent/nowhere", "ops/us-east", "slices", "../ops", ""):
        with pytest.raises(ValueError, match="commits, "):
            kept.journal(name)
    with pytest.raises(ValueError, match="end_ns"):
        kept.journal("ops", columns=["end"])
    with pytest.raises(ValueError, match="orders"):
        kept.journal("ops", store="order")


def test_a_journal_from_the_folder_is_the_same_and_parquet_keeps_names(kept, tmp_path):
    """The run opened again gives the same table; as Parquet the names are dictionaries."""
    found = sim.open(kept.folder).journal("ops")
    assert found.equals(kept.journal("ops"))
    assert found.attrs == kept.journal("ops", columns=list(found)).attrs
    found.to_parquet(tmp_path / "ops.parquet")
    schema = pq.read_schema(tmp_path / "ops.parquet")
    names = ("store", "stream", "kind", "outcome", "client", "node")
    assert all(str(schema.field(name).type).startswith("dictionary") for name in names)
    assert pd.read_parquet(tmp_path / "ops.parquet").equals(found)


def test_without_a_journal_that_is_said(ghosts):
    """A run in memory, or one that kept none, has no tables of the journal, rather than empty ones."""
    for run in (ghosts, sim.Run(ghosts.document)):
        with pytest.raises(sim.SpecError, match="has no journal"):
            run.journal("ops")


def test_a_journal_that_was_changed_is_not_read(tmp_path):
    """A table that is not as it was written is refused; others are read."""
    scenario = sim.load("gate/orders")
    run = sim.run(scenario, out=tmp_path, keep_journal=True, progress=False)
    (run.folder / "journal/orders/ops.parquet").write_bytes(b"")
    assert len(run.journal("commits"))
    with pytest.raises(sim.SpecError, match="run the scenario again"):
        run.journal("ops")
