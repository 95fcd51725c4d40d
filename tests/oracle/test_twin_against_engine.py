"""The engine gives what a record-by-record simulation gives, to the nanosecond, under every fault and whatever the pull times."""

import pytest

from .suite import CASES, difference, exercised

CHUNK = 10


@pytest.mark.parametrize("first", range(0, CASES, CHUNK), ids=lambda first: f"cases-{first}-{first + CHUNK - 1}")
def test_the_engine_equals_the_twin(first):
    """Every table and every milestone of the engine equals the twin's in generated scenarios."""
    found = [difference(number)[0] for number in range(first, first + CHUNK)]
    differences = [text for text in found if text]
    assert not differences, "\n".join(differences)


def test_the_suite_exercises_what_it_claims():
    """The generated cases reach rate changes in service, ties, overlaps, retries at failovers, cuts in promotions and pulls often enough."""
    tally = exercised(range(CASES))
    print("\n".join(f"{count:>12,} {name}" for name, count in tally.counts().items()))
    assert not tally.lacking(), tally.counts()
