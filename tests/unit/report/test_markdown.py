"""A run in Markdown: one screen, the numbers of the document, and text of others that stays text."""

import re

import pytest

import sim
from sim.report.markdown.gantt import gantt
from sim.report.markdown.markdown import of_comparison, of_run, of_study
from sim.report.markdown.text import block, code, table, text
from sim.report.opened import Opened, opened
from sim.report.review.review import review_of

HOSTILE = (
    "\u05d0\u05d1\u05d2 a|b`c``d <b>*x*</b> [l](http://x) @team #1 \u202e\n\\ &amp; www.x.org " + "注" * 300
)


@pytest.fixture(scope="module")
def page(ghosts):
    """The page of a run that misses objectives and loses records."""
    return of_run(Opened(ghosts.folder, "run", dict(ghosts.document)))


def test_a_page_is_one_screen_and_begins_with_what_happened(ghosts, page):
    """Verdict, sentences, then the objectives in the order of the review, missed ones first."""
    lines = page.splitlines()
    assert len(lines) <= 80
    assert lines[0].startswith("### FAIL: ")
    assert review_of(ghosts.document).sentences[0] in page
    ids = re.findall(r"^\| (?:\*\*)?(?:met|missed|undecided)(?:\*\*)? \| `([^`]+)`", page, re.MULTILINE)
    assert ids == [row.id for row in review_of(ghosts.document).objectives]


def test_a_page_tells_recovery_loss_and_how_to_see_it_again(ghosts, page):
    """RTA and RPA with their units, the seed and the digest, and a command that names the folder."""
    assert "| `orders` | 573 | 29.9 s |" in page
    assert "| `dashboard.sales` | >= 9m 10s |" in page
    assert f"sim run {ghosts.folder}/scenario.yaml --seed 0" in page
    assert ghosts.document["digest"] in page
    assert all(text(note) in page for note in ghosts.trust)


def test_the_chart_has_the_phases_of_the_recoveries_at_their_times(ghosts, page):
    """Detection begins with the recovery; a fault that lasts beyond the edge says so."""
    assert re.search(
        r"section orders.write\n    detect :2000-01-01 00:05:00.258, 2000-01-01 00:05:15.194\n", page
    )
    assert "fault power, to 15m 00s :crit, 2000-01-01 00:05:00.000" in page


def test_a_chart_of_a_run_in_which_nothing_was_down_is_none(ghosts):
    """No picture is better than an empty one."""
    assert gantt(ghosts.document, []) == ""


def test_text_of_others_is_neither_markup_nor_a_mention(ghosts):
    """Signs are escaped, nobody is notified, lines do not end, and what turns the line around is isolated."""
    for shown in (text(HOSTILE), code(HOSTILE)):
        assert "\n" not in shown
        assert "\u202e" not in shown
        assert shown.count("\u2068") == shown.count("\u2069") == 1
    assert not re.search(r"(?<!\\)[`*<>\[\]#|]", text(HOSTILE).replace("<span>@</span>", ""))
    assert not re.search(r"@team|[^\\]://|www\.", text(HOSTILE))
    inside = code(HOSTILE)
    assert inside.startswith("```")
    assert not re.search(r"(?<!\\)\|", inside)
    assert len(code("x" * 300)) < 70


def test_a_name_cannot_leave_its_cell_or_its_block():
    """A table has as many columns in each row, and a fence longer than any in what it holds."""
    rows = table(("a", "b"), [(code(HOSTILE), text(HOSTILE))]).splitlines()
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3}
    assert block("```\nx").startswith("````\n")


def test_names_in_a_chart_have_no_sign_that_its_language_reads(ghosts):
    """Colons, semicolons, percent and hash signs, quotes and brackets of names are not those of the chart."""
    document = {**ghosts.document}
    hostile = '%%{init}%% : ; # "x" <b>.write'
    document["recovery"] = {hostile: document["recovery"]["orders.write"]}
    chart = gantt(document, review_of(document).capabilities)
    own = [line for line in chart.splitlines() if line.startswith("  section ") and "faults" not in line]
    assert own
    assert not re.search(r'[%:;#"<>{}]', "".join(own))


def test_a_study_is_one_screen_with_every_point_by_its_knobs(swept):
    """The worst objectives first, each with the trials that met it as number and bar."""
    page = of_study(opened(swept.folder))
    assert len(page.splitlines()) <= 40
    assert page.startswith(f"### {swept.verdict.upper()}: ")
    assert "`promotion=60s, interval=8s`" in page
    assert "`██████████` 2/2" in page
    assert f"sim run {swept.folder}/scenario-0.yaml --trials 2 --seed 0" in page
    rows = swept.objectives["verdict"]
    assert page.count("| **inconclusive** |") == min(8, int((rows == "inconclusive").sum()))


def test_two_runs_are_told_side_by_side_what_differs_first(ghosts):
    """Of objectives, recoveries and losses; equal ones come last, and seeds that differ are said."""
    other = {**ghosts.document, "seed": 7}
    other["sla"] = [
        {**one, "verdict": "missed", "low": 900.0, "high": 900.0} if one["id"] == "write-rto" else one
        for one in other["sla"]
    ]
    pair = (Opened(ghosts.folder, "run", dict(ghosts.document)), Opened(ghosts.folder, "run", other))
    lines = of_comparison(*pair).splitlines()
    first = lines.index("| objective | before | after |") + 2
    assert lines[first] == "| `write-rto` | met, 1m 25s | **missed**, 15m 00s |"
    assert any("different seeds" in line for line in lines)


def test_a_study_does_not_differ_from_itself(tmp_path):
    """On the same draws the same design gives the same: objectives are told, and no difference."""
    study = sim.study("gate/orders", trials=2, jobs=1, out=tmp_path, progress=False)
    page = of_comparison(opened(study.folder), opened(study.folder))
    assert "`rta orders.write <= 3m in 99%`" in page
    assert "cannot be told apart" in page


def test_a_sweep_is_compared_with_nothing(swept):
    """It has no pairs of trials."""
    found = opened(swept.folder)
    with pytest.raises(sim.SpecError, match="is a sweep"):
        of_comparison(found, found)
