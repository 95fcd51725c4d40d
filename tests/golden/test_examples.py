"""The pages under reports/examples are what sim makes today, of figures that it still gives."""

import json
import re

import pytest

from tests.golden.examples import EXAMPLES, FOLDERS, PAGES, folder, page

DATE = re.compile(rb"\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?")  # of run.json, which a checkout writes anew
RUNS = [name for name in FOLDERS if (EXAMPLES / name / "run.json").exists()]
MACHINES = ("versions", "platform", "performance")  # parts of a document that differ between machines


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_made_again_with_the_same_bytes(name, tmp_path):
    """From the folder kept; `python -m tests.golden.examples` makes all anew. A date may differ."""
    kept, made = (EXAMPLES / name).read_bytes(), page(name, tmp_path)
    assert DATE.sub(b"", made) == DATE.sub(b"", kept)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_kept_is_the_run_of_today(name, tmp_path):
    """Its document is what the command gives now, but for versions and machine."""
    kept, made = (
        json.loads((one / "run.json").read_text()) for one in (EXAMPLES / name, folder(name, tmp_path))
    )
    assert set(kept) == set(made)
    assert {key: kept[key] for key in kept if key not in MACHINES} == {
        key: made[key] for key in made if key not in MACHINES
    }


def test_there_is_one_of_each_page():
    """Every kind of folder and every format has an example, and nothing else is kept."""
    kept = {path.name for path in EXAMPLES.iterdir()}
    assert kept == {*FOLDERS, *PAGES, "README.md"}
