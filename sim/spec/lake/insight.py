"""Insights: what reads the analytics tables."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import Model, S
from sim.spec.types import DurationDist, Name, Positive


class Insight(Model):
    """Something that reads the analytics zone of its own region."""

    kind: Literal["dashboard", "report", "features", "query"] = "dashboard"
    """What it is, for whoever reads the scenario; all kinds behave alike. Default: what people look at."""
    reads: Annotated[list[Name], Field(min_length=1)]
    """The domains whose analytics tables it reads."""
    regions: Annotated[list[Name], Field(min_length=1)] | None = None
    """The regions in which it is there, each reading its own tables. Default: all."""
    refresh: DurationDist = constant(300 * S)
    """How long after a refresh the next one comes. Default: a common setting of dashboards."""
    fresh: Positive = 2400 * S
    """How old the oldest commit may be that it does not show, for it to count as good. Default: with
    the default schedules it comes to 27m30s by itself; two refreshes may be missed."""
