"""What is made from the code and committed is what the code makes now."""

import pytest

from tests.generated import FILES, ROOT


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_current(name):
    """If not: python -m tests.generated."""
    assert (ROOT / name).read_text("utf-8") == FILES[name]()
