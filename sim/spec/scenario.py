"""What a scenario may say: the pydantic models, authored and resolved alike.

Durations are int nanoseconds, rates float per second, sizes int bytes, bandwidths float bytes per second,
fractions 0 to 1. A field that is None in the authored form is filled in by ``resolve``; in the resolved form
none of those is None. The docstring below a field is what the schema, `sim faults` and docs/reference.md say
of it; what follows ``Default:`` is where the default is from, a product's setting or a reason.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.core.identity import LIMITS
from sim.core.names import plain
from sim.spec.bus.replay import Replay
from sim.spec.faults.kinds import AnyFault
from sim.spec.model import Model, S
from sim.spec.platform import Platform
from sim.spec.prices import Prices
from sim.spec.sweep_form import Sweep
from sim.spec.types import Duration, Good, Metric, Name, Positive, Predicate, Share


class Objective(Model):
    """What has to hold."""

    metric: Metric
    """What is measured: one of the metrics in docs/measures.md."""
    of: str
    """What it is measured of, as the metric asks: orders.write, orders, orders.search, lake.analytics,
    dashboard.sales, platform."""
    must: Predicate
    """What it has to come to: an operator and a duration, a count or a percentage."""
    over: Annotated[Duration, Field(gt=0)] | None = None
    """The length of the windows of which the worst counts, for a ratio (availability, error_rate).
    Without it, the whole run counts."""
    in_: Annotated[Share | None, Field(alias="in")] = None
    """The share of all runs that have to meet it, which a study decides. Without it, every trial of
    the study has to."""

    @property
    def about(self) -> str:
        """Return the name that figures have for what it is of."""
        return plain(self.of, ".")


class StudyRules(Model):
    """How many trials a check runs, and when it may stop before."""

    trials: Annotated[int, Field(ge=1, le=LIMITS["trials"])] = 1
    """How many trials there are at most. Default: it shows an incident, and no distribution."""
    until: Literal["trials", "decided"] = "decided"
    """When to stop: as soon as every objective is decided, or only after all trials. Default: what is
    decided needs no more time."""
    seed: Annotated[int, Field(ge=0)] = 0
    """The number from which all draws come, with the trial's; the same seed gives the same runs.
    Default: a seed as any other."""


class Level(Model):
    """When a capability counts as good."""

    good: Good = 0.99
    """The share of a window's operations that have to end ok within ``latency``. Default: so that one
    slow operation in a hundred is no outage."""
    latency: Positive = 2 * S
    """How long an operation may take, retries included, to count as good. Default: as long as a client
    waits for one answer (``retry.timeout``)."""
    window: Positive = 1 * S
    """How long the windows are that are good or bad. Default: so that recovery times are told to the
    second."""
    hold: Duration = 300 * S
    """How long a capability has to stay good before it counts as recovered. Default: so that one that
    comes and goes has not recovered."""
    patience: Positive = 300 * S
    """How long an order may take to be complete before it counts as stuck. Default: as ``hold``."""


class Scenario(Platform):
    """A platform and what happens to it."""

    language: Annotated[int, Field(ge=1)] | None = None
    """The version of the language that it is written in; a newer one than this sim reads is an error, and
    run folders always have it. Without it, that of this sim."""
    replays: dict[Name, Replay] = {}
    """What people hand out once more from a bus, by name."""
    faults: dict[Name, AnyFault] = {}
    """What breaks, by name."""
    level: Level = Level()
    """When a capability counts as good."""
    sla: dict[Name, Objective] = {}
    """The objectives, by name: what has to hold."""
    study: StudyRules | None = None
    """How many trials to run, and when to stop. Without it, one run is judged."""
    sweep: Sweep | None = None
    """Values to run side by side: paths with their lists of values (all combinations), or a list of
    combinations. Without it, the scenario runs as it stands."""
    prices: Prices | None = None
    """What things cost, to weigh the points of a sweep. Without them, nothing is said of cost."""
