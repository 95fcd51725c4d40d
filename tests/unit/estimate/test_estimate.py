"""The estimate of a run is within a factor of two of what the run takes."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sim.estimate.estimate import estimate
from sim.estimate.term import largest
from sim.spec.resolve import load, resolve
from sim.trial import rerun

SCENARIOS = Path(__file__).parents[3] / "scenarios"
# python -m benchmarks.estimates measures all.
SOME = (
    "drills/lose-primary-region-clean", "failover/promised-twice", "failover/slow-decision", "gate/orders",
    "lag/mirror-behind-retention", "lag/peak-above-the-line", "platforms/choreography",
    "replay/win-back-lost-orders",
)  # fmt: skip


class Counted:
    """A reducer that counts rows."""

    rows = 0

    def fold(self, part):
        """Count."""
        self.rows += sum(part.rows(name) for name in part.tables)

    def finish(self, milestones, end_ns):
        """Nothing to do."""


@pytest.mark.parametrize("name", SOME)
def test_the_rows_of_shipped_scenarios_are_estimated_within_a_factor_of_two(name):
    """Stores alone and with their data path, handlers, replays, spikes and outages."""
    resolved, counted = resolve(load(str(SCENARIOS / f"{name}.yaml"))), Counted()
    rerun(resolved, [counted], seed=0)
    assert counted.rows / 2 <= estimate(resolved).row_count <= counted.rows * 2


@pytest.mark.parametrize(
    ("name", "sets"),
    [
        ("platforms/choreography", []),
        ("platforms/orders", ["duration=5m", "databases.orders.workload.keys.count=1000000"]),
    ],
)
def test_the_memory_is_estimated_within_a_factor_of_two(name, sets, tmp_path):
    """The peak is that of a process of its own, as the system counts it."""
    path = str(SCENARIOS / f"{name}.yaml")
    options = [word for text in sets for word in ("--set", text)]
    command = [sys.executable, "-m", "sim", "run", path, *options, "--json", "-q", "--out", str(tmp_path)]
    # a shell in between: the system counts the memory of whoever starts a process as that of the process
    ended = subprocess.run(["sh", "-c", f"{shlex.join(command)}; exit $?"], capture_output=True, text=True)
    assert ended.returncode in (0, 1, 3), ended.stderr
    peak = json.loads(ended.stdout)["performance"]["peak_rss_bytes"]
    assert peak / 2 <= estimate(resolve(load(path, sets=sets))).memory_bytes <= peak * 2


def test_what_waits_for_a_fault_to_end_is_counted():
    """Ten times as long a pause makes ten times the backlog, and most of the memory."""
    path = str(SCENARIOS / "platforms/orders.yaml")
    sets = ["duration=3h", "databases.orders.workload.writes=1000/s"]
    pause = "faults.p={{kind: replication_pause, database: orders, region: us-west, at: 1m, duration: {}m}}"
    short, long = (estimate(resolve(load(path, sets=[*sets, pause.format(m)]))) for m in (10, 100))
    assert largest(long.memory).path == ("faults", "p")
    assert long.memory_bytes - short.memory_bytes == pytest.approx(90 * 60 * 1000 * 200, rel=0.05)


def test_what_a_slow_replica_does_not_apply_is_counted():
    """Half of what is written waits at the end where applying takes two gaps."""
    path = str(SCENARIOS / "platforms/orders.yaml")
    store = "databases.orders"
    sets = ["duration=3h", f"{store}.workload.writes=1000/s", f"{store}.replication.apply=2ms"]
    found = estimate(resolve(load(path, sets=sets)))
    assert largest(found.memory).path == ("databases", "orders", "replication", "apply")
    assert largest(found.memory).amount == pytest.approx(3 * 3600 * 500 * 200, rel=0.05)
