"""A small scenario on disk, and a trial that answers at once with an outcome made by hand."""

import sys
from types import ModuleType

import pytest

from sim.cli.main import main
from tests.unit.report.drill import drill

SCENARIO = """\
name: Two regions
duration: 10m
regions: {east: {}, west: {}}
network:
  links:
    east/west: {latency: 40ms}
clients:
  east: {share: 1}
databases:
  orders: {primary: east, replicas: [west], workload: {writes: 10/s, reads: 20/s}}
faults:
  power: {kind: region_outage, region: east, at: 2m, duration: 3m}
sla:
  rto: {metric: rta, of: orders.write, must: "<= 5m"}
"""


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """The name of a valid scenario in the current folder, which is empty otherwise."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "two.yaml").write_text(SCENARIO)
    return "two.yaml"


class Trial:
    """Stands for ``sim.trial``: notes how it was called, answers with ``outcome`` or raises ``error``."""

    def __init__(self):
        self.calls = []
        self.outcome = drill()
        self.error = None

    def run(self, resolved, **options):
        """Answer."""
        self.calls.append({"resolved": resolved, **options})
        if self.error is not None:
            raise self.error
        if options["progress"] is not None:
            options["progress"](0.5, 60_000_000_000)
        return self.outcome


@pytest.fixture
def trial(monkeypatch):
    """The stand-in, in the place of the real one."""
    stand_in = Trial()
    module = ModuleType("sim.trial")
    module.run = stand_in.run
    monkeypatch.setitem(sys.modules, "sim.trial", module)
    monkeypatch.setattr("sim.engine.about_kernels", lambda: "")  # it needs none
    monkeypatch.setattr("sim.cli.run._page", lambda _: None)  # of another scenario than what it answers
    return stand_in


@pytest.fixture
def sim(capsys):
    """Run the command and return (exit code, stdout, stderr)."""

    def call(*arguments):
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
