"""One run of a platform with everything, shared by the tests of the Python door and of the reports."""

import pytest

import sim


@pytest.fixture(scope="session")
def ghosts(tmp_path_factory):
    """A run that misses objectives, loses records and never sees one capability recover; kept in a folder."""
    return sim.run("failover/ghosts", out=tmp_path_factory.mktemp("reports"), progress=False)
