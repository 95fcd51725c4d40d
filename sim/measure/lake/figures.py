"""What is said of insights. docs/measures.md defines it."""

from sim.core.record import figure, record


@record
class InsightFigures:
    """One insight in one region: whether it was refreshed, and what its figures lack at the end."""

    refreshes: int = figure("refreshes", "refreshes")
    failed: int = figure("refreshes that failed", "refreshes")
    longest_s: float = figure(
        "the longest time without a good refresh, from the end of the warm-up to the end of the run"
    )
    records: int = figure(
        "surviving commits up to the newest that the last good refresh showed which the region's analytics "
        "tables hold at the end",
        "records",
    )
    missing: int = figure("those that they do not hold", "records")
    completeness: float | None = figure(
        "`records` / (`records` + `missing`), over all its domains; null: it never showed anything", "1"
    )
