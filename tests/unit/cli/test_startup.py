"""What a run does not load, because loading it would take longer than using it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
RUN = """
import sys
from sim.cli.main import main
code = main(["run", "scenarios/failover/split-brain.yaml", "--quiet", "--out", sys.argv[1]])
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""
AFTER = """
import sys
from sim.engine.lean import load_numba
load_numba()
assert "numba" in sys.modules and "scipy" not in sys.modules
import scipy.linalg
print(scipy.linalg.det([[2.0, 0.0], [0.0, 3.0]]))
"""
LATE = """
import scipy
from sim.engine.lean import load_numba
load_numba()
import numba, numpy, scipy.linalg
print(numba.njit(lambda a: numpy.dot(a, a))(numpy.ones((2, 2)))[0, 0])
"""


def printed(source, *arguments):
    """The last line that a fresh interpreter prints."""
    ran = subprocess.run(
        [sys.executable, "-c", source, *arguments], capture_output=True, text=True, cwd=ROOT, check=True
    )
    return ran.stdout.splitlines()[-1]


def test_a_run_loads_what_it_uses(tmp_path):
    """A whole run with its folder imports no data frames, no plotting and no linear algebra."""
    names = set(printed(RUN, str(tmp_path)).split())
    assert {"numba", "simpy", "pyarrow"} <= names
    assert names & {"pandas", "matplotlib", "scipy", "rich"} == set()


def test_what_was_left_out_can_still_be_imported():
    """After numba was loaded without it, scipy is there for whoever asks."""
    assert printed(AFTER) == "6.0"


def test_whoever_has_scipy_keeps_linear_algebra_in_compiled_code():
    """In a process that has imported scipy before, numba finds its BLAS."""
    assert printed(LATE) == "2.0"
