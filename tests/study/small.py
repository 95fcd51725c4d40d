"""A study small enough to be run many times: ten simulated minutes, a few operations a second."""

import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from sim.spec.resolve import load, resolve
from sim.spec.scenario import Scenario
from sim.studies.work import run_batch

TEXT = """\
name: Small study
duration: 12m
regions: {east: {}, mid: {}, west: {}}
network:
  links:
    east/west: {latency: 40ms, jitter: {exponential: 2ms}}
    east/mid: {latency: 20ms}
    mid/west: {latency: 20ms}
clients:
  east: {share: 1}
databases:
  orders:
    primary: east
    replicas: [west, mid]
    workload: {writes: 10/s, reads: 20/s}
    failover: {promotion: {uniform: [5s, 30s]}}
faults:
  power: {kind: region_outage, region: east, at: {uniform: [2m, 3m]}, duration: 3m, wire: lost}
sla:
  rto: {metric: rta, of: orders.write, must: "<= 90s", in: 90%}
  rpo: {metric: rpa_records, of: orders, must: "<= 100"}
"""
POISON = 3  # the trial that kills its worker
TABLES = ("trials", "objectives", "faults", "metrics", "milestones")


def written(folder: Path, text: str = TEXT) -> Path:
    """Write the scenario into a folder."""
    path = folder / "small.yaml"
    path.write_text(text)
    return path


def scenario(folder: Path) -> Scenario:
    """Return the resolved scenario."""
    return resolve(load(str(written(folder))))


def command(folder: Path, *options: str) -> list[str]:
    """Return the command that runs the study into ``folder``/out."""
    out = ["--out", str(folder / "out"), "--quiet"]
    return [sys.executable, "-m", "sim", "run", str(written(folder)), *options, *out]


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the study to its end."""
    return subprocess.run(command(folder, *options), capture_output=True, text=True, timeout=300, check=False)


def start(folder: Path, *options: str) -> subprocess.Popen[str]:
    """Begin the study in a process group of its own."""
    return subprocess.Popen(
        command(folder, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def finished(folder: Path) -> int:
    """Return how many batches are on disk."""
    return len(list(folder.glob("out/*/.*.study/batch-*.json")))


def tables(folder: Path) -> dict[str, str]:
    """Return a hash of each table of the finished study."""
    found = list(folder.glob("out/*/*-study"))
    assert len(found) == 1, f"one whole study in {folder}, not {found}"
    return {name: hashlib.sha256((found[0] / f"{name}.parquet").read_bytes()).hexdigest() for name in TABLES}


def poisoned(task):
    """Run a batch, unless the poison is in it: then die."""
    if task["first"] <= POISON < task["last"]:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_batch(task)


def deadly(task):
    """Die of anything, even of nothing."""
    os.kill(os.getpid(), signal.SIGKILL)


def break_trial_2(monkeypatch) -> None:
    """Let trial 2 of every study of this process raise."""
    import sim.trial

    true = sim.trial.run

    def sometimes(scenario, *, trial, **more):
        if trial == 2:
            raise ZeroDivisionError("planted")
        return true(scenario, trial=trial, **more)

    monkeypatch.setattr(sim.trial, "run", sometimes)
