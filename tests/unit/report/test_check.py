"""What a check prints: order, exit codes, JUnit XML, GitHub's commands and summary."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as xml

import pytest
from lxml import etree

from sim.report.check import SUMMARY_BYTES, again, annotations, junit, lines, markdown
from sim.studies.baseline import CANNOT_TELL, NOT_WORSE, WORSE, Change
from sim.studies.gate import BAD_INPUT, Checked, CheckLine, exit_code, with_change
from tests.unit.study.made import checked, finding

GOOD, BAD = [10.0] * 40, [1000.0] * 40
PASSES = finding({"rto": GOOD, "rpo": [0.0] * 40})
FAILS = finding({"rto": BAD, "rpo": [0.0] * 40})
OPEN = finding({"rto": GOOD[:5], "rpo": [0.0] * 5})
SPOILT = Checked("bad.yaml", [CheckLine("bad.yaml", ("bad.yaml", 3), BAD_INPUT, "unknown key 'x'")], None)
BROKEN = checked("x.yaml", finding({"rto": [10.0] * 60, "rpo": [0.0] * 60}, broken=(5, 16, 20, 30, 40, 50)))
ALL = [checked("p.yaml", PASSES), checked("f.yaml", FAILS), checked("o.yaml", OPEN), SPOILT]


def test_lines_are_worst_first_and_summed_up():
    """Bad input, fail, inconclusive, pass; each with its place."""
    text = lines(ALL).splitlines()
    assert [line.split("  ")[0].strip() for line in text[:7]] == [
        "BAD INPUT",
        "FAIL",
        "INCONCLUSIVE",
        *["PASS"] * 4,
    ]
    assert text[1].split()[1:3] == ["f.yaml:19", "rto:"]
    assert "at most 7.22% of runs meet it; median 16m 40s" in text[1]
    assert text[7] == "1 bad input, 1 fail, 1 inconclusive, 4 pass"


def test_every_verdict_comes_with_how_far_to_trust_it():
    """Each note once, with the files it is about if it is not about all."""
    text = lines(ALL)
    assert "How far to trust this" in text
    assert "- 5 trials of one model: intervals say how far luck reaches" in text
    assert "(o.yaml)" in text


@pytest.mark.parametrize(
    ("chosen", "code"), [((0,), 0), ((0, 2), 3), ((0, 1, 2), 1), ((0, 1, 2, 3), 2), ((), 2)]
)
def test_the_exit_code_is_that_of_the_worst_line(chosen, code):
    """Nothing checked is no pass."""
    assert exit_code([line for i in chosen for line in ALL[i].lines]) == code


def test_junit_has_a_suite_for_each_file_and_an_undecided_case_is_an_error():
    """A skipped case would read as a pass."""
    suites = {suite.get("name"): suite for suite in xml.fromstring(junit(ALL).split("\n", 1)[1])}
    counts = {name: tuple(s.get(k) for k in ("tests", "failures", "errors")) for name, s in suites.items()}
    assert counts == {
        "p.yaml": ("2", "0", "0"),
        "f.yaml": ("2", "1", "0"),
        "o.yaml": ("2", "0", "1"),
        "bad.yaml": ("1", "0", "1"),
    }
    assert suites["f.yaml"].find("testcase/failure").get("type") == "fail"
    said = suites["f.yaml"].find("testcase/system-out").text
    assert "trials: 40\n" in said and "asked: " in said and "low: " in said


SCHEMA = etree.XMLSchema(file=str(Path(__file__).parent / "jenkins-junit.xsd"))


@pytest.mark.parametrize("undecided", [None, "fail", "warn"])
def test_junit_is_what_jenkins_accepts_with_times_and_classes_from_the_root(undecided):
    """Its schema knows no properties of cases; a class is named alike from whatever folder it was checked."""
    timed = [replace(one, name=f"scenarios/{one.path}", wall_s=4.0) for one in (*ALL, BROKEN)]
    text = junit(timed, undecided=undecided)
    SCHEMA.assertValid(etree.fromstring(text.encode()))
    root = xml.fromstring(text.encode())
    assert root.get("time") == "20.000"
    cases = root.findall("testsuite[@name='scenarios/f.yaml']/testcase")
    assert [(case.get("classname"), case.get("time")) for case in cases] == [("scenarios.f", "2.000")] * 2


def test_what_jenkins_does_not_accept_is_seen():
    """Properties of a case, times in scientific notation, and a suite without counts."""
    text = junit([replace(ALL[0], wall_s=1e-9)])
    for old, new in (
        ("<system-out>", "<properties/><system-out>"), ('time="0.000"', 'time="1e-09"'), (' errors="0"', ""),
    ):  # fmt: skip
        assert old in text and not SCHEMA.validate(etree.fromstring(text.replace(old, new).encode()))


def test_a_choice_about_what_is_undecided_shows_in_junit_and_annotations():
    """A failure, or skipped; but trials that broke are never passed over."""

    def kinds(undecided):
        cases = xml.fromstring(junit([ALL[2], BROKEN], undecided=undecided).encode()).iter("testcase")
        return [case[0].tag for case in cases]

    assert kinds(None) == ["error", "system-out", "error", "error", "error"]
    assert kinds("fail") == ["failure", "system-out", "failure", "failure", "failure"]
    assert kinds("warn") == ["skipped", "system-out", "skipped", "skipped", "error"]
    assert annotations([ALL[2]], undecided="fail").startswith("::error ")


def test_trials_that_broke_are_told_in_every_line_and_with_the_first_ones_command():
    """In the lines, in JUnit, and in the summary."""
    line = BROKEN.lines[-1]
    again = "to see it: sim run x.yaml --seed 0 --trial 5"
    told = f"6 of 60 trials broke, the first is trial 5: ValueError: planted \\u001b; {again}"
    assert f"x.yaml:1  scenario: {told}" in lines([BROKEN])
    assert all("; 6 of 60 trials broke" in line.why for line in BROKEN.lines[:2])
    assert told.replace("\\", "\\\\") in markdown([BROKEN])  # as Markdown writes a backslash
    assert again in junit([BROKEN]) and "broken: 6\n" in junit([BROKEN])
    assert line.verdict == "inconclusive" and not line.open


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        ((0,), (0, 0, 0)),
        ((0, 2), (3, 1, 0)),
        ((1, 2), (1, 1, 1)),
        ((3, 2), (2, 2, 2)),
        ((), (2, 2, 2)),
        ((4,), (3, 1, 3)),
    ],
)
def test_whoever_must_choose_can_fail_or_pass_over_what_is_undecided(chosen, codes):
    """By default it is 3; what broke is no choice of theirs, and a miss or bad input stays what it is."""
    every = [*ALL, BROKEN]
    found = [line for i in chosen for line in every[i].lines]
    assert tuple(exit_code(found, undecided=how) for how in (None, "fail", "warn")) == codes


def test_junit_holds_whatever_a_broken_trial_said():
    """A control character would make the whole file unreadable."""
    found = xml.fromstring(junit([checked("x.yaml", finding({"rto": GOOD}, broken=(1,)))]).split("\n", 1)[1])
    assert "planted \\u001b" in xml.tostring(found, encoding="unicode")


def test_annotations_are_escaped_and_point_at_the_objective():
    """A percent sign, a comma and a colon mean something to GitHub."""
    text = annotations([checked("a,b:c.yaml", FAILS)])
    assert text.startswith(
        "::error file=a%2Cb%3Ac.yaml,line=19,title=rto::rta orders.write <= 1m30s in 90%25: "
    )
    assert text.count("\n") == 1
    line = CheckLine("x.yaml", ("x.yaml", 1), BAD_INPUT, "two\nlines\r")
    assert annotations([Checked("x.yaml", [line], None)]).endswith("::two\\u000alines\\u000d\n")


def test_as_many_annotations_as_github_shows_and_the_rest_is_counted():
    """Ten errors and ten warnings; passes are not told."""
    text = annotations([checked(f"{i}.yaml", FAILS) for i in range(13)] + [checked("o.yaml", OPEN)])
    assert text.count("::error ") == 10 and text.count("::warning ") == 1
    assert "::notice title=sim check::3 more of level error are not shown" in text


def test_a_summary_is_a_table_with_one_row_a_line():
    """A bar or a line's end in a text must not break it."""
    line = CheckLine("x|y.yaml", ("x.yaml", 1), BAD_INPUT, "a | b\nc")
    text = markdown([Checked("x.yaml", [line], None)])
    assert text.splitlines()[2] == r"| bad input | x\|y.yaml | scenario | a \| b c |"


def test_a_summary_too_long_for_github_is_cut_and_says_so():
    """Worst first, so what is cut are passes."""
    long = [CheckLine(f"{i}.yaml", ("x.yaml", 1), "pass", "x" * 1000) for i in range(2000)]
    text = markdown([ALL[1], Checked("x.yaml", long, None)])
    assert SUMMARY_BYTES - 3000 < len(text.encode()) <= SUMMARY_BYTES
    assert "| fail | f.yaml | rto |" in text
    shown = text.count("| pass |")
    assert f"{2002 - 1 - shown:,} more lines are not shown." in text


def test_the_command_to_see_it_again_has_the_points_values_and_the_worst_trial():
    """Values with commas and spaces stay one word."""
    values = {"rto": [10.0, 1000.0, 20.0]}
    made = finding(values, sets=("databases.orders.failover.promotion={uniform: [5s, 6s]}",), label="p")
    line = replace(checked("s.yaml", made).lines[0], seed=4)
    assert again(line) == (
        "sim run s.yaml --set 'databases.orders.failover.promotion={uniform: [5s, 6s]}' --seed 4 --trial 1"
    )


def test_a_baseline_can_only_make_a_line_worse():
    """Worse fails, cannot tell is no pass, not worse leaves it."""
    passed, failed = ALL[0].lines[0], ALL[1].lines[0]
    verdicts = {
        verdict: with_change(passed, Change("rto", verdict, "40 pairs", None)).verdict
        for verdict in (WORSE, NOT_WORSE, CANNOT_TELL)
    }
    assert verdicts == {WORSE: "fail", NOT_WORSE: "pass", CANNOT_TELL: "inconclusive"}
    assert with_change(failed, Change("rto", NOT_WORSE, "", None)).verdict == "fail"
    assert (
        "worse than the baseline (40 pairs)"
        in with_change(passed, Change("rto", WORSE, "40 pairs", None)).why
    )


def test_an_undecided_objective_of_one_trial_says_its_bounds_and_why():
    """On the line, and so in JUnit and annotations."""
    made = checked("x.yaml", finding({"rto": [10.0], "rpo": [(0.0, 15_000.0)]}))
    assert "rpa_records orders <= 100: undecided: it is planted; it was 0 to 15,000" in lines([made])
    assert "it is planted" in junit([made])
