"""The examples of docs/python.md run as they stand, one after the other."""

import re

from tests.repo.sources import ROOT


def test_the_examples_run(tmp_path):
    """Every Python block of the page runs, in order, in one namespace; ``folder`` is the reader's."""
    text = (ROOT / "docs/python.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 5
    known = {"folder": tmp_path}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), known)
    assert known["run"].verdict in ("pass", "fail", "inconclusive")
