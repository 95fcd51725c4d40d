"""Examples of every page, kept in ``reports/examples``: ``python -m tests.golden.examples`` makes them anew.

Of each there is the folder that a command wrote, so that a page can be made again from the same figures on
any machine, and the page. They show what one gets before one has anything; tests say that they are current.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.repo.sources import ROOT

EXAMPLES = ROOT / "reports" / "examples"
GHOSTS, GATE = "scenarios/failover/ghosts.yaml", "scenarios/gate/orders.yaml"
DECISION = "databases.orders.failover.decision"
# folder -> the command that writes it
FOLDERS = {
    "run": ("run", GHOSTS),
    "run-with-polling": ("run", GHOSTS, "--set", "databases.orders.outbox.kind=poll"),
    "study": ("run", GATE, "--trials", "60"),
    "sweep": ("run", GATE, "--trials", "20", "--sweep", f"{DECISION}=0s,20s,2m"),
}
# page -> the folders it is of, its format
PAGES = {
    "run.html": (("run",), "html"),
    "run.md": (("run",), "md"),
    "run.trace.json": (("run",), "trace"),
    "evidence.html": (("run",), "evidence"),
    "evidence.md": (("run",), "evidence"),
    "comparison.html": (("run", "run-with-polling"), "html"),
    "study.html": (("study",), "html"),
    "sweep.html": (("sweep",), "html"),
}
DECIDED = (0, 1, 3)  # exit codes of a verdict


def called(*words: str) -> None:
    """Run a command of sim, which must end with a verdict."""
    result = subprocess.run([sys.executable, "-m", "sim", *words], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode in DECIDED, result.stderr


def page(name: str, into: Path) -> bytes:
    """Make a page anew from the folders kept; return its bytes."""
    folders, form = PAGES[name]
    places = (
        str((EXAMPLES / one).relative_to(ROOT)) for one in folders
    )  # pages name them: on no machine's path
    called("report", *places, "--format", form, "-o", str(into / name))
    return (into / name).read_bytes()


def folder(name: str, out: Path) -> Path:
    """Run the command that writes an example's folder; return that folder."""
    called(*FOLDERS[name], "--quiet", "--out", str(out))
    (found,) = _innermost(out)
    return found


def _innermost(out: Path) -> Iterator[Path]:
    yield from (path for path in out.glob("*/*") if path.is_dir())


def main() -> None:
    """Write all folders and pages."""
    for name in (*FOLDERS, *PAGES):
        shutil.rmtree(EXAMPLES / name, ignore_errors=True)
    for name in FOLDERS:
        with TemporaryDirectory() as out:
            shutil.copytree(folder(name, Path(out)), EXAMPLES / name)
    for name in PAGES:
        page(name, EXAMPLES)


if __name__ == "__main__":
    main()
