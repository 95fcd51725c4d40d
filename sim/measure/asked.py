"""What is asked of the figures of a run: a metric of something."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.measure.bounds import Bounds
from sim.measure.figures import Figures

NS = 10**9


@dataclass(frozen=True, slots=True)
class Asked:
    """A metric, and of what: a capability, a store, a stage, and so on.

    ``fraction``: as a share of its population, not as a count. ``over``: in the worst window as long, "" in
    the whole run.
    """

    metric: str
    of: str
    fraction: bool = False
    over: str = ""


# What a metric came to, in ns, as a count or a fraction; None: there was nothing to measure.
# KeyError if there is no such thing.
Value = Callable[[Figures, Asked], Bounds | None]
