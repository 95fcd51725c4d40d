"""A proof that notices nothing proves nothing: every planted bug is noticed, and without one nothing is."""

import json
import subprocess
import sys
from functools import cache

import pytest

from . import runs
from .measures import MEASURES
from .planting import PROOFS, ROOT, named, names

LEAST = {
    "twin": 30, "path": 20, "ties": 1, "conservation": 1, "kept": 8, "extreme": 3, "tests": 15,
    "histories": len(MEASURES), "runs": len(runs.CAUGHT),
}  # fmt: skip
BY_CASES = [name for name in names() if named(name).proof not in ("histories", "runs")]
BY_HISTORIES = [name for name in names() if named(name).proof == "histories"]
BY_RUNS = [name for name in names() if named(name).proof == "runs"]


def lines(*words: str) -> list[dict]:
    """Return what a process that runs cases says, one line a case."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutants", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def without_a_bug() -> dict:
    """Return what the measures say of the journeys as they are."""
    (said,) = lines("measures")
    return said


@pytest.mark.parametrize("name", BY_HISTORIES)
def test_the_measure_notices_and_no_other(name):
    """A bug in one measure changes what it says of the hand-made journeys, and what no other says."""
    (said,) = lines("measures", name)
    assert [measure for measure in said if said[measure] != without_a_bug()[measure]] == [named(name).measure]


@cache
def without_a_bug_in(case: str) -> dict:
    """Return what the measures say of a run of the engine as it is."""
    (said,) = lines("run", case)
    return said


@pytest.mark.parametrize("name", BY_RUNS)
def test_the_measures_that_must_catch_a_bug_in_a_model_do_and_no_other(name):
    """A bug in a model changes the numbers of the measure that is about it, and of those that must follow."""
    mutant = named(name)
    (case,) = mutant.cases
    clean, (said,) = without_a_bug_in(case), lines("run", case, name)
    changed = {measure for measure in said if runs.differs(measure, clean[measure], said[measure])}
    assert changed == set(mutant.measures)


@pytest.mark.parametrize("name", BY_CASES)
def test_the_mutant_is_killed(name):
    """The proof that a patch names notices its bug in one of the cases that it lists."""
    said = lines("try", name)
    assert said[-1]["noticed"], f"{name}: {named(name).bug}: nobody noticed in {named(name).cases}"


@pytest.mark.parametrize("proof", [proof for proof in PROOFS if proof not in ("histories", "runs")])
@pytest.mark.parametrize("how", ["compiled", "plain"])
@pytest.mark.parametrize("part", range(2))
def test_without_a_bug_nothing_is_noticed(proof, how, part):
    """In the very cases that kill the mutants their proof is content with the engine as it is, run as there."""
    mutants = [one for one in map(named, names()) if one.proof == proof and one.plain == (how == "plain")]
    cases = sorted({case for mutant in mutants for case in mutant.cases})[part::2]
    said = lines("clean", proof, how, *cases)
    assert [line["case"] for line in said] == cases
    assert [line for line in said if line["noticed"]] == []


def test_there_are_enough_mutants():
    """Each a different change for its proof; enough for each, and one for each measure of path and orders."""
    mutants = [named(name) for name in names()]
    assert len({(mutant.proof, mutant.file, mutant.old, mutant.new) for mutant in mutants}) == len(mutants)
    counts = {proof: sum(mutant.proof == proof for mutant in mutants) for proof in PROOFS}
    assert {proof: count for proof, count in counts.items() if count < LEAST[proof]} == {}
    assert {mutant.measure for mutant in mutants} - {""} == set(MEASURES)


def test_every_measure_catches_a_bug_in_a_model():
    """Each is the first of those that a patch names; a patch that names several says why."""
    mutants = [named(name) for name in BY_RUNS]
    assert all(mutant.file.startswith("sim/models/") for mutant in mutants)
    assert {mutant.measures[0] for mutant in mutants} == set(runs.CAUGHT)
    assert [m.name for m in mutants if (len(m.measures) > 1) != bool(m.why)] == []


@pytest.mark.parametrize("name", names())
def test_the_patch_applies(name):
    """The text that a patch replaces occurs exactly once, so that it plants the bug that it names."""
    assert compile(named(name).planted(), named(name).file, "exec")
