"""Insights: what reads the analytics tables."""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.distributions import constant
from sim.spec.model import Model, S
from sim.spec.types import DurationDist, Name, Positive


class Insight(Model):
    """Something that reads the analytics zone of its own region."""

    kind: Literal["dashboard", "report", "features", "query"] = "dashboard"
    reads: Annotated[list[Name], Field(min_length=1)]  # domains
    regions: Annotated[list[Name], Field(min_length=1)] | None = None  # default: all
    refresh: DurationDist = constant(300 * S)
    fresh: Positive = 2400 * S
