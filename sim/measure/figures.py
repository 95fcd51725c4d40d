"""The figures of a run: frozen records, which every report reads. docs/measures.md defines them."""

from collections.abc import Mapping

from sim.core.record import figure, record
from sim.measure.capability.figures import LatencyFigures, OperationFigures, RatioFigures, RecoveryFigures
from sim.measure.orders.figures import OrderFigures, StockFigures
from sim.measure.platform.figures import PathFigures
from sim.measure.store.figures import (
    BlockedFigures,
    ConservationFigures,
    ConsistencyFigures,
    ExposureFigures,
    LossFigures,
)


@record
class Figures:
    """Everything that is measured of a run, by section."""

    recovery: Mapping[str, RecoveryFigures] = figure("by capability: how long it was bad, and why")
    loss: Mapping[str, LossFigures] = figure("by store: acknowledged writes that are gone or out of reach")
    exposure: Mapping[str, Mapping[str, ExposureFigures]] = figure("by store and standby: what was at risk")
    blocked: Mapping[str, BlockedFigures] | None = figure(
        "by store that waits for replicas: how long too few could acknowledge; only with such a store",
        sparse=True,
    )
    consistency: Mapping[str, ConsistencyFigures] = figure("by store: what readers saw")
    latency: Mapping[str, LatencyFigures] = figure("by capability: how long operations took that ended ok")
    operations: Mapping[str, OperationFigures] = figure("by capability: how operations ended")
    ratios: Mapping[str, RatioFigures] = figure(
        "by capability: shares of operations that were good, and errors"
    )
    conservation: Mapping[str, ConservationFigures] = figure("by store: terms that must add up")
    path: PathFigures | None = figure("the way of records; only with a bus", sparse=True, flat=True)
    choreography: Mapping[str, OrderFigures] | None = figure(
        "by domain whose events start handlers: what became of orders; only where consumers write",
        sparse=True,
    )
    stock: Mapping[str, StockFigures] | None = figure(
        "by domain that has one: what was promised from it; only where consumers write", sparse=True
    )
