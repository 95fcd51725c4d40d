"""The page that ``sim run`` prints, on a drill made by hand."""

import os
from pathlib import Path

import pytest

from sim.measure.store import loss, metrics
from sim.report.brief import brief
from sim.report.consistency import GUARANTEES
from sim.report.page import plain
from sim.report.review.stores import CAUSES
from sim.report.terminal import measure_of, page, reviewed
from tests.unit.report.drill import drill, figures, losses

GOLDEN = Path(__file__).parent / "golden"


def rendered(outcome):
    """The plain page, 100 columns wide."""
    folder = "reports/lose/3fa9-0"
    review = reviewed(outcome, source="drills/lose-primary-region", folder=folder)
    return plain(page(outcome, review, places=[f"Page: {folder}"]), 100)


def screen(outcome):
    """The one screen, 80 columns wide."""
    review = reviewed(outcome, source="drills/lose-primary-region", folder="reports/lose/3fa9-0")
    places = ["Page: reports/lose/3fa9-0"]
    return plain(brief(review, width=80, measure=measure_of(outcome), places=places), 80)


def headline(outcome):
    """The first line."""
    return reviewed(outcome, source="x").headline


def with_control():
    """The drill beside a run that went well."""
    calm = figures()
    calm["recovery"]["orders.write"].update(failed_requests=0, downtime_s=0.0)
    calm["consistency"]["orders"]["stale_fraction"] = 0.0001
    return drill(control=calm)


@pytest.mark.parametrize(
    ("name", "text"),
    [("drill", rendered(drill())), ("control", rendered(with_control())), ("screen", screen(drill()))],
)
def test_the_page_is_the_reviewed_one(name, text):
    """The page equals the text that a person has read; SIM_GOLDEN=write writes it anew, to be read again."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("SIM_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_table_without_content_does_not_appear():
    """Where nothing was lost and no promise broken there is a sentence for each, and no table of zeros."""
    changed = figures()
    changed["loss"] = {"payments": changed["loss"]["payments"]}
    changed["consistency"] = {"payments": changed["consistency"]["payments"]}
    text = rendered(drill(figures=changed))
    assert "store  lost" not in text
    assert "promises broken" not in text
    assert "No session" in text


def test_the_page_fits_a_hundred_columns():
    """No line is wider than 100 columns."""
    assert max(map(len, rendered(drill()).splitlines())) <= 100


def test_the_headline_names_what_was_missed(outcome):
    """A missed objective is in the first line by its id, an undecided one too, with its reason."""
    assert headline(outcome) == (
        "FAIL: Lose the primary region at peak: 1 of 5 objectives missed (orders-rpo), "
        "1 undecided (pay-rto): it did not serve again before the run ended"
    )


def test_a_fault_that_did_nothing_is_in_the_headline():
    """An undecided run says which fault never took effect; one that was not drawn is no reason."""
    faults = {
        "power": {"fired": False, "status": "not_triggered", "started_s": None, "healed_s": None},
        "quake": {"fired": False, "status": "not_drawn", "started_s": None, "healed_s": None},
    }
    text = headline(drill(faults=faults, verdict="inconclusive", objectives=[]))
    assert text.endswith("fault power never took effect (not_triggered)")
    assert text.startswith("INCONCLUSIVE:")


def test_a_run_without_objectives_says_so():
    """No objectives is not the same as all met."""
    assert headline(drill(objectives=[], verdict="pass")).endswith("no objectives set")


def test_an_open_recovery_is_never_a_number(outcome):
    """A capability that was not back at the end shows the bound, in its row and in the objective's."""
    asked, was = [line for line in rendered(outcome).splitlines() if "payments.write" in line][-2:]
    assert "45m 00s or more" in asked and "> 45m 00s" in was


def test_phase_bars_are_on_one_scale():
    """A recovery of half the length has a bar of half the length."""
    changed = figures()
    half = {name: seconds / 2 for name, seconds in changed["recovery"]["orders.write"]["phases"].items()}
    changed["recovery"]["orders.read"] = {
        **changed["recovery"]["orders.write"],
        "rta_s": 47.7,
        "phases": half,
    }
    lines = rendered(drill(figures=changed)).splitlines()
    start = lines.index("Where the time went")
    bars = [line.split()[-1] for line in lines[start + 3 : start + 5]]
    assert [len(bar) for bar in bars] == [24, 12]


def test_the_causes_stand_beside_the_loss(outcome):
    """Each store that lost records says where they were, the most frequent first; others say nothing."""
    lines = " ".join(rendered(outcome).split())
    assert "- orders: 1,100 still to be sent" in lines
    assert lines.index("1,100 still") < lines.index("103 sent but not received")
    assert "- payments:" not in lines


def test_every_cause_and_guarantee_has_words():
    """Whatever the measures can name, the page can say."""
    assert set(CAUSES) >= {*loss.CAUSES, "node"}
    assert tuple(GUARANTEES) == metrics.GUARANTEES


def test_a_broken_promise_is_shown_by_its_first_example(outcome):
    """The witness is told with time, key, both versions, and nothing for a key never written."""
    text = " ".join(rendered(outcome).split())
    assert "at 0:30:36.0 a session read version 1/86 of key 5, though it had written version 1/88" in text
    assert "a session read nothing of key 5, though it had already read version 1/88" in text


def lossy(**changes):
    """The page of the drill in one line, with changes of what payments lost."""
    changed = figures()
    changed["loss"]["payments"].update(changes)
    return " ".join(rendered(drill(figures=changed)).split())


def test_what_is_out_of_reach_is_shown_with_its_places():
    """As a column of its own, and a line that says where; nothing says that nothing was lost."""
    place = {"region": "us-east", "records": 15_000, "why": "which is down at the end"}
    text = lossy(stranded=15_000, stranded_window_s=300.0, where=[place])
    assert "store lost out of reach window" in text and "payments 0 15,000 0 s" in text
    where = "15,000 in us-east, which is down at the end"
    assert f"- payments: 15,000 transactions out of reach at the end: {where}" in text
    changed = {"payments": {**figures()["loss"]["payments"], "stranded": 15_000}}
    assert "No acknowledged transaction" not in rendered(drill(figures={**figures(), "loss": changed}))
    assert "store lost window" in lossy()


def test_what_was_destroyed_is_told_and_that_backups_are_not_modelled():
    """Records, and a store that lost what lay before the run, also if nothing was written since."""
    text = lossy(
        records=900,
        destroyed=900,
        window_s=None,
        window_over_s=600.0,
        cause={**dict.fromkeys(losses()["orders"]["cause"], 0), "node": 900},
    )
    assert "- payments: 900 received by a node whose data was lost later" in text
    assert "- payments: 900 transactions destroyed: no copy is left on any disk" in text
    assert "payments 900 > 10m 00s" in text
    empty = lossy(window_s=None, window_over_s=600.0)
    for said in (text, empty):
        assert "- payments: no node holds its data any more; all that lay before the run is lost too" in said
        assert "- Backups are not modelled:" in said
    assert "all that lay before the run is out of reach" in lossy(stranded_window_s=None)
    alone = {**figures(), "exposure": {}}
    assert "still to be sent" not in rendered(drill(figures=alone))  # there is no other copy


def test_nothing_lost_is_said_in_words():
    """A run that lost nothing says so."""
    changed = figures()
    changed["loss"] = {"payments": changed["loss"]["payments"]}
    assert "No acknowledged transaction was lost." in rendered(drill(figures=changed))


def test_the_control_is_offered_only_where_there_are_faults():
    """A run without faults has nothing to compare."""
    assert "with --control, beside the same run without its faults" in rendered(drill())
    assert "--control" not in rendered(drill(faults={}))


def test_a_control_that_equals_the_run_says_so():
    """Faults that change no figure are reported as such, not as an empty table."""
    assert "the faults changed nothing that is measured" in rendered(drill(control=figures()))
