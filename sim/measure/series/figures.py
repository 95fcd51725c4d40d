"""What a run's series hold. docs/measures.md defines them."""

from collections.abc import Mapping

from sim.core.record import figure, record


@record
class Series:
    """What was true at each moment of ``Recorded``, or since the one before."""

    unit: str = figure("unit of the values: `s`, `records`, `1/s`, or `share`")
    values: tuple[float | None, ...] = figure("one for each moment; null: there is none", "as `unit`")


@record
class Placement:
    """Where a process of the data path begins to work."""

    at_s: float = figure("when")
    region: str = figure("the region of the bus or database that it reads")


@record
class Recorded:
    """Series of one run, all at the same moments: closer together where something happens."""

    at_s: tuple[float, ...] = figure("the moments")
    series: Mapping[str, Series] = figure("by what they are of, as `lag/orders/us-west`")
    places: Mapping[str, tuple[Placement, ...]] = figure("by process: where it works, each time it moves")
