"""A sample of the fuzzer, and that it notices what it looks for; ``make fuzz`` runs thousands."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.fuzz import runner, trial
from tests.fuzz.mutator import mutant
from tests.fuzz.runner import run
from tests.fuzz.trial import simulated, validated

SAMPLE = range(100)
SIMULATED = 4


def _validated(path: Path, _number: int) -> str:
    return validated(path)


@pytest.fixture(scope="module")
def sample():
    """What became of the sample when it was validated."""
    return run(SAMPLE, _validated, patience_s=60)


def test_mutants_end_as_a_scenario_or_in_words(sample):
    """None crashes, hangs, needs too much memory, prints what is not inert, or resolves to something else."""
    assert sample.bad == {}


def test_mutants_reach_both_ends(sample):
    """Many are legal and many are not, else they would test one half alone."""
    assert min(sample.ended["legal"], sample.ended["refused"]) >= len(SAMPLE) // 6


def test_legal_mutants_can_be_simulated(sample):
    """A short run of each ends, with numbers in all its figures."""
    found = run(sample.legal[:SIMULATED], simulated, patience_s=120)
    assert found.bad == {}
    assert found.ended["ended"] >= SIMULATED // 2


def test_a_number_is_a_mutant():
    """The same number gives the same files, so that what failed can be seen again."""
    assert [mutant(number) for number in range(20)] == [mutant(number) for number in range(20)]
    assert len({mutant(number).text for number in range(20)}) == 20


def _planted(path: Path, number: int) -> str:
    """End in each of the ways that must be noticed; 0 and 9 are well."""
    assert path.is_file()
    if number == 1:
        time.sleep(60)
    elif number == 2:
        os.kill(os.getpid(), signal.SIGUSR1)
    elif number == 3:
        os._exit(0)
    elif number == 4:
        return "exit 70: planted"
    return "legal"


def test_a_hang_a_crash_and_an_exit_are_noticed_and_the_others_go_on(tmp_path):
    """Each is blamed on its mutant, which is kept with the reason."""
    found = run([0, 1, 2, 3, 4, 9], _planted, patience_s=1, keep=tmp_path)
    assert (found.legal, sorted(found.bad)) == ([0, 9], [1, 2, 3, 4])
    assert found.bad[1] == "hung"
    assert found.bad[2] == f"died of signal {signal.SIGUSR1.value}"
    assert found.bad[3] == "ended its process"
    assert (tmp_path / "4" / "why.txt").read_text() == "exit 70: planted\n"
    assert (tmp_path / "4" / "scenario.yaml").read_text() == mutant(4).text


def test_too_much_memory_is_noticed(monkeypatch):
    """A mutant after which its process is larger than it may be is bad, and that one alone."""
    monkeypatch.setattr(runner, "MEMORY_BYTES", 1 << 29)

    def judge(_path: Path, number: int) -> str:
        held = b"x" * (0 if number else 1 << 29)
        return "legal" if len(held) % 2 == 0 else "odd"

    found = run([1, 0, 2], judge, patience_s=30)
    assert (list(found.bad), found.legal) == ([0], [1, 2])
    assert "MiB" in found.bad[0]


def test_what_is_not_inert_not_a_number_or_an_exit_70_is_noticed(monkeypatch, tmp_path):
    """A sign that reaches the terminal, a NaN anywhere among the figures, and a bug of ours."""
    path = mutant(0).write(tmp_path)
    monkeypatch.setattr(trial, "main", lambda _words: print("\x1b[2J") or 2)
    assert validated(path) == "what was printed is not inert"
    monkeypatch.setattr(trial, "main", lambda _words: print("traceback") or 70)
    assert validated(path).startswith("exit 70")
    monkeypatch.setattr(trial, "main", lambda _words: 2)
    assert validated(path) == "refused without a word"
    assert trial._unnumbers({"a": [1.0, {"b": float("nan")}], "c": None}, "f") == ["f.a.b"]
