"""The runner: same results whatever runs them, and what becomes of batches that kill."""

import sys
from types import SimpleNamespace

import pytest

from sim.studies.batch import written
from sim.studies.executors import EMPTY, DaskCluster, Pool, Serial, crew
from sim.studies.plan import Point, TrialBatch, missing
from sim.studies.runner import Runner
from sim.studies.store import StudyStore
from sim.studies.study import run
from sim.studies.unfinished import OtherMachine, WorkersLost
from sim.studies.work import run_batch
from tests.study import small


class Poisoned(Pool):
    """A pool in which one trial kills its worker."""

    def submit(self, work, task):
        return super().submit(small.poisoned if work is run_batch else work, task)


class Deadly(Pool):
    """A pool whose workers die as soon as they start."""

    def submit(self, work, task):
        return super().submit(small.deadly, task)


class Elsewhere(Serial):
    """A worker with another numpy."""

    def submit(self, work, task):
        return super().submit(work, {**task, "machine": {**task["machine"], "numpy": "1.0"}})


def rows(store, trials):
    """Return all rows on disk, by table, and the figures of every trial."""
    found = {"figures": []}
    for part in store.read(trials=trials):
        for name, more in part.rows.items():
            found.setdefault(name, []).extend(more)
        found["figures"] += [
            (trial, figures.names, figures.values.tobytes(), figures.wide)
            for _, trial, figures in part.measured
        ]
    return found


def filled(tmp_path, workers, trials=8, **more):
    """Run ``trials`` trials with a crew; return their rows."""
    store = StudyStore(tmp_path / "study", {})
    try:
        Runner([Point("", small.scenario(tmp_path))], 7, workers, store, **more).reach(trials)
    finally:
        workers.close()
        store.close()
    return rows(store, trials)


def test_a_poison_trial_is_named_with_its_seed_and_all_others_are_run(tmp_path):
    """The batch that kills is cut until the trial is alone, and no other is blamed."""
    found = filled(tmp_path, Poisoned(2), _batch_trials=4)
    errors = {trial: error for _, trial, *_, error in found["trials"] if error is not None}
    assert list(errors) == [small.POISON]
    assert f"seed 7, trial {small.POISON}" in errors[small.POISON]
    assert [row[1] for row in found["trials"]] == list(range(8))


def test_workers_that_die_of_nothing_blame_no_trial(tmp_path):
    """A broken machine is told as one."""
    with pytest.raises(WorkersLost, match="as soon as they start"):
        filled(tmp_path, Deadly(1))


@pytest.mark.parametrize("batch", [1, 3, 8])
def test_neither_batches_nor_processes_change_a_row(tmp_path, batch):
    """Serial one by one against two processes with batches of other sizes."""
    alone = tmp_path / "alone"
    alone.mkdir()
    assert filled(tmp_path, crew("process:2"), _batch_trials=batch) == filled(alone, crew("serial"))


def test_a_worker_with_other_versions_is_refused_with_the_reason(tmp_path):
    """Its results could differ in the last bit."""
    with pytest.raises(OtherMachine, match=r"numpy is .* here and 1\.0 in the study"):
        filled(tmp_path, Elsewhere())


def test_a_trial_that_raises_is_reported_and_the_study_goes_on(tmp_path, monkeypatch):
    """Its row has the traceback; a verdict can no longer be a pass."""
    small.break_trial_2(monkeypatch)
    found = run([Point("", small.scenario(tmp_path))], seed=0, trials=4, target=tmp_path / "study")
    found.store.close()
    (finding,) = found.findings
    assert [trial for trial, _ in finding.tally.errors] == [2]
    assert "planted" in finding.tally.errors[0][1]
    assert finding.verdict != "pass"
    assert finding.tally.objectives["rpo"].undecided == 1


def test_a_worker_whose_owner_has_gone_says_nothing_and_any_other_error_is_shown(monkeypatch, capsys):
    """What it meets then is the end of a pipe."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    from sim.studies import hush

    hush._hook(EOFError, EOFError(), None)
    assert capsys.readouterr().err == ""
    hush._hook(ValueError, ValueError("shown"), None)
    assert "ValueError: shown" in capsys.readouterr().err


def test_an_interrupt_that_became_an_error_is_no_broken_trial(tmp_path, monkeypatch):
    """Where C calls Python it does; kept as an error it would be found again by the next study."""
    import sim.trial

    def turned(*_, **__):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as error:
            raise SystemError("returned a result with an exception set") from error

    monkeypatch.setattr(sim.trial, "run", turned)
    with pytest.raises(KeyboardInterrupt):
        filled(tmp_path, Serial())
    assert not list(tmp_path.glob(".study.study/batch-*"))


def test_batches_of_another_scenario_or_version_are_not_used(tmp_path):
    """An identity that differs forgets what is there."""
    first = StudyStore(tmp_path / "study", {"numpy": "1"})
    first.put(TrialBatch(0, 0, 2), written({}))
    first.close()
    again = StudyStore(tmp_path / "study", {"numpy": "1"})
    assert again.done() == [TrialBatch(0, 0, 2)]
    again.close()
    other = StudyStore(tmp_path / "study", {"numpy": "2"})
    assert other.done() == []
    other.close()


def test_towards_the_end_batches_become_smaller(tmp_path):
    """So that no worker begins a long batch when the others are done; one worker alone needs none of it."""

    def sizes(workers):
        store = StudyStore(tmp_path / "study", {})
        runner = Runner([], 0, SimpleNamespace(workers=workers), store, _batch_trials=30)
        runner.points = [None, None]
        found = [batch.last - batch.first for batch in runner._batches(100)]
        store.close()
        return found

    assert sizes(1) == [30, 30, 30, 10] * 2
    assert sum(sizes(2)) == 200 and sizes(2)[:2] == [30, 30] and sizes(2)[-4:] == [1, 1, 1, 1]


def test_a_scheduler_without_workers_is_given_up_but_not_at_once():
    """Workers may come back; a study that waits for ever says nothing."""
    cluster = DaskCluster.__new__(DaskCluster)
    info = {"workers": {}}
    cluster._client = SimpleNamespace(status="running", scheduler_info=lambda n_workers: info)
    cluster._empty = 0
    assert all(cluster.alive() for _ in range(EMPTY - 1))
    info["workers"] = {"tcp://x": {"nthreads": 1}}
    assert cluster.alive()
    info["workers"] = {}
    assert [cluster.alive() for _ in range(EMPTY)] == [True] * (EMPTY - 1) + [False]


def test_what_is_missing_are_the_gaps_between_finished_batches():
    """Overlaps and batches beyond the end do no harm."""
    done = [TrialBatch(0, 2, 4), TrialBatch(0, 3, 5), TrialBatch(0, 9, 12), TrialBatch(1, 0, 10)]
    assert list(missing(done, points=3, trials=10)) == [(0, 0, 2), (0, 5, 9), (2, 0, 10)]


def test_the_tables_have_a_schema_with_units_and_read_as_they_are(tmp_path):
    """By pandas, without any help."""
    import pandas as pd
    import pyarrow.parquet as pq

    found = run([Point("", small.scenario(tmp_path))], seed=0, trials=2, target=tmp_path / "study")
    found.store.finish({}, {})
    milestones = pq.read_schema(tmp_path / "study" / "milestones.parquet")
    assert milestones.field("at_ns").metadata[b"unit"] == b"ns"
    objectives = pd.read_parquet(tmp_path / "study" / "objectives.parquet")
    assert list(objectives.metric) == ["rta", "rpa_records"] * 2
    assert list(objectives.unit) == ["s", "count"] * 2
    metrics = pd.read_parquet(tmp_path / "study" / "metrics.parquet")
    rta = metrics[(metrics.metric == "recovery.rta_s") & (metrics.of == "orders.write")]
    assert list(rta.trial) == [0, 1] and (rta.unit == "s").all() and (rta.low > 0).all()
    assert (rta.low == rta.high).all() and (objectives.low == objectives.high).all()


def test_common_draws_leave_at_most_a_quarter_of_the_variance(tmp_path):
    """Promotion 20 s against 15 s: recovery time and lost records, paired against unpaired."""
    from sim.spec.resolve import load, resolve
    from sim.studies.compare import differences

    tallies = []
    for seconds in ("20s", "15s"):
        text = small.TEXT.replace("{uniform: [5s, 30s]}", seconds)
        folder = tmp_path / seconds
        folder.mkdir()
        point = Point("", resolve(load(str(small.written(folder, text)))))
        found = run([point], seed=3, trials=60, target=folder / "study")
        found.store.close()
        tallies.append(found.findings[0].tally)
    left = {d.name: d.noise_left for d in differences(*tallies)}
    for name in (("recovery.rta_s", "orders.write"), ("loss.records", "orders")):
        assert tallies[0].bounds(name)[1].var() > 0.0, name  # else there would be no noise to share
        assert left[name] <= 0.25
