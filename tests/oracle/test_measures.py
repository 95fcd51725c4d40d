"""The compiled measures find in the twin's tables what plain Python finds there, record by record."""

from collections import Counter

import pytest

from sim.journal.recorder import Slice
from sim.measure.measures import DomainMeasures
from sim.measure.store import loss as compiled_loss
from sim.measure.store.setup import setup_of
from sim.report.document import plain
from tests.milestones import milestone

from . import measures
from .generate import Case, case
from .twin import Result, run_twin

CASES, CHUNK = 120, 10


def _compiled(one: Case, result: Result, domain: str) -> DomainMeasures:
    """Return the compiled measures after the twin's whole journal of a domain."""
    found = DomainMeasures(setup_of(one.scenario, domain))
    order = sorted(result.milestones, key=lambda m: m[1])
    milestones = [milestone(i, at, kind, subject) for i, (kind, at, subject) in enumerate(order)]
    end = one.scenario.duration
    found.fold(Slice(domain, end, result.tables[domain], tuple(milestones)))
    found.finish(milestones, one.scenario.duration)
    return found


def _recovery(one: Case, result: Result, domain: str, compiled: DomainMeasures) -> list[str]:
    problems = []
    for kind, word in enumerate(("read", "write")):
        theirs = [
            (e.started_ns, e.recovered_ns, e.downtime_ns, e.failed, e.held)
            for e in compiled.recovery.series(word).episodes
        ]
        mine = [
            (e.started_ns, e.recovered_ns, e.downtime_ns, e.failed, e.held)
            for e in measures.episodes(result.tables[domain], one.scenario, kind)
        ]
        if theirs != mine:
            problems.append(f"{domain}.{word} episodes {theirs} != {mine}")
    return problems


def _loss(one: Case, result: Result, domain: str, compiled: DomainMeasures) -> list[str]:
    mine = measures.loss(result.tables[domain], result.milestones, one.scenario, domain)
    _, info = compiled_loss.judge(compiled.ledger)
    figures = plain(compiled.loss().figures())
    rows = figures["recoveries"]
    theirs = [(r["timeline"], r["records"], r["window_s"]) for r in rows]
    expected = [
        (r["timeline"], r["records"], None if r["window_ns"] is None else r["window_ns"] / 1e9)
        for r in mine["recoveries"]
    ]
    counted = figures["records"], figures["stranded"], info.tolist(), theirs
    same = (len(mine["lost"]), len(mine["stranded"]), sorted(mine["info"]), expected) == counted
    return [] if same else [f"{domain} loss {counted} != {mine}"]


def _consistency(one: Case, result: Result, domain: str, compiled: DomainMeasures) -> list[str]:
    theirs = plain(compiled.consistency.figures())
    mine = measures.guarantees(result.tables[domain], one.scenario)
    found = {name: theirs[name]["violations"] for name in mine}
    stale = measures.staleness(result.tables[domain], one.scenario)
    reads = stale["reads"]
    same = (
        found == mine
        and (theirs["reads"], theirs["stale_reads"]) == (reads, stale["stale_reads"])
        and (theirs["staleness_max_s"], theirs["versions_behind_max"])
        == ((stale["stale_max_ns"] / 1e9, stale["behind_max"]) if reads else (None, None))
    )
    return [] if same else [f"{domain} consistency {found} {theirs} != {mine} {stale}"]


def _exposure(one: Case, result: Result, domain: str, compiled: DomainMeasures) -> list[str]:
    theirs = {
        node: {name: (curve["records_max"], curve["age_max_s"]) for name, curve in curves.items()}
        for node, curves in plain(compiled.exposure.figures()).items()
    }
    mine = {
        node: {name: (records, age / 1e9) for name, (records, age) in curves.items()}
        for node, curves in measures.exposure(result.tables[domain], one.scenario, domain).items()
    }
    return [] if theirs == mine else [f"{domain} exposure {theirs} != {mine}"]


JUDGES = (_recovery, _loss, _consistency, _exposure)


@pytest.mark.parametrize(
    "first", range(0, CASES, CHUNK), ids=lambda first: f"cases-{first}-{first + CHUNK - 1}"
)
def test_compiled_measures_equal_plain_ones(first):
    """Episodes, losses, staleness, session guarantees and exposure are the same numbers on both sides."""
    problems = []
    for number in range(first, first + CHUNK):
        one = case(number)
        result = run_twin(one.scenario, one.seed, watch=False)
        for domain in result.tables:
            compiled = _compiled(one, result, domain)
            problems += [
                f"case {number}: {p}" for judge in JUDGES for p in judge(one, result, domain, compiled)
            ]
    assert not problems, "\n".join(problems)


def test_the_cases_have_something_to_measure():
    """Among the compared cases every guarantee is broken, records are lost, episodes both end and are
    censored."""
    seen: Counter[str] = Counter()
    for number in range(CASES):
        one = case(number)
        result = run_twin(one.scenario, one.seed, watch=False)
        for domain, tables in result.tables.items():
            seen.update(
                {name: count > 0 for name, count in measures.guarantees(tables, one.scenario).items()}
            )
            lost = measures.loss(tables, result.milestones, one.scenario, domain)
            seen["lost"] += len(lost["lost"]) > 0
            seen["info"] += len(lost["info"]) > 0
            for kind in (0, 1):
                seen.update(
                    "held" if e.rta_ns is not None else "censored"
                    for e in measures.episodes(tables, one.scenario, kind)
                )
    names = (
        "read_your_writes",
        "monotonic_reads",
        "monotonic_writes",
        "writes_follow_reads",
        "lost",
        "info",
        "held",
        "censored",
    )
    assert all(seen[name] >= 3 for name in names), seen
