"""Baselines: worse, not worse, or cannot tell."""

import json
import math

import pytest

from sim.studies.baseline import CANNOT_TELL, NOT_WORSE, WORSE, change, entry, other_versions, read, write
from sim.studies.compare import differences
from tests.unit.study.made import finding

THEN = [60.0 + i / 7 for i in range(30)]


def became(then, now, *, seed=0, tolerance=0.0, sets=()):
    """What became of rto."""
    kept = entry(finding({"rto": then}, sets=sets), seed=0)
    return change(kept, finding({"rto": now}, sets=sets), "rto", seed=seed, tolerance=tolerance)


def test_every_trial_slower_is_worse_and_the_same_or_faster_is_not():
    """The interval of the median difference is beyond zero, or not above it."""
    assert became(THEN, [x + 1 for x in THEN]).verdict == WORSE
    assert became(THEN, THEN).verdict == NOT_WORSE
    assert became(THEN, [x - 1 for x in THEN]).verdict == NOT_WORSE


def test_half_better_and_half_worse_cannot_be_told():
    """Neither is shown."""
    assert became(THEN, [x + (-1) ** i for i, x in enumerate(THEN)]).verdict == CANNOT_TELL


def test_a_tolerance_is_a_share_of_the_baselines_median():
    """One second more on sixty is within 5 %, five are not."""
    assert became(THEN, [x + 1 for x in THEN], tolerance=0.05).verdict == NOT_WORSE
    assert became(THEN, [x + 5 for x in THEN], tolerance=0.05).verdict == WORSE


def test_where_more_is_better_less_is_worse():
    """An objective that asks for at least something."""
    sets = ('sla.rto.must=">= 10s"',)
    assert became(THEN, [x - 1 for x in THEN], sets=sets).verdict == WORSE
    assert became(THEN, [x + 1 for x in THEN], sets=sets).verdict == NOT_WORSE


def test_a_recovery_that_is_no_longer_over_is_worse_and_two_that_are_not_say_nothing():
    """Infinite against a number, and infinite against infinite."""
    assert became(THEN, [math.inf] * 30).verdict == WORSE
    assert became([math.inf] * 30, [math.inf] * 30).verdict == CANNOT_TELL


def test_few_pairs_are_judged_one_by_one():
    """All worse is worse, none is not, some cannot be told."""
    assert became([1.0, 2.0], [2.0, 3.0]).verdict == WORSE
    assert became([1.0, 2.0], [1.0, 2.0]).verdict == NOT_WORSE
    assert became([1.0, 2.0], [1.0, 3.0]).verdict == CANNOT_TELL
    assert became([math.inf], [math.inf]).verdict == CANNOT_TELL


def test_another_seed_or_nothing_in_common_cannot_be_told():
    """Pairs are of one seed."""
    assert "seed 0" in became(THEN, THEN, seed=1).why
    assert became(THEN, THEN, seed=1).verdict == CANNOT_TELL
    assert became([None] * 30, THEN).verdict == CANNOT_TELL


def test_an_objective_that_is_new_cannot_be_told():
    """There is nothing to compare it with."""
    kept = entry(finding({"rpo": [0.0] * 9}), seed=0)
    now = finding({"rto": THEN, "rpo": [0.0] * 30})
    found = {name: change(kept, now, name, seed=0, tolerance=0.0) for name in ("rto", "rpo")}
    assert {name: c.verdict for name, c in found.items()} == {"rto": CANNOT_TELL, "rpo": NOT_WORSE}
    assert found["rpo"].why == "9 pairs"


def test_a_baseline_reads_as_it_was_written_and_names_other_versions(tmp_path):
    """Infinite and missing values survive JSON."""
    path = tmp_path / "deep" / "b.json"
    kept = {"x": entry(finding({"rto": [1.5, math.inf, None]}), seed=4)}
    write(path, kept)
    found = read(path)
    assert found["scenarios"] == kept  # without checksums
    assert found["scenarios"]["x"]["values"]["rto"] == [1.5, "inf", None]
    assert other_versions(found) == ""
    found["machine"]["numpy"] = "1.0"
    assert "numpy 1.0 then" in other_versions(found)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{", '{"machine": [], "scenarios": {}}', '{"machine": {}, "scenarios": 1}', "[" * 9**5],
)
def test_what_is_no_baseline_is_refused(tmp_path, text):
    """With its name."""
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(ValueError, match=r"b\.json is no baseline"):
        read(tmp_path / "b.json")


def test_a_baseline_is_short_enough_to_review_and_leaves_names_as_they_are(tmp_path):
    """An objective's values are one line; a point's name may look like a list."""
    kept = {"x.yaml [sla.rto.must=<=  1s, a=[1,  2]]": entry(finding({"rto": THEN}), seed=0)}
    write(tmp_path / "b.json", kept)
    assert read(tmp_path / "b.json")["scenarios"] == kept
    (line,) = [line for line in (tmp_path / "b.json").read_text().splitlines() if '"rto"' in line]
    assert line.count(",") == len(THEN) - 1


def test_a_baseline_keeps_the_worse_bound():
    """The most; the least where more is better; so what became undecided is worse, and not hidden."""
    open_ = [(x, math.inf) for x in THEN]
    assert entry(finding({"rto": open_[:1]}), seed=0)["values"]["rto"] == ["inf"]
    sets = ('sla.rto.must=">= 10s"',)
    assert entry(finding({"rto": open_[:1]}, sets=sets), seed=0)["values"]["rto"] == THEN[:1]
    assert became(THEN, open_).verdict == WORSE
    assert became(THEN, [(x - 9, x) for x in THEN]).verdict == NOT_WORSE
    assert became(open_, open_).verdict == CANNOT_TELL


def test_a_baseline_from_before_bounds_can_neither_pass_nor_fail():
    """It asks to be updated, and only that."""
    kept = entry(finding({"rto": THEN}), seed=0)
    del kept["format"]
    for now in (THEN, [x + 9 for x in THEN]):
        found = change(kept, finding({"rto": now}), "rto", seed=0, tolerance=0.0)
        assert (found.verdict, found.why) == (CANNOT_TELL, "predates bounds: update")


def test_two_designs_are_compared_by_the_most_that_they_can_lose():
    """What is stranded counts as lost, on both sides."""
    lost = [(0.0, 500.0 + i) for i in range(30)]
    then, now = (
        finding({"rto": THEN}, metrics=[("loss.records", "orders", column)]).tally
        for column in ([0.0] * 30, lost)
    )
    (found,) = differences(then, now)
    assert (found.before, found.after, found.median.value) == (0.0, 514.5, 514.0)
    assert found.differs


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("60.0", "61.0"),
        ('"trials": 30', '"trials": 31'),
        ('"seed": 0', '"seed": 1'),
        ('"python": "3', '"python": "4'),
    ],
)
def test_a_changed_baseline_is_refused_by_the_name_of_what_changed(tmp_path, old, new):
    """A bit that flipped, or a hand that helped."""
    path = tmp_path / "b.json"
    write(path, {"x.yaml": entry(finding({"rto": THEN}), seed=0)})
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(
        ValueError, match=r"b\.json is damaged at '(x\.yaml|machine)', or was changed by hand"
    ):
        read(path)


def test_an_entry_under_another_name_is_refused(tmp_path):
    """What one scenario came to is no baseline of another."""
    path = tmp_path / "b.json"
    write(path, {"x.yaml": entry(finding({"rto": THEN}), seed=0)})
    path.write_text(path.read_text().replace("x.yaml", "y.yaml"))
    with pytest.raises(ValueError, match=r"damaged at 'y\.yaml'"):
        read(path)


def test_a_baseline_from_before_checksums_is_told_and_cannot_be_compared_with(tmp_path):
    """Nor does an update of another scenario in it lend it one."""
    path = tmp_path / "b.json"
    write(path, {"x.yaml": entry(finding({"rto": THEN}), seed=0)})
    old = json.loads(path.read_text())
    del old["scenarios"]["x.yaml"]["sha256"]
    path.write_text(json.dumps(old))
    for _ in range(2):
        kept = read(path)["scenarios"]
        found = change(kept["x.yaml"], finding({"rto": THEN}), "rto", seed=0, tolerance=0.0)
        assert (found.verdict, found.why) == (CANNOT_TELL, "it predates checksums: update the baseline")
        write(path, {**kept, "y.yaml": entry(finding({"rto": THEN}), seed=0)})
