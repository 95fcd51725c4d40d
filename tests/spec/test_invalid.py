"""Bad input: every invalid scenario gets the errors it must get, where it must get them, and nothing else."""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim.core.quantity
import sim.spec
from sim.core.errors import SpecError
from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from sim.spec.store.recorded import _load, _read, load_of
from sim.spec.sweep import points
from tests.spec.corpus import INVALID, VALID, Invalid

SPEC = Path(sim.spec.__file__).parent
RAISERS = {"Complaint", "complain", "problem", "Problem", "QuantityError", "fail", "Unreadable", "_Endless"}


def read(case: Invalid):
    """Read a file as studies do: at each point of its sweep."""
    return list(points(str(case.path), sets=case.sets, sweeps=case.sweeps))


def problems_of(case: Invalid) -> list[str]:
    """Return the problems of a file as its head writes them; the file is named where it is another one."""
    with pytest.raises(SpecError) as caught:
        read(case)
    names = [Path(problem.file).name for problem in caught.value.problems]
    others = [name + ":" if name != case.path.name else "" for name in names]
    return [
        f"{other}{problem.line}:{problem.column} {problem.message}"
        for other, problem in zip(others, caught.value.problems, strict=True)
    ]


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.path.stem)
def test_an_invalid_scenario_gets_exactly_the_errors_it_names(case: Invalid):
    """All errors of a file are told at once, each with its position and the nearest right thing."""
    assert case.expected
    assert problems_of(case) == list(case.expected)


def test_the_corpus_is_large_and_varied():
    """There are at least 60 files, and at most three that have one kind of error."""
    assert len(INVALID) >= 60
    kinds = defaultdict(list)
    for case in INVALID:
        if not case.path.stem.startswith("many-"):
            for kind in {_kind(expected) for expected in case.expected}:
                kinds[kind].append(case.path.stem)
    assert {kind: files for kind, files in kinds.items() if len(files) > 3} == {}


def _kind(expected: str) -> str:
    """Return a message without what it quotes and counts: file names, numbers, names in quotes."""
    message = expected.split(" ", 1)[1]
    plain = re.sub(r"'[^']*'|\b[\w-]+\.(?:csv|yaml|parquet)|\d+\S*", "_", message)
    return re.sub(r"^_, \w+ _ ", "", plain).split(",")[0]


def test_every_problem_shows_its_line_and_points_at_its_column():
    """The text of an error holds file:line:column, the source line and a caret under the column."""
    case = next(case for case in INVALID if case.path.stem == "unknown-key-nested")
    with pytest.raises(SpecError) as caught:
        load(str(case.path))
    head, line, caret = str(caught.value).splitlines()
    assert head.startswith(
        f"{case.path}:6:5: gateway.check.faliures: unknown key 'faliures', did you mean 'failures'"
    )
    assert line.index("faliures") == caret.index("^")


def test_a_base_file_is_blamed_for_what_it_says(tmp_path):
    """A value that is wrong in a base is reported at its own file and place."""
    base = tmp_path / "base.yaml"
    base.write_text(VALID_BASE.read_text().replace("duration: 10m", "duration: 10"))
    top = tmp_path / "top.yaml"
    top.write_text("extends: [base.yaml]\nwarmup: 2\n")
    with pytest.raises(SpecError) as caught:
        load(str(top))
    places = [problem.place for problem in caught.value.problems]
    assert places == [f"{base}:2:11", f"{top}:2:9"]


VALID_BASE = next(path for path in VALID if path.stem == "base")


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    """The scenario itself, or an overlay, that cannot be read is bad input."""
    with pytest.raises(SpecError, match=r"nowhere.yaml: cannot read nowhere.yaml: No such file"):
        load(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(SpecError, match=r"overlay.yaml: cannot read overlay.yaml: No such file"):
        load(str(VALID_BASE), overlays=[str(tmp_path / "overlay.yaml")])


def test_a_scenario_built_in_python_is_checked_too():
    """Resolving a scenario that no file is known of reports what is wrong by path."""
    good = load(str(VALID_BASE))
    bad = Scenario.model_validate({**dict(good), "warmup": good.duration})
    with pytest.raises(SpecError, match=r"^warmup: a warmup of 10m leaves nothing of 10m$"):
        resolve(bad)


def test_a_file_with_too_many_rows_is_refused(tmp_path):
    """More rows, lines or values than are read are an error, before they fill the memory."""
    pq.write_table(pa.table({"time_s": [1, 2, 3]}), tmp_path / "rows.parquet")
    (tmp_path / "rows.csv").write_text("time_s\n1\n2\n3\n")
    (tmp_path / "lines.csv").write_text("time_s\n1\n\n\n\n\n\n")
    arrivals = "databases.orders.workload={writes: 0, reads: 0, arrivals: {kind: trace, file: %s}}"
    with patch("sim.spec.table_file.ROWS_MAX", 2):
        for name, limit in (("rows.parquet", "2 rows"), ("rows.csv", "2 rows"), ("lines.csv", "4 lines")):
            with pytest.raises(SpecError, match=f"cannot read {name}: it has more than {limit}"):
                load(str(VALID_BASE), sets=[arrivals % (tmp_path / name)])
    (tmp_path / "lags.csv").write_text("value_s\n1\n2\n")
    with (
        patch("sim.spec.measured.VALUES_MAX", 1),
        pytest.raises(SpecError, match="it has 2 rows, give 1 at most"),
    ):
        load(str(VALID_BASE), sets=[f"gateway.route={{empirical: {tmp_path / 'lags.csv'}}}"])


def test_a_file_that_changes_before_the_run_is_noticed(tmp_path):
    """What is simulated is what was resolved, or nothing: the file is compared again when it is read."""
    file = tmp_path / "load.csv"
    file.write_text("time_s\n1\n")
    arrivals = f"databases.orders.workload={{writes: 0, reads: 0, arrivals: {{kind: trace, file: {file}}}}}"
    resolved = resolve(load(str(VALID_BASE), sets=[arrivals]))
    file.write_text("time_s\n2\n")
    _read.cache_clear(), _load.cache_clear()
    with pytest.raises(SpecError, match="it has changed since the scenario was resolved"):
        load_of(resolved, "orders")


def test_every_raise_site_is_reached(tmp_path):
    """Each place in spec and in quantity that makes a problem makes one for some file of the corpus."""
    sites = _sites()
    assert len(sites) > 100
    reached = _lines_run(tmp_path)
    missed = sorted(
        f"{Path(file).name}:{first}"
        for file, first, last in sites
        if not reached[file].intersection(range(first, last + 1))
    )
    assert missed == []


def _sites() -> list[tuple[str, int, int]]:
    """Return (file, first line, last line) of each call that makes a problem."""
    sites = []
    for path in [*sorted(SPEC.glob("*.py")), Path(sim.core.quantity.__file__)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in RAISERS:
                sites.append((str(path), node.lineno, node.end_lineno or node.lineno))
    return sites


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _lines_run(tmp_path: Path) -> dict[str, set[int]]:
    """Return the lines of each file that run while the corpus is loaded."""
    lines: dict[str, set[int]] = defaultdict(set)

    def trace(frame, event, _arg):
        file = frame.f_code.co_filename
        if not file.startswith(str(SPEC)) and not file.endswith("quantity.py"):
            return None
        if event == "line":
            lines[file].add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        for case in INVALID:
            with pytest.raises(SpecError):
                read(case)
        test_a_file_that_is_not_there_is_an_error(tmp_path)
        test_a_scenario_built_in_python_is_checked_too()
        test_a_file_with_too_many_rows_is_refused(tmp_path)
        test_a_file_that_changes_before_the_run_is_noticed(tmp_path)
    finally:
        sys.settrace(before)
    return lines
