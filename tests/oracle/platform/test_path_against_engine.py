"""The engine's data path equals the record-by-record twin, to the nanosecond, under every fault."""

import pytest

from ..numbers import PATHS, SAMPLE, chunks
from .suite import difference, exercised, lacking


@pytest.mark.parametrize("numbers", chunks(PATHS), ids=lambda some: f"paths-{some[0]}-{some[-1]}")
def test_the_data_path_equals_the_twin(numbers):
    """Every table of the path, of the databases and every milestone equals the twin's in generated cases."""
    found = [difference(number)[0] for number in numbers]
    differences = [text for text in found if text]
    assert not differences, "\n".join(differences)


def test_the_paths_exercise_what_they_claim():
    """The generated cases restart and move every process, lose, double and skip events, take commits back
    and let tables dangle, each at least as often as is asked for."""
    counts = exercised(PATHS[:SAMPLE])
    print("\n".join(f"{count:>12,} {name}" for name, count in sorted(counts.items())))
    assert not lacking(counts)
