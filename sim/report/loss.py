"""What was lost for good, why, and what was at risk at the worst moment."""

from typing import Any

from sim.outcome import Outcome
from sim.report.page import Section, Table
from sim.report.quantities import count, duration, plural

Figures = dict[str, Any]
CAUSES = {
    "paused": "held back because replication to the new primary was paused",
    "send_queue": "still in the send queue: too much for the replica's share of the link",
    "wire": "sent but not yet received, on a wire that was lost",
    "diverged": "written to the old primary after the failure",
}


def loss(outcome: Outcome) -> list[Section]:
    """Return the section of lost transactions and that of exposure."""
    stores: dict[str, Figures] = outcome.figures.get("loss", {})
    if not stores:
        return []
    head = (
        "store",
        "lost",
        "window",
        "if unknown ones count",
        "diverged",
        "another copy had",
        "on the old disk",
    )
    rows = tuple(
        (
            name,
            count(f["records"]),
            duration(f["window_s"]),
            f"{f['records']:,} to {f['records'] + f['info']:,}" if f["info_lost"] else "",
            count(f["diverged"]),
            count(f["avoidable"]),
            count(f["salvageable"]),
        )
        for name, f in stores.items()
    )
    table = Table(head, rows, frozenset(range(1, len(head))))
    return [Section("Data loss (acknowledged, then gone)", (table, *_causes(stores))), *_exposure(outcome)]


def _causes(stores: dict[str, Figures]) -> list[str]:
    """Name the causes beside the numbers, the largest first."""
    if not any(f["records"] for f in stores.values()):
        return ["- No acknowledged transaction was lost."]
    return [f"- {name}: {_because(f['cause'])}" for name, f in stores.items() if f["records"]]


def _because(causes: dict[str, int]) -> str:
    """Write ``1,100 still in the send queue…; 103 sent but…``."""
    ordered = sorted(causes.items(), key=lambda item: -item[1])
    return "; ".join(f"{number:,} {CAUSES[cause]}" for cause, number in ordered if number)


def _exposure(outcome: Outcome) -> list[Section]:
    """Return what a crash or a cut at the worst moment of this run would have cost, per copy."""
    exposure: dict[str, dict[str, Figures]] = outcome.figures.get("exposure", {})
    rows = tuple(
        (store, standby, *_worst(kinds["crash"]), *_worst(kinds["cut"]))
        for store, standbys in exposure.items()
        for standby, kinds in standbys.items()
    )
    if not rows:
        return []
    head = ("store", "copy in", "primary dies", "oldest", "link is lost", "oldest")
    return [Section("At risk at the worst moment", (Table(head, rows, frozenset({2, 3, 4, 5})),))]


def _worst(figure: Figures) -> tuple[str, str]:
    """Return records and age of the oldest."""
    records = figure["records_max"]
    return plural(records, "record") if records else "nothing", duration(
        figure["age_max_s"]
    ) if records else ""
