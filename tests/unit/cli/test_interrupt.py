"""Ctrl-C ends the command with 130, whatever it is doing: in processes that interrupt themselves."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Interrupts itself when a module is first looked for. In ``exec`` of a text, because Python ends such a
# process in a way of its own; and, with "deaf", where an ``except`` of everything lets nothing through.
SELF = """
import os, signal, sys
from sim.cli import interrupt

moment, deaf, sys.argv = sys.argv[1], sys.argv[2] == "deaf", ["sim", *sys.argv[3:]]
interrupt.GRACE_S = 0.3 if deaf else 60.0

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name != moment:
            return
        try:
            exec("os.kill(os.getpid(), signal.SIGINT)")
        except KeyboardInterrupt:
            if not deaf:
                raise
            import time
            time.sleep(60)

sys.meta_path.insert(0, Interrupting())
from sim.__main__ import entry
entry()
"""


def ended(moment, how, *words, cwd):
    """Run the command, interrupted as it looks for a module; return (exit code, stdout, stderr)."""
    command = [sys.executable, "-c", SELF, moment, how, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("moment", ["click", "pydantic", "numba", "sim.world", "pyarrow"])
def test_an_interrupt_while_modules_and_kernels_load_or_reports_are_written_is_130(scenario, moment):
    """Without a traceback, a result or a folder."""
    code, out, err = ended(moment, "", "run", scenario, "--out", "out", cwd=".")
    assert (code, out) == (130, "")
    assert "Traceback" not in err and "interrupted" in err
    assert [path.name for path in Path("out").glob("*/*")] == []


def test_an_interrupt_that_something_swallows_ends_the_process_all_the_same(scenario):
    """An import may catch everything, and a compiler may never look."""
    code, out, err = ended("numba", "deaf", "run", scenario, "--out", "out", cwd=".")
    assert (code, out) == (130, "")
    assert err.endswith("sim: interrupted\n") and "Traceback" not in err
