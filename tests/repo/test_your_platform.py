"""The examples of docs/your-platform.md are what they say: overlays of what `sim init` writes."""

import re

from sim.spec.resolve import load, resolve
from sim.spec.starter import starter
from sim.trial import run
from tests.repo.sources import ROOT

PAGE = (ROOT / "docs/your-platform.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def _written(folder, texts):
    """Write the scenario and overlays to files; return their paths."""
    scenario = folder / "scenario.yaml"
    scenario.write_text(starter())
    overlays = [folder / f"{i}.yaml" for i in range(len(texts))]
    for path, text in zip(overlays, texts, strict=True):
        path.write_text(text)
    return str(scenario), list(map(str, overlays))


def test_each_example_is_an_overlay_that_changes_something(tmp_path):
    """By itself each makes a legal scenario, and another one than before."""
    assert len(EXAMPLES) > 7
    before = resolve(load(_written(tmp_path, [])[0]))
    for text in EXAMPLES:
        path, overlays = _written(tmp_path, [text])
        assert resolve(load(path, overlays)) != before, text


def test_all_examples_together_run(tmp_path):
    """One platform with all that the page says: what a replica has to have first is not lost."""
    path, overlays = _written(tmp_path, EXAMPLES)
    scenario = resolve(load(path, overlays, ["duration=30m", "sla.lake-rto=null"]))
    verdicts = {one.id: one.verdict for one in run(scenario).objectives}
    assert verdicts["orders-rpo"] == "met"
    assert set(verdicts) >= {"orders-rto", "overview-rto"}
