"""Where tables of the lake are copied from and to, as faults may name it."""

from collections.abc import Iterator

from sim.spec.lake.lake import Lake
from sim.spec.network.flows import syncs_on
from sim.spec.platform import Platform
from sim.spec.text import Complaint, Path


def check_source(platform: Platform, region: str, path: Path) -> Iterator[Complaint]:
    """Tables can come to be copied from a region, which a fault at ``path`` calls ``from``."""
    lake = platform.lake
    assert lake is not None, "what asks needs one"
    if region in platform.regions and region not in (lake.home, *lake.standby):
        yield Complaint((*path, "from"), f"no tables are copied from {region}", _where(lake))


def check_target(platform: Platform, region: str, path: Path) -> Iterator[Complaint]:
    """Tables can come to be copied to a region, which a fault at ``path`` calls ``region``."""
    assert platform.lake is not None, "what asks needs one"
    if region in platform.regions and all(region != to for _, to in syncs_on(platform)):
        yield Complaint((*path, "region"), f"no tables are copied to {region}", _where(platform.lake))


def _where(lake: Lake) -> str:
    return f"the lake is in {', then '.join((lake.home, *lake.standby))}"
