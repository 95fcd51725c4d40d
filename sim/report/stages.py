"""What became of records on the data path: stage by stage, how old, what came wrong, what monitors hid."""

from collections.abc import Iterator
from typing import Any

from sim.core.identity import lsn_of, timeline_of
from sim.outcome import Outcome
from sim.report.orders import orders
from sim.report.page import Section, Table
from sim.report.quantities import NOTHING, clock, count, duration, percent, plural

Figures = dict[str, Any]
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


def path(outcome: Outcome) -> list[Section]:
    """Return the sections of the data path, none if there was no bus."""
    figures = outcome.figures
    if "waterfall" not in figures:
        return []
    sections = [_waterfall(figures), *orders(figures), *_replays(figures), _freshness(figures)]
    sections += _insights(figures.get("insights", {}))
    return [*sections, *_monitors(figures["monitoring"])]


def _waterfall(figures: Figures) -> Section:
    """Return a row a stage, over all domains, and what does not agree."""
    falls: dict[str, dict[str, Figures]] = figures["waterfall"]
    stages = list(dict.fromkeys(stage for fall in falls.values() for stage in fall))
    consumers = [stage for stage in stages if _is_consumer(stage)]
    ordered = [s for s in stages if s not in consumers]
    place = next((i for i, s in enumerate(ordered) if s == "raw"), len(ordered))
    ordered[place:place] = consumers
    stranded = any(row["stranded"] for fall in falls.values() for row in fall.values())
    terms = [term for term in TERMS if term != "stranded" or stranded]
    rows = tuple(_stage(s, {d: fall[s] for d, fall in falls.items() if s in fall}, terms) for s in ordered)
    head = ("stage", "delivered", *(TERMS[term] for term in terms), "window", "lost of")
    table = Table(head, rows, frozenset(range(1, len(head) - 1)))
    lines = (*_wrong(figures["delivery"]), _point(figures))
    return Section("Acknowledged records, stage by stage", (table, *lines))


def _is_reader(stage: str) -> bool:
    return not stage.startswith(("mirror/", "copy/")) and stage not in ("raw", "curated", "analytics")


def _stage(stage: str, found: dict[str, Figures], terms: list[str]) -> tuple[str, ...]:
    """Return the row of a stage: sums over the domains, the largest window (null: beyond the run's start)."""
    sums = [sum(row[term] for row in found.values()) for term in terms]
    windows = [row["window_s"] for row in found.values()]
    window = "all" if None in windows else duration(max(windows))
    losers = [f"{domain} {row['lost']:,}" for domain, row in found.items() if row["lost"]]
    whose = ", ".join(losers) if len(found) > 1 else ""
    delivered = sum(row["delivered"] for row in found.values())
    shown = (count(number) if number else "" for number in sums)
    return stage, count(delivered), *shown, window if sums[-1] else "", whose


def _wrong(delivery: dict[str, Figures]) -> list[str]:
    """Name what came wrong, a line a kind, with the first record of each."""
    lines = []
    for kind, words in WRONG.items():
        found = {of: row[kind] for of, row in delivery.items() if kind in row and row[kind]["count"]}
        if found:
            first = min(found, key=lambda of: found[of]["witness"]["at_s"])
            record = _record(first, found[first]["witness"])
            at = clock(round(found[first]["witness"]["at_s"] * 1e9))
            numbers = ", ".join(f"{of} {tally['count']:,}" for of, tally in found.items())
            far = f", up to {duration(_latest(delivery))} behind the newest" if kind == "late" else ""
            lines.append(f"- {words}: {numbers}{far}; the first is {record} at {at}.")
    orphans = {
        of.partition(".")[0]: row["orphans"]["count"] for of, row in delivery.items() if "orphans" in row
    }
    without = ", ".join(f"{domain} {number:,}" for domain, number in orphans.items() if number)
    return [*lines, f"- Committed and acknowledged, but without any event: {without}."] if without else lines


def _latest(delivery: dict[str, Figures]) -> float:
    return max(float(row.get("late_max_s", 0)) for row in delivery.values())


def _replays(figures: Figures) -> list[Section]:
    """Say of each replay what it brought, what it did twice, how long that took; and what stays lost."""
    lines = []
    for name, f in figures["replays"].items():
        if f["started_s"] is None:
            lines.append(f"- Replay {name} never began.")
            continue
        brought = f"{plural(f['filled'], 'record')} of {count(f['rows'])} had been missing"
        caught = f", the last came after {duration(f['catch_up_s'])}" if f["filled"] else ""
        back = f", {plural(f['won_back'], 'lost write')} won back" if f["won_back"] else ""
        twice = f["duplicates"]["count"]
        wrong = f"; {plural(twice, 'duplicate')} applied" if twice else ""
        lines.append(f"- Replay {name}: {brought}{caught}{back}{wrong}.")
    if not lines:
        return []
    for domain, fall in figures["waterfall"].items():
        lines += [line for stage, row in fall.items() for line in _after(domain, stage, row, fall)]
    ended = ", ".join(f"{of} {f['ghosts_ended']['count']:,}" for of, f in _ended(figures["delivery"]))
    lines += [f"- Ghosts ended, for what replays wrote again is no ghost any more: {ended}."] if ended else []
    return [Section("Replays", tuple(lines))]


def _after(domain: str, stage: str, row: Figures, fall: dict[str, Figures]) -> Iterator[str]:
    """Yield what is still lost of a database or consumer that a replay brought something."""
    lost, after = row["lost"], row["records_after_replay"]
    if lost == after or stage not in ("replica", *(s for s in fall if _is_consumer(s))):
        return
    what = f"{domain}, transactions" if stage == "replica" else f"{domain}.{stage}, events"
    never = fall["outbox"]["lost"] if stage == "replica" else 0
    why = ": no relay had published them" if 0 < never == after else ""
    yield f"- {what} that were lost: {lost:,} before replay, {after:,} after it{why}."


def _is_consumer(stage: str) -> bool:
    return _is_reader(stage) and stage not in ("replica", "outbox", "bus")


def _ended(delivery: dict[str, Figures]) -> list[tuple[str, Figures]]:
    """Return the readers that know of writes that were lost once, and are not lost any more."""
    return [(of, f) for of, f in delivery.items() if "ghosts_ended" in f and f["ghosts_ended"]["count"]]


def _record(of: str, witness: Figures) -> str:
    """Name a record as ``sim explain --record`` takes it."""
    domain = of.partition(".")[0]
    if witness["rid"] is not None:
        return f"{domain}:{witness['rid']}"
    return f"{domain}@{timeline_of(witness['version'])}:{lsn_of(witness['version'])}"


def _point(figures: Figures) -> str:
    point = figures["recovery_point"]
    if point["age_s"] is None:
        return "- Stores and stages agree on nothing: one of them has lost what lay before the run."
    told = f"- Every store and stage agrees up to {_until(point)}"
    if point["age_stranded_s"] == point["age_s"]:
        return f"{told}."
    age = point["age_stranded_s"]
    far = "there is no recovery point" if age is None else f"the recovery point is {duration(age)} old"
    return f"{told}; if what is out of reach at the end is never had again, {far}."


def _until(point: Figures) -> str:
    by = point["limited_by"]
    if by is None:
        return "the end of the run"
    why = "holds a ghost" if by["what"] == "ghost" else "lost a record"
    until, later = clock(int(point["at_s"] * 1e9)), duration(point["age_s"])
    return f"{until}: {by['stage']} {why} of then, {later} after its commit"


def _freshness(figures: Figures) -> Section:
    """Return a row a capability: how old it was, and how long it was older than its level."""
    rows = tuple(
        (name, duration(f["mean_s"]), duration(f["p99_s"]), duration(f["max_s"]), duration(f["level_s"]),
         *_down(figures["recovery"][name]))
        for name, f in figures["freshness"].items()
    )  # fmt: skip
    head = ("what", "age: mean", "p99", "worst", "may be", "too old for", "in all")
    return Section("How old it was", (Table(head, rows, frozenset(range(1, 7))),))


def _insights(insights: dict[str, dict[str, Figures]]) -> list[Section]:
    """Return a row an insight: of its regions the worst in each respect."""
    rows = tuple(_insight(name, list(regions.values())) for name, regions in insights.items())
    head = ("what", "refreshes", "failed", "longest without", "records", "missing", "complete")
    return [Section("What insights showed", (Table(head, rows, frozenset(range(1, 7))),))] if rows else []


def _insight(name: str, found: list[Figures]) -> tuple[str, ...]:
    least = min(found, key=lambda f: 1.0 if f["completeness"] is None else f["completeness"])
    refreshes, failed = (count(sum(f[term] for f in found)) for term in ("refreshes", "failed"))
    longest = duration(max(f["longest_s"] for f in found))
    return (
        name,
        refreshes,
        failed,
        longest,
        count(least["records"]),
        count(least["missing"]),
        percent(least["completeness"]),
    )


def _down(figure: Figures) -> tuple[str, str]:
    if figure["rta_s"] == 0:
        return "never", ""
    worst = figure["rta_s"]
    lasted = f"> {duration(figure['censored_after_s'])}" if worst is None else duration(worst)
    return lasted, duration(figure["downtime_s"])


def _monitors(monitoring: dict[str, Figures]) -> list[Section]:
    """Return the monitors that showed much less than was ever true, and what they showed as faults began."""
    lies = [
        (f["true_age_max_s"] - f["shown_max"], name, f)
        for name, f in monitoring.items()
        if f["unit"] == "s" and f["true_age_max_s"] - f["shown_max"] > BLIND_S
    ]
    if not lies:
        return []
    rows = tuple(
        (name, duration(f["shown_max"]), duration(f["true_age_max_s"]), _at_fault(f))
        for _, name, f in sorted(lies, key=lambda lie: (-lie[0], lie[1]))[:LIES_MAX]
    )
    head = ("lag of", "highest shown", "true then", "shown, true as a fault began")
    return [Section("What lag monitors would not have shown", (Table(head, rows, frozenset({1, 2})),))]


def _at_fault(figure: Figures) -> str:
    """Say what was shown and true as a fault began: of several, as it hid the most, with that one's name."""
    at = figure["at_faults"]
    if not at:
        return NOTHING
    fault = max(at, key=lambda fault: at[fault]["true_age_s"] - at[fault]["shown"])
    said = f"{duration(at[fault]['shown'])}, {duration(at[fault]['true_age_s'])}"
    return said if len(at) == 1 else f"{said} ({fault})"
