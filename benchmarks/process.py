"""Whole processes, measured from outside: wall time, processor time, peak memory."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from benchmarks.machine import ROOT, cores

GIB = 2**30
SIM = (sys.executable, "-m", "sim")
KEPT = {"PYTHONDONTWRITEBYTECODE": None}


@dataclass(frozen=True, slots=True)
class Run:
    """One process. Times in s, memory in bytes."""

    wall_s: float
    cpu_s: float
    peak_rss_bytes: int
    code: int
    stdout: str


def timed(
    command: Iterable[str],
    *,
    ok: tuple[int, ...] = (0,),
    env: dict[str, str | None] | None = None,
    on: int = 1,
) -> Run:
    """Run a command ``on`` so many cores. RuntimeError if it does not end with one of ``ok``.

    ``env`` None: unset. Python may keep what it has compiled, as it does for users, whatever we were told.

    The kernel counts the caller's memory as the child's until the child has started its program, so the
    caller must be small.
    """
    settings = {
        name: value for name, value in {**os.environ, **KEPT, **(env or {})}.items() if value is not None
    }
    allowed = cores()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        _stay_on(allowed[-on:])
        began = perf_counter()
        child = subprocess.Popen(list(command), cwd=ROOT, stdout=out, stderr=err, text=True, env=settings)
        _, status, used = os.wait4(child.pid, 0)
        wall = perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        _stay_on(allowed)
        out.seek(0)
        err.seek(0)
        if child.returncode not in ok:
            raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {err.read()[-2000:]}")
        return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, child.returncode, out.read())


def _stay_on(allowed: list[int]) -> None:
    """Bind this process, and the children it starts from now on, to cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, allowed)


def worked(benchmark: str, size: str) -> dict[str, Any]:
    """Return what ``work(size)`` of a benchmark's module returns in a process of its own, on one core."""
    return json.loads(
        timed([sys.executable, "-W", "ignore", "-m", "benchmarks.worker", benchmark, size]).stdout
    )
