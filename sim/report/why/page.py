"""What ``sim explain RUN`` prints."""

from collections.abc import Mapping
from typing import Any

from sim.report.page import ReportSection
from sim.report.review.capabilities import slowness
from sim.report.review.records import CapabilityRow
from sim.report.review.review import review_of
from sim.report.why.loss import losses
from sim.report.why.recovery import recovery
from sim.spec.scenario import Scenario


def page(
    document: Mapping[str, Any], scenario: Scenario, *, folder: str, of: str | None = None
) -> list[ReportSection]:
    """Return why: the sentences, the slowest requests and the slowest of the data path, what is lost.

    ``of``: one capability, instead of the slowest. KeyError if there is none of that name. ``folder``: as a
    word of a shell.
    """
    review = review_of(document, folder=folder)
    rows = {row.name: row for row in review.capabilities}
    shown = [rows[of]] if of is not None else _slowest(list(rows.values()))
    told = " ".join((*review.sentences, *review.limits))
    return [
        ReportSection("", (review.headline, told)),
        *(recovery(document, row, scenario, review.objectives) for row in shown),
        losses(document, review.stores, scenario),
        ReportSection(
            "Next",
            (f"sim explain {folder} --lost", "  which records, one by one", *_more(folder, rows, shown)),
        ),
    ]


def _slowest(rows: list[CapabilityRow]) -> list[CapabilityRow]:
    """Return the slowest of what clients ask for, and the slowest of the data path."""
    found = []
    for requests in (True, False):
        down = [row for row in rows if row.episodes and (row.group in ("write", "read")) == requests]
        if down:
            found.append(max(down, key=slowness))
    return found


def _more(folder: str, rows: Mapping[str, CapabilityRow], shown: list[CapabilityRow]) -> list[str]:
    others = [row.name for row in rows.values() if row.episodes and row not in shown]
    return [f"sim explain {folder} --of {others[0]}", f"  or any other of {len(others)}"] if others else []
