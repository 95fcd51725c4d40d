"""A run of a platform with everything, and a study of a sweep, for the tests of door and reports."""

import pytest

import sim


@pytest.fixture(scope="session")
def ghosts(tmp_path_factory):
    """A run that misses objectives, loses records and never sees one capability recover; kept in a folder."""
    return sim.run("failover/ghosts", out=tmp_path_factory.mktemp("reports"), progress=False)


@pytest.fixture(scope="session")
def swept(tmp_path_factory):
    """A study of two knobs, few trials each."""
    sweep = {
        "databases.orders.failover.promotion": ["3s", "60s"],
        "databases.orders.failover.interval": ["5s", "8s"],
    }
    out = tmp_path_factory.mktemp("reports")
    return sim.study("gate/orders", trials=2, sweep=sweep, jobs=1, out=out, progress=False)
