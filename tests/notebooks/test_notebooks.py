"""Notebooks are what their sources say, run through, and say the same again."""

import re

import nbformat
import pytest

from notebooks.make import made, notebook_of, sources, unrun

CELLS_MAX = 12
SOURCES = sources()


def _texts(notebook):
    """Return what each cell says in words: figures differ between versions of matplotlib."""
    return [[_text(output) for output in cell.get("outputs", [])] for cell in notebook.cells]


def _text(output):
    data = output.get("data", {})
    return output.get("text") or data.get("text/markdown") or data.get("text/html") or data.get("text/plain")


def test_there_are_five_reviews():
    """Each has a source and a notebook, and no notebook is without one."""
    assert len(SOURCES) == 5
    kept = {path.name for path in SOURCES[0].parents[1].glob("*.ipynb")}
    assert kept == {notebook_of(source).name for source in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_is_its_source_run_now(source):
    """Its cells are the source's, at most twelve; run again, they say in words what the notebook says."""
    kept = nbformat.read(notebook_of(source), as_version=4)
    assert 1 < len(kept.cells) <= CELLS_MAX
    assert [cell.source for cell in kept.cells] == [cell.source for cell in unrun(source).cells], (
        "make notebooks"
    )
    assert _texts(kept) == _texts(made(source)), "make notebooks"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_notebook_shows_figures_and_no_machine(source):
    """It has a picture, a conclusion in words, no error and no path of whoever made it."""
    text = notebook_of(source).read_text(encoding="utf-8")
    assert "image/png" in text
    assert "text/markdown" in text
    assert '"output_type": "error"' not in text
    assert not re.search(r"/(home|root|work|tmp|Users)/", text)
