"""A run in Markdown: one screen, the numbers of the document, and text of others that stays text."""

import re

import pytest

from sim.report.markdown.gantt import gantt
from sim.report.markdown.markdown import of_run
from sim.report.markdown.text import block, code, table, text
from sim.report.opened import Opened
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
    assert "| `dashboard.sales` | > 13m 10s |" in page
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
