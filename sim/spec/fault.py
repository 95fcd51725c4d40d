"""What all faults have in common: when they start and how long they last."""

from typing import Annotated, Literal

from pydantic import Field

from sim.spec.model import Model, S
from sim.spec.types import DurationDist, Fraction, Positive, Threshold


class When(Model):
    """A monitored condition: a metric above a bound, or a milestone reached; looked at every ``every``."""

    metric: Literal["replica_lag", "queue_depth"] | None = None
    milestone: str | None = None  # "orders.declared"
    of: str | None = None  # "orders/us-west" for a metric
    above: Threshold | None = None  # a duration for replica_lag, a count for queue_depth
    every: Positive = 1 * S


class Fault(Model):
    """Fields common to all faults: exactly one of ``at`` and ``when``."""

    at: DurationDist | None = None
    when: When | None = None
    duration: DurationDist | None = None  # None: for the rest of the run
    probability: Annotated[Fraction, Field(gt=0)] = 1.0
