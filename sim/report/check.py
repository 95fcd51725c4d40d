"""What a check prints: lines for people, JUnit XML, GitHub annotations, a Markdown summary."""

import re
import shlex
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree as xml

from sim.core.inert import inert
from sim.report.study import asked, between, interval, notes, unit_of
from sim.studies.estimates import of
from sim.studies.gate import ORDER, WARN, Checked, CheckLine, worst_first
from sim.studies.judgement import FAIL, INCONCLUSIVE, PASS, adverse, worst_trial

ANNOTATIONS = 10  # GitHub shows so many errors, and so many warnings, of a step, and drops the rest
SUMMARY_BYTES = 1024 * 1024  # GitHub refuses a step's summary that is larger
_MARKS = re.compile(r"[\\|`\[\]<>*!]")
_LEVELS = {"bad input": "error", "fail": "error", "inconclusive": "warning"}


def lines(checked: Sequence[Checked]) -> str:
    """Return one line for each objective, worst first, and a last one that sums up."""
    found = worst_first([line for one in checked for line in one.lines])
    size = max((len(line.verdict) for line in found), default=0)
    rows = [f"{line.verdict.upper():{size}}  {_place(line)}  {_name(line)}: {told(line)}" for line in found]
    counts = Counter(line.verdict for line in found)
    total = (
        ", ".join(f"{counts[verdict]} {verdict}" for verdict in ORDER if counts[verdict]) or "nothing checked"
    )
    return "\n".join(map(inert, [*rows, total, *_notes(checked)])) + "\n"


def _notes(checked: Sequence[Checked]) -> list[str]:
    """Return how far to trust the verdicts: each note once, with the scenarios it is about if not all."""
    studies = {one.path: one.study for one in checked if one.study is not None}
    about: dict[str, list[str]] = {}
    for path, study in studies.items():
        for note in notes(study):
            about.setdefault(note, []).append(path)
    head = ["", "How far to trust this"] if about else []
    return head + [
        f"- {note}" if len(paths) == len(studies) else f"- {note} ({', '.join(paths)})"
        for note, paths in about.items()
    ]


def told(line: CheckLine) -> str:
    """Say what was asked and what was found, with the interval; of a study that broke, how to see it."""
    if line.ruling is None or line.finding is None:
        return f"{line.why}; to see it: {again(line)}" if line.broken else line.why
    values = line.finding.tally
    text = f"{asked(line.ruling.objective)}: {line.why}"
    lows, highs = values.objective_bounds(line.ruling.id)
    if not lows.size:
        return text
    found, unit = of(lows, highs)["p50"], unit_of(line.ruling)
    return (
        f"{text}; median {interval(found, unit)}"
        if lows.size > 1
        else f"{text}; it was {between(found, unit)}"
    )


def again(line: CheckLine) -> str:
    """Return the command that shows a trial that is not as it should be."""
    words = ["sim", "run", line.scenario, *(word for text in line.sets for word in ("--set", text))]
    return shlex.join([*words, "--seed", str(line.seed), "--trial", str(bad_trial(line))])


def bad_trial(line: CheckLine) -> int:
    """Return the trial that shows a line best: one that broke, or the worst; 0 if there is none."""
    if line.finding is None:
        return 0
    tally = line.finding.tally
    if line.ruling is None:
        return tally.errors[0][0] if tally.errors else 0
    return worst_trial(line.ruling, adverse(line.ruling.id, line.ruling.objective, tally))


def junit(checked: Sequence[Checked], *, undecided: str | None = None) -> str:
    """Return the check as JUnit XML: a suite for each file, a case for each objective.

    An undecided objective is an error, since a skipped case would read as a pass; ``undecided``: as of
    ``sim.studies.gate.exit_code``. The time of a study is shared equally among its cases. What a machine
    wants to know of a case is in its output: Jenkins knows no properties of cases.
    """
    root = xml.Element("testsuites", name="sim check", time=_seconds(sum(one.wall_s for one in checked)))
    for one in checked:
        counts = Counter(_kind(line, undecided) for line in one.lines)
        suite = xml.SubElement(
            root,
            "testsuite",
            name=inert(_root_name(one)),
            tests=str(len(one.lines)),
            failures=str(counts["failure"]),
            errors=str(counts["error"]),
            skipped=str(counts["skipped"]),
            time=_seconds(one.wall_s),
        )
        for line in one.lines:
            case = xml.SubElement(
                suite,
                "testcase",
                classname=inert(_class_name(one)),
                name=inert(_name(line)),
                time=_seconds(one.wall_s / len(one.lines)),
            )
            _fill(case, line, _kind(line, undecided))
    xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _kind(line: CheckLine, undecided: str | None) -> str:
    """Return what a line is in JUnit, "" for a pass."""
    if line.verdict == INCONCLUSIVE:
        if undecided == FAIL:
            return "failure"
        return "skipped" if undecided == WARN and line.open else "error"
    return {PASS: "", FAIL: "failure"}.get(line.verdict, "error")


def _root_name(one: Checked) -> str:
    return one.name or one.path


def _class_name(one: Checked) -> str:
    """Return the path from the root as build servers show classes: packages parted by points."""
    return ".".join(PurePosixPath(_root_name(one)).with_suffix("").parts)


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _fill(case: xml.Element, line: CheckLine, kind: str) -> None:
    if kind:
        found = xml.SubElement(case, kind, message=inert(told(line)), type=line.verdict)
        found.text = "\n".join(map(inert, (f"{_place(line)}: {told(line)}", again(line))))
    out = "".join(inert(f"{name}: {value}") + "\n" for name, value in properties_of(line))
    xml.SubElement(case, "system-out").text = out


def properties_of(line: CheckLine) -> list[tuple[str, str]]:
    """Return what a machine wants to know of a line."""
    found = [("verdict", line.verdict)]
    if line.ruling is not None:
        counts = line.ruling.counts
        found += [
            ("asked", asked(line.ruling.objective)),
            ("met", str(counts.met)),
            ("trials", str(counts.trials)),
        ]
        if counts.broken:
            found.append(("broken", str(counts.broken)))
        if line.ruling.met is not None:
            found += [("low", f"{line.ruling.met.low:.6g}"), ("high", f"{line.ruling.met.high:.6g}")]
    return found


def annotations(
    checked: Sequence[Checked], *, undecided: str | None = None, place: Callable[[str], str] = str
) -> str:
    """Return GitHub's workflow commands, worst first, as many as it will show.

    ``undecided``: as of ``sim.studies.gate.exit_code``; ``place``: names a file from the root, as
    GitHub does.
    """
    found = worst_first([line for one in checked for line in one.lines])
    shown: list[str] = []
    for level in ("error", "warning"):
        wanted = [line for line in found if _level(line, undecided) == level]
        shown += [_annotation(level, line, place(line.at[0])) for line in wanted[:ANNOTATIONS]]
        if len(wanted) > ANNOTATIONS:
            shown.append(
                f"::notice title=sim check::{len(wanted) - ANNOTATIONS} more of level {level} are not shown"
            )
    return "".join(text + "\n" for text in shown)


def _level(line: CheckLine, undecided: str | None) -> str | None:
    """Return GitHub's level of a line, None for a pass."""
    return "error" if _kind(line, undecided) == "failure" else _LEVELS.get(line.verdict)


def _annotation(level: str, line: CheckLine, file: str) -> str:
    title = _escaped(_name(line), also=":,")
    place = f"file={_escaped(file, also=':,')},line={line.at[1]},title={title}"
    return f"::{level} {place}::{_escaped(told(line))}"


def _escaped(text: str, *, also: str = "") -> str:
    text = inert(text)
    for char in "%" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def markdown(checked: Sequence[Checked]) -> str:
    """Return a table for a job's summary, worst first, and the notes. Rows that do not fit are counted."""
    found = worst_first([line for one in checked for line in one.lines])
    head = ["| verdict | scenario | objective | found |", "|---|---|---|---|"]
    notes = _notes(checked)
    room = SUMMARY_BYTES - sum(map(_size, [*head, *notes])) - 200  # and the line that counts the rest
    rows: list[str] = []
    for shown, line in enumerate(found):
        row = f"| {line.verdict} | {_cell(line.scenario)} | {_cell(_name(line))} | {_cell(told(line))} |"
        room -= _size(row)
        if room < 0:
            notes = ["", f"{len(found) - shown:,} more lines are not shown.", *notes]
            break
        rows.append(row)
    return "\n".join([*head, *rows, *notes]) + "\n"


def _cell(text: str) -> str:
    """Return a text as Markdown that shows it and does nothing: no cell, link, picture or tag of its own."""
    return _MARKS.sub(r"\\\g<0>", inert(" ".join(text.split())))


def _size(text: str) -> int:
    return len(text.encode()) + 1


def _place(line: CheckLine) -> str:
    return f"{line.at[0]}:{line.at[1]}"


def _name(line: CheckLine) -> str:
    return f"{line.name} [{line.label}]" if line.label else line.name
