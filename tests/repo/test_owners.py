"""Who may import what: one door for each library, floors that only look down."""

import os
import subprocess
import sys

import pytest

from tests.repo.sources import ROOT, imports, modules

# library -> the packages (or modules) that may import it
OWNERS = {
    "click": ("sim/cli/",),
    "rich": ("sim/report/",),
    "matplotlib": ("sim/plot/",),
    "markupsafe": ("sim/report/html/", "sim/report/evidence/page"),
    "pydantic": ("sim/spec/", "sim/report/schema"),
    "pydantic_core": ("sim/spec/",),
    "yaml": ("sim/spec/",),
    "simpy": ("sim/engine/",),
    "numba": ("sim/engine/", "sim/measure/"),
    "numpy": ("sim/",),
    "pyarrow": ("sim/journal/", "sim/report/", "sim/spec/", "sim/models/", "sim/studies/"),
    "llvmlite": ("sim/studies/machine",),
    "distributed": ("sim/studies/executors",),
    "pytest": ("sim/pytest_items", "sim/pytest_plugin"),
    "pandas": ("sim/door/", "sim/plot/", "sim/report/", "sim/spec/", "sim/models/", "sim/stats/"),
    "scipy": ("sim/stats/", "sim/measure/"),
}


def unowned(path, tree):
    """What a module imports from outside the standard library without owning it."""
    for line, name in imports(tree):
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library == "sim":
            continue
        if not path.startswith(OWNERS.get(library, ())):
            yield f"{path}:{line}: {name}"


def test_each_library_has_one_door():
    """No module imports a library that belongs to another package, or one that nobody declared."""
    assert [found for path, tree in modules().items() for found in unowned(path, tree)] == []


def test_the_check_sees_imports_inside_functions():
    """An import hidden in a function counts, and so does a relative one."""
    import ast

    tree = ast.parse("def f():\n    import numba.core\nfrom . import x\n")
    assert sorted(unowned("sim/spec/x.py", tree)) == ["sim/spec/x.py:2: numba.core", "sim/spec/x.py:3: ..x"]


def test_floors_look_down():
    """import-linter finds no import that goes up, nor one between packages of one floor."""
    result = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 kept, 0 broken" in result.stdout


# Started by every Tab in a shell with completion, so it must be quick.
HEAVY = {"numba", "numpy", "pandas", "scipy", "pyarrow", "matplotlib", "simpy"}
LOADED = """
import sys
from sim.cli.main import main
code = main(sys.argv[1:])
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
sys.exit(code)
"""


def loaded(*arguments, cwd=None):
    """The top-level modules that are there after the command, which must succeed."""
    result = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True, cwd=cwd,
    )  # fmt: skip
    return set(result.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(
    "arguments", [("--help",), ("run", "--help"), ("validate", "--help"), ("--version",)]
)
def test_help_loads_nothing_heavy(arguments):
    """Help imports no numeric library, no plotting and no simulator, nor what reads scenarios."""
    assert loaded(*arguments) & (HEAVY | {"rich", "pydantic", "yaml"}) == set()


def test_validate_compiles_nothing(tmp_path):
    """Checking a scenario imports no compiler, no simulator and no data frames."""
    loaded("init", "s.yaml", cwd=tmp_path)
    names = loaded("validate", "s.yaml", cwd=tmp_path)
    assert "pydantic" in names
    assert names & {"numba", "simpy", "pandas", "scipy", "matplotlib", "pyarrow"} == set()
