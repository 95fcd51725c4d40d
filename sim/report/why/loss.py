"""Why records are lost, where, and which setting would have saved them, in words."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from sim.core.quantity import format_duration
from sim.core.stages import REPLICA
from sim.report.page import ReportSection
from sim.report.quantities import clock, duration, plural
from sim.report.review.records import StoreRow
from sim.spec.scenario import Scenario
from sim.spec.store.database import Database

NS = 1e9
LAG_MIN_S = 1.0  # of less nobody would be kept from a promotion
UNSENT = ("paused", "send_queue", "wire")  # causes that an acknowledgement by a replica excludes


def losses(document: Mapping[str, Any], rows: tuple[StoreRow, ...], scenario: Scenario) -> ReportSection:
    """Return why each store's records are lost or out of reach, then what stages never get."""
    lines: list[str] = []
    for row in rows:
        found = document["loss"][row.name]
        lines += [f"- {row.name}: {reason}." for reason in row.reasons]
        for cut in found["recoveries"]:
            lines += _cut(row.name, cut)
        lines += [f"  {way}." for way in _saved_by(row.name, found, scenario.databases[row.name])]
    lines += _stages(document)
    title = "Why records are lost" if lines else "Nothing is lost"
    return ReportSection(title, tuple(lines or ["Every acknowledged record is where it should be."]))


def _cut(store: str, cut: Mapping[str, Any]) -> Iterator[str]:
    """Say where a promotion or destruction lost them, and what still has them."""
    if not cut["records"]:
        return
    at, lost = clock(round(cut["at_s"] * NS)), plural(cut["records"], "acknowledged record")
    if cut["to"] is None:
        yield f"  At {at} the last copy of {lost} was destroyed, in {cut['from']}."
        return
    yield (
        f"  At {at} {cut['to']} took over from {cut['from']} at record {cut['cut']:,}; {lost} of {store} "
        "beyond that did not survive."
    )
    if cut["avoidable"]:
        yield f"  Another replica had received {cut['avoidable']:,} of them, and was not chosen."
    if cut["salvageable"]:
        yield f"  On the disk of the node in {cut['from']}, which came back: {cut['salvageable']:,} of them."


def _saved_by(name: str, found: Mapping[str, Any], store: Database) -> Iterator[str]:
    """Yield which settings would have saved what, of those that the model knows."""
    cause, at, rules = found["cause"], f"databases.{name}", store.failover
    unsent = sum(cause[name] for name in UNSENT)
    if unsent and store.replicas and store.replication.acknowledgement.kind == "asynchronous":
        yield (
            f"With {at}.replication.acknowledgement of kind any nothing is acknowledged before a replica "
            f"has it: that would have saved up to {unsent:,}"
        )
    window_s = inf if found["window_s"] is None else found["window_s"]
    if cause["paused"] + cause["send_queue"] and LAG_MIN_S < window_s < rules.max_lag / NS:
        yield (
            f"{at}.failover.max_lag ({format_duration(rules.max_lag)}) accepts such a loss: below "
            f"{duration(window_s)} that replica would not have been promoted"
        )
    if cause["diverged"] and rules.fencing == "none":
        yield (
            f"With {at}.failover.fencing by lease the old primary would have stopped after "
            f"{format_duration(rules.lease)} without a majority"
        )
    elif cause["diverged"]:
        yield (
            f"{at}.failover.lease ({format_duration(rules.lease)}) is how long the old primary may take "
            f"writes without a majority: {cause['diverged']:,} came in that time"
        )
    if found["destroyed"] or cause["node"]:
        yield "What no disk has no setting brings back: another copy does, or a backup"


def _stages(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield of each stage that misses what its database has how much, since when, and how that came."""
    for domain, stages in document.get("waterfall", {}).items():
        database = stages[REPLICA.name]["lost"]
        for stage, found in stages.items():
            more, first = found["lost"] - database, found["first_lost"]
            if stage != REPLICA.name and more > 0 and first is not None:
                at = clock(round(first["at_s"] * NS))
                later = duration(first["at_s"] - first["commit_s"])
                yield (
                    f"- {domain}.{stage} never gets {plural(more, 'record')} that the database has; the "
                    f"first was {first['why']} at {at}, {later} after its commit."
                )
            if found["dropped"]:
                yield f"- {domain}.{stage} set {plural(found['dropped'], 'record')} aside as dead letters."
