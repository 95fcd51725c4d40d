"""What became of records on the data path: stage by stage, how old, what came wrong, what monitors hid."""

from collections.abc import Iterator, Mapping
from math import inf

from sim.core.identity import lsn_of, timeline_of
from sim.core.stages import OUTBOX, READ, REPLICA, in_order, stage_of
from sim.measure.bus.figures import MonitorFigures
from sim.measure.capability.figures import RecoveryFigures
from sim.measure.lake.figures import InsightFigures
from sim.measure.platform.figures import (
    DeliveryFigures,
    PathFigures,
    RecoveryPointFigures,
    StageFigures,
)
from sim.measure.platform.tally import WitnessFigures
from sim.outcome import Outcome
from sim.report.orders import orders
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import NOTHING, clock, count, duration, percent, plural, recovery_time

TERMS = {"in_flight": "in flight", "stranded": "out of reach", "dropped": "dropped", "lost": "lost"}
LIES_MAX = 6  # monitors shown
BLIND_S = 5.0  # a monitor that is off by less is not worth a line
WRONG = {
    "ghosts": "Events of transactions that no longer exist",
    "gaps": "Never came, though later ones did",
    "duplicates": "Came twice or more",
    "reorderings": "Came after a newer version of their key",
    "late": "Came late, for windows that could have been closed",
    "dead_letters": "Became dead letters",
}


def path(outcome: Outcome) -> list[ReportSection]:
    """Return the sections of the data path, none if there was no bus."""
    figures, found = outcome.figures, outcome.figures.path
    if found is None:
        return []
    sections = [_waterfall(found), *orders(figures), *_replays(found), _freshness(found, figures.recovery)]
    return [*sections, *_insights(found.insights), *_monitors(found.monitoring)]


def _waterfall(path: PathFigures) -> ReportSection:
    """Return a row a stage, over all domains, and what does not agree."""
    falls = path.waterfall
    ordered = in_order(dict.fromkeys(stage for fall in falls.values() for stage in fall))
    stranded = any(row.stranded for fall in falls.values() for row in fall.values())
    terms = [term for term in TERMS if term != "stranded" or stranded]
    rows = tuple(_stage(s, {d: fall[s] for d, fall in falls.items() if s in fall}, terms) for s in ordered)
    head = ("stage", "delivered", *(TERMS[term] for term in terms), "window", "lost of")
    table = ReportTable(head, rows, frozenset(range(1, len(head) - 1)))
    lines = (*_wrong(path), _point(path.recovery_point))
    return ReportSection("Acknowledged records, stage by stage", (table, *lines))


def _stage(stage: str, found: Mapping[str, StageFigures], terms: list[str]) -> tuple[str, ...]:
    """Return the row of a stage: sums over the domains, the largest window (inf: beyond the run's start)."""
    sums = [sum(getattr(row, term) for row in found.values()) for term in terms]
    longest = max(row.window_s for row in found.values())
    window = "all" if longest == inf else duration(longest)
    losers = [f"{domain} {row.lost:,}" for domain, row in found.items() if row.lost]
    whose = ", ".join(losers) if len(found) > 1 else ""
    delivered = sum(row.delivered for row in found.values())
    shown = (count(number) if number else "" for number in sums)
    return stage, count(delivered), *shown, window if sums[-1] else "", whose


def _delivered(path: PathFigures) -> dict[str, DeliveryFigures]:
    """Return the consumers and zones; dead letters, of which a stream job alone knows, are none."""
    return {of: row for of, row in path.delivery.items() if isinstance(row, DeliveryFigures)}


def _wrong(path: PathFigures) -> list[str]:
    """Name what came wrong, a line a kind, with the first record of each."""
    lines, delivery = [], _delivered(path)
    for kind, words in WRONG.items():
        tallies = {of: getattr(row, kind) for of, row in path.delivery.items() if hasattr(row, kind)}
        found = {of: tally for of, tally in tallies.items() if tally.count}
        if found:
            first = min(found, key=lambda of: found[of].witness.at_s)
            record = _record(first, found[first].witness)
            at = clock(round(found[first].witness.at_s * 1e9))
            numbers = ", ".join(f"{of} {tally.count:,}" for of, tally in found.items())
            far = f", up to {duration(_latest(delivery))} behind the newest" if kind == "late" else ""
            lines.append(f"- {words}: {numbers}{far}; the first is {record} at {at}.")
    orphans = {of.partition(".")[0]: row.orphans.count for of, row in delivery.items()}
    without = ", ".join(f"{domain} {number:,}" for domain, number in orphans.items() if number)
    return [*lines, f"- Committed and acknowledged, but without any event: {without}."] if without else lines


def _latest(delivery: Mapping[str, DeliveryFigures]) -> float:
    return max(row.late_max_s for row in delivery.values())


def _replays(path: PathFigures) -> list[ReportSection]:
    """Say of each replay what it brought, what it did twice, how long that took; and what stays lost."""
    lines = []
    for name, f in path.replays.items():
        if f.started_s is None:
            lines.append(f"- Replay {name} never began.")
            continue
        brought = f"{plural(f.filled, 'record')} of {count(f.rows)} had been missing"
        caught = f", the last came after {duration(f.catch_up_s)}" if f.filled else ""
        back = f", {plural(f.won_back, 'lost write')} won back" if f.won_back else ""
        twice = f.duplicates.count
        wrong = f"; {plural(twice, 'duplicate')} applied" if twice else ""
        lines.append(f"- Replay {name}: {brought}{caught}{back}{wrong}.")
    if not lines:
        return []
    for domain, fall in path.waterfall.items():
        lines += [line for stage, row in fall.items() for line in _after(domain, stage, row, fall)]
    ended = ", ".join(f"{of} {f.ghosts_ended.count:,}" for of, f in _ended(_delivered(path)))
    lines += [f"- Ghosts ended, for what replays wrote again is no ghost any more: {ended}."] if ended else []
    return [ReportSection("Replays", tuple(lines))]


def _after(domain: str, stage: str, row: StageFigures, fall: Mapping[str, StageFigures]) -> Iterator[str]:
    """Yield what is still lost of a database or consumer that a replay brought something."""
    lost, after = row.lost, row.records_after_replay
    if lost == after or stage_of(stage) not in (REPLICA, READ):
        return
    what = f"{domain}, transactions" if stage == REPLICA.name else f"{domain}.{stage}, events"
    never = fall[OUTBOX.name].lost if stage == REPLICA.name else 0
    why = ": no relay had published them" if 0 < never == after else ""
    yield f"- {what} that were lost: {lost:,} before replay, {after:,} after it{why}."


def _ended(delivery: Mapping[str, DeliveryFigures]) -> list[tuple[str, DeliveryFigures]]:
    """Return the readers that know of writes that were lost once, and are not lost any more."""
    return [(of, f) for of, f in delivery.items() if f.ghosts_ended.count]


def _record(of: str, witness: WitnessFigures) -> str:
    """Name a record as ``sim explain --record`` takes it."""
    domain = of.partition(".")[0]
    if witness.rid is not None:
        return f"{domain}:{witness.rid}"
    return f"{domain}@{timeline_of(witness.version)}:{lsn_of(witness.version)}"


def _point(point: RecoveryPointFigures) -> str:
    if point.at_s is None:
        return "- Stores and stages agree on nothing: one of them has lost what lay before the run."
    told = f"- Every store and stage agrees up to {_until(point)}"
    if point.age_stranded_s == point.age_s:
        return f"{told}."
    age = point.age_stranded_s
    far = "there is no recovery point" if age == inf else f"the recovery point is {duration(age)} old"
    return f"{told}; if what is out of reach at the end is never had again, {far}."


def _until(point: RecoveryPointFigures) -> str:
    by = point.limited_by
    if by is None or point.at_s is None:
        return "the end of the run"
    why = "holds a ghost" if by.what == "ghost" else "lost a record"
    until, later = clock(int(point.at_s * 1e9)), duration(point.age_s)
    return f"{until}: {by.stage} {why} of then, {later} after its commit"


def _freshness(path: PathFigures, recovery: Mapping[str, RecoveryFigures]) -> ReportSection:
    """Return a row a capability: how old it was, and how long it was older than its level."""
    rows = tuple(
        (name, duration(f.mean_s), duration(f.p99_s), duration(f.max_s), duration(f.level_s),
         *_down(recovery[name]))
        for name, f in path.freshness.items()
    )  # fmt: skip
    head = ("what", "age: mean", "p99", "worst", "may be", "too old for", "in all")
    return ReportSection("How old it was", (ReportTable(head, rows, frozenset(range(1, 7))),))


def _insights(insights: Mapping[str, Mapping[str, InsightFigures]]) -> list[ReportSection]:
    """Return a row an insight: of its regions the worst in each respect."""
    rows = tuple(_insight(name, list(regions.values())) for name, regions in insights.items())
    head = ("what", "refreshes", "failed", "longest without", "records", "missing", "complete")
    return (
        [ReportSection("What insights showed", (ReportTable(head, rows, frozenset(range(1, 7))),))]
        if rows
        else []
    )


def _insight(name: str, found: list[InsightFigures]) -> tuple[str, ...]:
    least = min(found, key=lambda f: 1.0 if f.completeness is None else f.completeness)
    refreshes, failed = (count(sum(f.refreshes for f in found)), count(sum(f.failed for f in found)))
    longest = duration(max(f.longest_s for f in found))
    return (
        name,
        refreshes,
        failed,
        longest,
        count(least.records),
        count(least.missing),
        percent(least.completeness),
    )


def _down(figure: RecoveryFigures) -> tuple[str, str]:
    if figure.seen.rta_s == 0:
        return "never", ""
    took = recovery_time(figure.seen.rta_s, figure.serving_again_s, figure.seen.censored_after_s)
    return took, duration(figure.seen.downtime_s)


def _monitors(monitoring: Mapping[str, MonitorFigures]) -> list[ReportSection]:
    """Return the monitors that showed much less than was ever true, and what they showed as faults began."""
    lies = [
        (f.true_age_max_s - f.shown_max, name, f)
        for name, f in monitoring.items()
        if f.unit == "s" and f.true_age_max_s - f.shown_max > BLIND_S
    ]
    if not lies:
        return []
    rows = tuple(
        (name, duration(f.shown_max), duration(f.true_age_max_s), _at_fault(f))
        for _, name, f in sorted(lies, key=lambda lie: (-lie[0], lie[1]))[:LIES_MAX]
    )
    head = ("lag of", "highest shown", "true then", "shown, true as a fault began")
    return [
        ReportSection("What lag monitors would not have shown", (ReportTable(head, rows, frozenset({1, 2})),))
    ]


def _at_fault(figure: MonitorFigures) -> str:
    """Say what was shown and true as a fault began: of several, as it hid the most, with that one's name."""
    at = figure.at_faults
    if not at:
        return NOTHING
    fault = max(at, key=lambda fault: at[fault].true_age_s - at[fault].shown)
    said = f"{duration(at[fault].shown)}, {duration(at[fault].true_age_s)}"
    return said if len(at) == 1 else f"{said} ({fault})"
