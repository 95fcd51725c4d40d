"""Pages of studies and comparisons: their numbers are those of the documents and tables."""

import json
import re

import pytest

from sim.cli.main import main
from sim.report.quantities import duration
from tests.page import studies
from tests.study import small


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A study of twelve trials, of which one broke, and a comparison."""
    folder = tmp_path_factory.mktemp("studies")
    with pytest.MonkeyPatch.context() as patch:
        small.break_trial_2(patch)
        found = studies.page(folder / "broken", "--trials", "12")
    return found, studies.comparison(folder / "comparison")


def cells(page, section):
    """The rows of the first table of a section, as lists of texts."""
    rows = page.locator(f"#{section} table").first.locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def test_objectives_and_trials_are_those_of_the_document(made, opened):
    """Verdict, trials that met it and median of every objective; the bars count every trial once."""
    document = json.loads((made[0].parent / "study.json").read_text())
    (point,) = document["points"]
    with opened(made[0]) as page:
        told = {row[0]: row for row in cells(page, "objectives")}
        bars = page.locator("#trials .bar-name").all_text_contents()
    for one in point["sla"]:
        assert told[one["id"]][1] == one["verdict"]
        assert told[one["id"]][3].startswith(f"{one['met']} of 12")
    median = point["estimates"]["orders.write"]["recovery.rta_s"]["p50"]["value"]
    assert told["rto"][5].startswith(duration(median))
    assert sum(int(words.split()[0]) for words in bars) == 12
    assert "1 broke" in bars


def test_every_trial_is_in_a_bar_of_its_distribution(made, opened):
    """The heights of a drawing's bars sum to the trials that have a value."""
    with opened(made[0]) as page:
        plot = page.locator("#distributions .plot").first
        high = float(plot.get_attribute("data-y-high"))
        heights = [float(bar.get_attribute("height")) for bar in plot.locator("rect.bar").all()]
    assert round(sum(heights) / 1000 * high) == 11


def test_the_worst_trial_is_run_again_by_its_command(made, opened, tmp_path, monkeypatch):
    """The command of the page gives the value beside it, and its page is linked from then on."""
    with opened(made[0]) as page:
        objective, trial, came_to, _, command = cells(page, "worst")[0]
    monkeypatch.chdir(made[0].parent)
    main(command.split()[1:])
    (run,) = made[0].parent.parent.glob(f"*-0-trial-{trial}/run.json")
    document = json.loads(run.read_text())
    value = next(one["value"] for one in document["sla"] if one["id"] == objective)
    assert duration(value) == came_to
    main(["report", "."])
    with opened(made[0]) as page:
        page.get_by_role("link", name="its page").first.click()
        assert page.url == (run.parent / "report.html").as_uri()


def test_a_comparison_tells_what_was_changed_and_what_differs(made, opened):
    """The one setting; a difference whose sign is that of the slower promotion; nothing is told twice."""
    with opened(made[1]) as page:
        settings = {row[0]: row[1:] for row in cells(page, "changed")}
        assert settings["databases.orders.failover.promotion"] == ["-", "1m30s"]
        assert settings["databases.orders.failover.promotion.uniform"] == ["[5s, 30s]", "-"]
        moved = {row[0]: row[3] for row in cells(page, "first")}
        assert moved["time to recovery of orders.write"].startswith("+")
        names = page.locator("#first, #moved, #same").locator("tbody th").all_text_contents()
    assert len(names) == len(set(names))


def test_two_runs_are_compared_by_what_they_came_to(tmp_path, opened):
    """The recovery of writes on both sides, as the documents of the runs have it; the slower one missed."""
    place = studies.runs(tmp_path / "runs")
    folders = sorted(place.parent.glob("reports/*/*/run.json"))
    took = [json.loads(path.read_text())["recovery"]["orders.write"]["rta_s"] for path in folders]
    with opened(place) as page:
        notes = (
            page.locator("#recovery .lane", has_text="orders.write").locator(".lane-note").all_text_contents()
        )
        verdicts = page.locator("#objectives td .verdict").all_text_contents()
    assert notes == [duration(one) for one in took]
    assert "missed" in verdicts and "met" in verdicts


def test_the_same_study_has_the_same_page(made, tmp_path):
    """Byte for byte, wherever it is written."""
    for name in ("a.html", "b.html"):
        assert main(["report", str(made[0].parent), "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_nothing_is_drawn_where_nobody_looks(tmp_path):
    """-q leaves no page."""
    scenario = small.written(tmp_path)
    main(["run", str(scenario), "--trials", "2", "--jobs", "1", "-q", "--out", str(tmp_path / "reports")])
    assert list(tmp_path.glob("reports/*/*-study/study.json"))
    assert not list(tmp_path.glob("reports/**/*.html"))


def test_studies_that_cannot_be_paired_are_refused(made, tmp_path, capsys):
    """Another seed has other draws: exit 2, in words."""
    scenario = small.written(tmp_path)
    options = ("--trials", "2", "--jobs", "1", "-q", "--seed", "1", "--out", str(tmp_path / "reports"))
    main(["run", str(scenario), *options])
    (other,) = tmp_path.glob("reports/*/*-study")
    assert main(["report", str(made[1].parent), str(other)]) == 2
    assert re.search("not on the same draws", capsys.readouterr().err)
