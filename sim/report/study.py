"""What a study found, as a page and as one JSON document."""

import math
from dataclasses import asdict
from typing import Any

from sim.report.frontier import entry, side_by_side
from sim.report.page import Section, Table
from sim.report.quantities import count, duration, percent, plural
from sim.spec.models import Objective
from sim.spec.predicates import METRICS
from sim.stats.estimate import Estimate
from sim.study.estimates import estimates, of
from sim.study.frontier import frontier
from sim.study.judgement import Ruling, exit_code
from sim.study.study import Finding, Study
from sim.trust import of_study


def page(study: Study, *, source: str, folder: str | None = None) -> list[Section]:
    """Return the whole result as sections; ``source``: the scenario as the user named it."""
    sections = [Section("", (headline(study), _measure(study)))]
    if len(study.findings) > 1:
        sections.append(side_by_side(study.findings))
    for finding in study.findings:
        label = f" of {finding.point.label}" if finding.point.label else ""
        sections += [_objectives(finding, label), _values(finding, label)]
    sections += _errors(study, source)
    return [*sections, _trust(study), _next(study, source, folder)]


def headline(study: Study) -> str:
    """Return the verdict and its reason in one line."""
    verdict = next(v for v in ("fail", "inconclusive", "pass") if v in {f.verdict for f in study.findings})
    name = study.findings[0].point.scenario.name
    worst = [r for f in study.findings for r in f.rulings if r.verdict == verdict]
    why = "; ".join(f"{r.id} {r.why}" for r in worst[:2]) or "no objectives set"
    return f"{verdict.upper()}: {name}: {why}{'; ...' if len(worst) > 2 else ''}"


def _measure(study: Study) -> str:
    trials = study.findings[0].tally.trials
    text = f"{plural(trials, 'trial')} of seed {study.seed}"
    if len(study.findings) > 1:
        text += f" at each of {len(study.findings)} points"
    if study.until != "trials":
        text += f", until {study.until}, at most {study.cap:,}"
        text += " (the cap was reached)" if study.capped else ""
    return text


def _objectives(finding: Finding, label: str) -> Section:
    rows = tuple(
        (
            r.verdict,
            r.id,
            f"{r.objective.metric} {r.objective.of} {r.objective.must}{share(r.objective)}",
            f"{r.counts.met:,}/{r.counts.trials:,}",
            f"{percent(r.met.low)} to {percent(r.met.high)}" if r.met else "-",
            _value(finding, r),
        )
        for r in sorted(finding.rulings, key=lambda r: ("fail", "inconclusive", "pass").index(r.verdict))
    )
    head = ("", "objective", "asks", "met in", "of all runs", "median, 95 % interval")
    body: tuple[str | Table, ...] = (
        (Table(head, rows, frozenset({3})),) if rows else ("No objective was given.",)
    )
    return Section(f"Objectives{label}", body)


def _value(finding: Finding, ruling: Ruling) -> str:
    column = finding.tally.objective_column(ruling.id)
    if not column.size:
        return "-"
    return interval(of(column)["p50"], unit_of(ruling))


def share(objective: Objective) -> str:
    """Write the fraction of runs that an objective asks for, "" if it asks for every run."""
    return "" if objective.in_ is None else f" in {objective.in_ * 100:.10g}%"


def unit_of(ruling: Ruling) -> str:
    """Return the unit of an objective's values."""
    return "s" if METRICS[ruling.objective.metric] == ("duration",) else ruling.objective.must.unit


def interval(estimate: Estimate, unit: str) -> str:
    """Write an estimate: ``1m 07s (1m 02s to 1m 15s)``. A bound that cannot be had is ``?``."""
    value = "not over" if math.isinf(estimate.value) else _number(estimate.value, unit)
    low, high = _number(estimate.low, unit), _number(estimate.high, unit)
    return value if low == high == value else f"{value} ({low} to {high})"


def _number(value: float, unit: str) -> str:
    if math.isinf(value):
        return "?"
    if unit in ("s", "duration"):
        return duration(value)
    return percent(value) if unit in ("1", "fraction") else count(value)


def _values(finding: Finding, label: str) -> Section:
    """The figures that reviews ask for first; the rest is in the tables."""
    wanted = ("recovery.rta_s", "recovery.downtime_s", "loss.records", "loss.window_s")
    rows = tuple(
        (
            metric.rpartition(".")[2],
            what,
            *(interval(found[s], finding.tally.units[metric, what]) for s in ("mean", "p95")),
        )
        for (metric, what), found in estimates(finding.tally)
        if metric in wanted
    )
    head = ("figure", "of", "mean, 95 % interval", "95th percentile, 95 % interval")
    return Section(f"Figures{label}", (Table(head, rows),) if rows else ("None.",))


def _errors(study: Study, source: str) -> list[Section]:
    lines = []
    for finding in study.findings:
        for trial, error in finding.tally.errors[:3]:
            last = error.strip().splitlines()[-1]
            lines += [
                f"trial {trial} broke: {last}",
                f"  sim run {source} --seed {study.seed} --trial {trial}",
            ]
    return [Section("Trials that broke (a bug of ours)", tuple(lines))] if lines else []


def _trust(study: Study) -> Section:
    finding = study.findings[0]
    notes = of_study(finding.point.scenario, trials=finding.tally.trials, fired=finding.tally.fired)
    return Section("How far to trust this", tuple(f"- {line}" for line in notes))


def _next(study: Study, source: str, folder: str | None) -> Section:
    finding = study.findings[0]
    lines = [f"Tables for every trial: {folder}"] if folder else []
    undecided = [r for r in finding.rulings if r.verdict == "inconclusive"]
    if undecided:
        lines += [
            f"  sim run {source} --trials {4 * study.cap} --until decided",
            "    more trials may decide it",
        ]
    else:
        trial = _worst(finding)
        lines += [f"  sim run {source} --seed {study.seed} --trial {trial}", "    the worst trial by itself"]
    return Section("Next", tuple(lines))


def _worst(finding: Finding) -> int:
    """Return the trial with the largest value of the first objective."""
    values = list(next(iter(finding.tally.objective_values.values()), [0.0]))
    known = [-1.0 if math.isnan(value) else value for value in values]
    return known.index(max(known))


def document(study: Study) -> dict[str, Any]:
    """Return what ``--json`` prints for a study."""
    verdicts = [finding.verdict for finding in study.findings]
    return {
        "scenario": study.findings[0].point.scenario.name,
        "seed": study.seed,
        "until": study.until,
        "cap": study.cap,
        "trials": study.findings[0].tally.trials,
        "capped": study.capped,
        "verdict": next(v for v in ("fail", "inconclusive", "pass") if v in verdicts),
        "exit_code": exit_code(verdicts),
        "points": [
            {**_point(finding), "frontier": entry(place)}
            for finding, place in zip(study.findings, frontier(study.findings), strict=True)
        ],
    }


def _point(finding: Finding) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for (metric, what), values in estimates(finding.tally):
        found.setdefault(what, {})[metric] = {
            "unit": finding.tally.units[metric, what],
            **{statistic: asdict(estimate) for statistic, estimate in values.items()},
        }
    return {
        "label": finding.point.label,
        "digest": finding.point.digest,
        "verdict": finding.verdict,
        "sla": [_ruling(ruling) for ruling in finding.rulings],
        "estimates": found,
        "errors": [{"trial": trial, "error": error} for trial, error in finding.tally.errors],
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.id,
        "metric": ruling.objective.metric,
        "of": ruling.objective.of,
        "must": str(ruling.objective.must),
        "in": ruling.objective.in_,
        "verdict": ruling.verdict,
        "why": ruling.why,
        **asdict(ruling.counts),
        "fraction": asdict(ruling.met) if ruling.met else None,
    }
