"""``python -m notebooks.make``: run the sources and write the notebooks beside them, with their outputs.

Sources (``sources/*.py``) are Python with ``# %%`` between cells, which reviews and merges read well.
Notebooks are made from them, so that a repository's web page shows them with their figures. Nothing in them
depends on when, where or how fast they were run.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
from nbclient import NotebookClient
from nbformat import NotebookNode, write

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
CELL_TIMEOUT_S = 600


def sources() -> list[Path]:
    """Return the sources, in the order in which they are read."""
    return sorted(SOURCES.glob("*.py"))


def notebook_of(source: Path) -> Path:
    """Return where the notebook of a source is."""
    return HERE / f"{source.stem}.ipynb"


def unrun(source: Path) -> NotebookNode:
    """Return the notebook of a source without outputs; its cells have ids that stay."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = NotebookNode(KERNEL)
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"{source.stem[:2]}-{number:02}", NotebookNode()
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def made(source: Path) -> NotebookNode:
    """Run a source in an empty folder; return its notebook. CellExecutionError if a cell raises."""
    notebook = unrun(source)
    with TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}}
        NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=resources, record_timing=False).execute()
    notebook.metadata = NotebookNode(KERNEL)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def main() -> None:
    """Make all notebooks, or those whose names begin as the arguments say."""
    wanted = tuple(sys.argv[1:]) or ("",)
    for source in sources():
        if source.stem.startswith(wanted):
            print(f"running {source.name}", file=sys.stderr)
            write(made(source), notebook_of(source))


if __name__ == "__main__":
    main()
