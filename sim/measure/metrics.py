"""What the metrics of objectives came to: a value for each that ``spec/objectives/metrics.py`` declares."""

from sim.measure.asked import Asked, Value
from sim.measure.bounds import Bounds
from sim.measure.capability.metrics import VALUES as OF_CAPABILITIES
from sim.measure.figures import Figures
from sim.measure.orders.metrics import VALUES as OF_ORDERS
from sim.measure.platform.metrics import VALUES as OF_PLATFORM
from sim.measure.store.metrics import VALUES as OF_STORES

VALUES: dict[str, Value] = {**OF_CAPABILITIES, **OF_STORES, **OF_PLATFORM, **OF_ORDERS}


def measured(
    figures: Figures, metric: str, of: str, *, fraction: bool = False, over: str = ""
) -> Bounds | None:
    """Return what ``metric`` came to, in the base unit of its predicates (ns, count or fraction).

    ``over``: in the worst window as long; "": in the whole run.

    ``of``: a capability (orders.write), a store (orders), a stage, consumer or zone of the data path
    (orders.raw) or, for exposure, a standby (orders/us-west). None if there was nothing to measure.
    KeyError if there is no such thing.
    """
    return VALUES[metric](figures, Asked(metric, of, fraction, over))
