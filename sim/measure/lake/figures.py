"""What is said of insights. docs/measures.md defines it."""

from sim.core.record import figure, record


@record
class InsightFigures:
    """One insight in one region: whether it was refreshed, and what its figures lack at the end."""

    refreshes: int = figure("refreshes", "refreshes")
    failed: int = figure("refreshes that failed", "refreshes")
    longest_s: float = figure("the longest time without a good refresh")
    records: int = figure(
        "surviving commits up to the newest that the last good refresh showed which its tables hold",
        "records",
    )
    missing: int = figure("those that its tables lack", "records")
    completeness: float | None = figure("the share that they hold; null: it never showed anything", "1")
