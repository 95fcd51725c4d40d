"""The pytest plugin, run by pytest: what is collected, what passes, what a failure says."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import sim.engine  # noqa: F401 - names the compile cache, before pytester gives the children another home
from sim.pytest_items import ScenarioFile
from tests.unit.study import made

pytest_plugins = ["pytester"]

SCENARIO = """\
name: Tiny
duration: 6m
regions: {east: {}, mid: {}, west: {}}
network:
  links: {east/west: {latency: 40ms}, east/mid: {latency: 20ms}, mid/west: {latency: 20ms}}
clients: {east: {share: 1}}
databases:
  orders: {primary: east, replicas: [west, mid], workload: {writes: 5/s, reads: 5/s}}
faults:
  crash: {kind: db_crash, database: orders, at: 1m, duration: 20s}
level: {hold: 1m}
sla:
"""
PASSES = '  lossless: {metric: rpa_records, of: orders, must: "<= 1000"}\n'
FAILS = '  instant: {metric: rta, of: orders.write, must: "<= 1ms"}\n'
OPEN = '  likely: {metric: rta, of: orders.write, must: "<= 5m", in: 99%}\n'


@pytest.fixture(autouse=True)
def this_tree(monkeypatch):
    """The plugin of this tree, named; an installed one would be loaded a second time under another name."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def project(pytester):
    """A project with a folder of scenarios; ``write(lines)`` adds one."""
    (pytester.path / "scenarios").mkdir()
    pytester.makeini("[pytest]\nmarkers = xdist_group\n")

    def write(*objectives, name="tiny.yaml"):
        (pytester.path / "scenarios" / name).write_text(SCENARIO + "".join(objectives))
        return pytester

    return write


def run(pytester, *options):
    """Run pytest on the scenarios, in a process of its own, with the plugin of this tree."""
    return pytester.runpytest_subprocess("-p", "sim.pytest_plugin", "scenarios", *options)


def test_an_objective_is_an_item_and_its_verdict_the_outcome(project):
    """One passes, one fails; a failure has place, value, interval and the command to see it again."""
    result = run(project(PASSES, FAILS), "-v")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*tiny.yaml::lossless PASSED*", "*tiny.yaml::instant FAILED*"])
    result.stdout.fnmatch_lines(
        [
            "*tiny.yaml:14: fail: rta orders.write <= 1ms: missed; it was *",
            "to see it: sim run *",
        ]
    )


def test_an_undecided_objective_is_no_pass(project):
    """One trial says nothing about 99 % of runs."""
    result = run(project(OPEN))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*inconclusive: rta orders.write <= 5m in 99%*between*"])


def test_a_broken_scenario_is_a_collection_error_with_its_position(project):
    """The message is the one of `sim validate`."""
    result = run(project('  odd: {metric: rta, off: orders.write, must: "<= 1s"}\n'))
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*tiny.yaml:13:*unknown key 'off'*"])


def test_items_are_chosen_by_name_and_by_last_failure(project):
    """-k and --lf work as with any test."""
    pytester = project(PASSES, FAILS)
    run(pytester, "-k", "lossless").assert_outcomes(passed=1, deselected=1)
    run(pytester).assert_outcomes(passed=1, failed=1)
    run(pytester, "--lf").assert_outcomes(failed=1, passed=0)


def test_without_pytests_cache_studies_are_run_all_the_same(project):
    """Build servers turn it off; nothing is left in the project then."""
    pytester = project(PASSES)
    run(pytester, "-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert not list(pytester.path.rglob("*-study"))


def test_a_file_is_studied_once_whatever_it_asks(project):
    """Two objectives, one study: one folder of it in the cache."""
    pytester = project(PASSES, FAILS)
    run(pytester)
    assert len(list(pytester.path.glob(".pytest_cache/d/sim/tiny/*-study"))) == 1


@pytest.mark.parametrize(("broken", "outcome"), [((), ["pass", "pass"]), ((3,), ["inconclusive"] * 2)])
def test_an_objective_does_not_pass_where_a_trial_broke(broken, outcome):
    """Though it is met often enough: `sim check` would not pass the file either."""
    checked = made.checked("x.yaml", made.finding({"rto": [10.0] * 100, "rpo": [0.0] * 100}, broken=broken))
    file = SimpleNamespace(lines=None, _checked=lambda: checked)
    sets = [line for line in checked.lines if line.ruling]
    assert [sets[0].verdict, len(sets)] == ["pass", 2]
    assert [ScenarioFile.line(file, "", name).verdict for name in ("rto", "rpo")] == outcome


def test_workers_of_xdist_agree(project):
    """Items of one file on two workers; both find the same."""
    pytest.importorskip("xdist", reason="pytest-xdist belongs to the extra [dev]")
    result = run(project(PASSES, FAILS), "-p", "xdist", "-n", "2")
    result.assert_outcomes(passed=1, failed=1)


def test_properties_reach_junit(project):
    """What a build server shows: what was asked, in how many trials it was met, the bounds."""
    pytester = project(PASSES)
    run(pytester, "--junit-xml=found.xml")
    text = (pytester.path / "found.xml").read_text()
    assert '<property name="asked" value="rpa_records orders &lt;= 1000"' in text
    assert '<property name="trials" value="1"' in text


def test_other_yaml_files_are_left_alone(project):
    """A file without objectives, and one outside the globs."""
    pytester = project(PASSES)
    (pytester.path / "scenarios" / "platform.yaml").write_text("name: no objectives\n")
    (pytester.path / "other.yaml").write_text("sla: nothing of ours\n")
    pytester.runpytest_subprocess("-p", "sim.pytest_plugin", ".").assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_of_ours_until_it_is_needed(pytester):
    """It is loaded in every pytest run of the environment."""
    pytester.makepyfile(
        "import sys\n"
        "def test_light():\n"
        "    loaded = [m for m in sys.modules if m.split('.')[0] in ('sim', 'numpy', 'numba')]\n"
        "    assert loaded == ['sim', 'sim.pytest_plugin'], loaded\n"
    )
    pytester.runpytest_subprocess("-p", "sim.pytest_plugin").assert_outcomes(passed=1)
