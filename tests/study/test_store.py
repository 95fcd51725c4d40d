"""Batches on disk: whoever damages one, or runs the same study at the same time, changes no result."""

import json
import threading

import numpy as np
import pytest

from sim.core.checksums import Damaged, verify
from sim.studies.batch import written
from sim.studies.figures import TrialFigures, named
from sim.studies.plan import TrialBatch, missing
from sim.studies.rows import Measured
from sim.studies.store import StudyStore
from sim.studies.unfinished import Spoilt

BATCHES = [TrialBatch(0, 0, 2), TrialBatch(0, 2, 4)]
NAMES = named([("recovery.rta_s", "orders.write", "s")])


def text(batch):
    """A batch of trials whose figures are their numbers."""
    trials = range(batch.first, batch.last)
    rows = {"trials": [[0, trial, 0, "pass", 1, 1, "", None] for trial in trials]}
    return written(rows, [Measured(0, t, TrialFigures(NAMES, np.array([float(t)]), ())) for t in trials])


@pytest.fixture
def kept(tmp_path):
    """A study that was interrupted with two batches on disk, closed."""
    store = StudyStore(tmp_path / "study", {"numpy": "1"})
    for batch in BATCHES:
        store.put(batch, text(batch))
    store.close()
    return store


def again(store):
    """Open the same study again; return what is still to be run, and what was said."""
    said = []
    found = StudyStore(store.target, {"numpy": "1"}, notice=said.append)
    gaps = list(missing(found.done(), points=1, trials=4))
    found.close()
    return gaps, said


def cut(path):
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[:-7])


def empty(path):
    """Lose all of it."""
    path.write_bytes(b"")


def other_shape(path):
    """Put something else in its place."""
    path.write_text('["not", "ours"]')


def unsigned(path):
    """Take its checksum away."""
    path.write_text(path.read_text().partition("\n")[2])


def flip(path):
    """Change one bit of a figure: the file is as good JSON as before."""
    held = path.read_bytes()
    at = held.index(b'"pass"') + 1
    path.write_bytes(held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :])


def renamed(path):
    """Pass off a batch as that of other trials."""
    path.write_bytes((path.parent / "batch-00000-00000000-00000002.json").read_bytes())


@pytest.mark.parametrize("damage", [cut, empty, other_shape, unsigned, flip, renamed])
def test_a_damaged_batch_is_run_again_and_said(kept, damage):
    """And no other; whatever was done to it."""
    damage(kept.folder / "batch-00000-00000002-00000004.json")
    gaps, said = again(kept)
    assert gaps == [(0, 2, 4)]
    assert said[0].startswith("batch-00000-00000002-00000004.json is damaged: its trials are run again")


def test_an_undamaged_study_goes_on_without_a_word(kept):
    """Nothing is to be run."""
    assert again(kept) == ([], [])


@pytest.mark.parametrize("damage", [cut, empty, other_shape, unsigned])
def test_batches_whose_names_are_damaged_are_run_again(kept, damage):
    """Their figures could be of anything."""
    damage(next(kept.folder.glob("names-*.json")))
    gaps, said = again(kept)
    assert gaps == [(0, 0, 4)]
    assert len(said) == 3


def test_a_file_that_is_no_batch_is_dropped(kept):
    """Whoever put it there."""
    (kept.folder / "batch-of-mine.json").write_text("{}")
    assert again(kept)[0] == []
    assert not (kept.folder / "batch-of-mine.json").exists()


@pytest.mark.parametrize("damage", [cut, empty, other_shape])
def test_a_damaged_identity_begins_the_study_anew(kept, damage):
    """Nobody knows what the batches are of."""
    damage(kept.folder / "identity.json")
    assert again(kept)[0] == [(0, 0, 4)]


def test_what_goes_bad_while_the_study_runs_ends_it_in_words_and_is_run_again(kept):
    """Never read as if it were whole."""
    store = StudyStore(kept.target, {"numpy": "1"})
    flip(kept.folder / "batch-00000-00000000-00000002.json")
    with pytest.raises(Spoilt, match="was damaged while the study ran"):
        list(store.read(trials=4))
    store.close()
    assert again(kept)[0] == [(0, 0, 2)]


def test_two_identical_studies_run_one_after_the_other_and_the_work_is_done_once(kept):
    """The second waits, says so, and finds the batches of the first, which leaves them to it."""
    first = StudyStore(kept.target, {"numpy": "1"})
    said, second, waits = [], [], threading.Event()

    def begin():
        def notice(words):
            said.append(words)
            waits.set()

        second.append(StudyStore(kept.target, {"numpy": "1"}, notice=notice))

    other = threading.Thread(target=begin, daemon=True)  # a bug may let it wait for ever
    other.start()
    assert waits.wait(30)
    list(first.tabled(trials=4))
    first.finish({"study.json": "{}"}, {})
    other.join(30)
    assert "another process is running this study" in said[0]
    assert second[0].done() == BATCHES
    list(second[0].tabled(trials=4))
    second[0].finish({"study.json": "{}"}, {})
    assert [path.name for path in kept.target.parent.iterdir()] == ["study"]


def test_a_finished_study_is_sealed(kept):
    """Each of its files has a checksum, and a changed one is named."""
    store = StudyStore(kept.target, {"numpy": "1"})
    list(store.tabled(trials=4))
    store.finish({"study.json": json.dumps({"trials": 4})}, {})
    verify(kept.target)
    (kept.target / "study.json").write_text(json.dumps({"trials": 5}))
    with pytest.raises(Damaged, match=r"study\.json is not what was written"):
        verify(kept.target)
