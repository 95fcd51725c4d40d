"""What was at risk, on the page of a run."""

import json


def test_the_records_at_risk_are_those_of_the_document(run_folder, opened):
    """A curve for each standby and event that ever cost something, as high as the most that is told."""
    exposure = json.loads((run_folder / "run.json").read_text())["exposure"]
    curves = [
        max(kinds[event]["series"]["records"])
        for standbys in exposure.values()
        for kinds in standbys.values()
        for event in ("crash", "cut")
    ]
    with opened(run_folder / "report.html") as page:
        assert page.locator("#risk path.line").count() == sum(most > 0 for most in curves) > 0
        tops = page.locator("#risk .plot").evaluate_all("plots => plots.map(plot => +plot.dataset.yHigh)")
    assert max(tops) >= max(curves)
