"""The reader's walk of docs/architecture.md is the way that a run goes."""

import re
import sys
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

from click.testing import CliRunner

from sim.cli.main import group
from tests.repo.sources import ROOT

LONGEST = 12  # files
STEP = re.compile(r"^\| `([\w/]+)\.py` \| `([\w.]+)` \| .+ \|$", re.MULTILINE)
RUN = [
    "run", "scenarios/failover/split-brain.yaml",
    "--set", "databases.orders.workload={writes: 5/s, reads: 5/s}", "--set", "duration=6m",
]  # fmt: skip


def steps() -> list[tuple[str, str]]:
    """The files of the walk, in order, each with the function at which one enters it."""
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    return STEP.findall(page[page.index("**A reader's walk**") : page.index("## Data plane")])


def code_of(file: str, name: str) -> CodeType:
    """The code of a function, or of what makes an object of a class."""
    found: Any = import_module("sim." + file.replace("/", "."))
    for part in name.split("."):
        found = getattr(found, part)
    found = getattr(found, "callback", found)  # a command's function
    return (found.__init__ if isinstance(found, type) else found).__code__


def test_a_run_enters_the_files_of_the_walk_in_its_order(monkeypatch, tmp_path):
    """Each function that the page names is called, and first after those before it; there are few files."""
    wanted = [code_of(*step) for step in steps()]
    entered: dict[CodeType, None] = {}

    def enter(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in wanted:
            entered.setdefault(frame.f_code)
            if len(entered) == len(wanted):
                sys.setprofile(None)

    monkeypatch.chdir(ROOT)
    sys.setprofile(enter)
    try:
        CliRunner().invoke(group, [*RUN, "--out", str(tmp_path / "run")], obj={})
    finally:
        sys.setprofile(None)
    assert [code.co_qualname for code in entered] == [code.co_qualname for code in wanted]
    assert 0 < len(wanted) <= LONGEST
