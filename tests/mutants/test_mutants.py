"""A proof that notices nothing proves nothing: every planted bug is noticed, and without one nothing is."""

import json
import subprocess
import sys

import pytest

from .planting import PROOFS, ROOT, named, names

LEAST = 30


def lines(*words: str) -> list[dict]:
    """Return what a process that runs cases says, one line a case."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutants", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("name", names())
def test_the_mutant_is_killed(name):
    """The proof that a patch names notices its bug in one of the cases that it lists."""
    said = lines("try", name)
    assert said[-1]["noticed"], f"{name}: {named(name).bug}: nobody noticed in {named(name).cases}"


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("part", range(2))
def test_without_a_bug_nothing_is_noticed(proof, part):
    """In the very cases that kill the mutants their proof is content with the engine as it is."""
    mutants = [named(name) for name in names()]
    cases = sorted({case for mutant in mutants if mutant.proof == proof for case in mutant.cases})[part::2]
    said = lines("clean", proof, *map(str, cases))
    assert [line["case"] for line in said] == cases
    assert [line for line in said if line["noticed"]] == []


def test_there_are_enough_mutants():
    """At least thirty, each a different change, at least one noticed by conservation alone."""
    mutants = [named(name) for name in names()]
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in mutants}) == len(mutants) >= LEAST
    assert {mutant.proof for mutant in mutants} == set(PROOFS)


@pytest.mark.parametrize("name", names())
def test_the_patch_applies(name):
    """The text that a patch replaces occurs exactly once, so that it plants the bug that it names."""
    assert compile(named(name).planted(), named(name).file, "exec")
