"""What a study found, as a page and as one JSON document."""

import math
import shlex
from dataclasses import asdict
from typing import Any

from sim.core.quantity import format_duration
from sim.report.frontier import entry, side_by_side
from sim.report.page import ReportSection, ReportTable
from sim.report.quantities import count, duration, percent, plural, span
from sim.spec.objectives.metrics import METRICS
from sim.spec.scenario import Objective
from sim.studies.estimates import EstimateRange, estimates, of
from sim.studies.frontier import frontier
from sim.studies.gate import last_line
from sim.studies.judgement import Ruling, adverse, exit_code, worst_trial
from sim.studies.rows import FORMAT
from sim.studies.stopping import plan
from sim.studies.study import Finding, FinishedStudy
from sim.trust import of_study, some

VERDICTS = ("fail", "inconclusive", "pass")  # worst first
SHOWN = 3  # trials of a point that broke
MOST = 10**9  # trials: a cap that none reaches
UNBOUNDED = "?: so few trials set no bound there."


def page(
    study: FinishedStudy, *, source: str, swept: str = "", folder: str | None = None
) -> list[ReportSection]:
    """Return the whole result as sections.

    ``source``: the scenario and what changes it, as the user named them; ``swept``: the options of the sweep.
    """
    sections = [ReportSection("", (headline(study, source), _measure(study)))]
    if len(study.findings) > 1:
        sections.append(side_by_side(study.findings))
    for finding in study.findings:
        label = f" of {finding.point.label}" if finding.point.label else ""
        sections += [_objectives(finding, label), _values(finding, label)]
    sections += _errors(study, source)
    tables = [f"Page: {folder}/report.html", f"Tables for every trial: {folder}"] if folder else []
    return [*sections, _trust(study), ReportSection("Next", (*tables, *_next(study, source, swept)))]


def headline(study: FinishedStudy, source: str) -> str:
    """Return the verdict and its reason in one line, and how to see a trial that broke, if one did."""
    verdict = next(v for v in VERDICTS if v in {f.verdict for f in study.findings})
    name = study.findings[0].point.scenario.name
    worst = [(r, f.point.label) for f in study.findings for r in f.rulings if r.verdict == verdict]
    why = "; ".join(f"{r.id} {r.why}{f' at {label}' if label else ''}" for r, label in worst[:2])
    more = f"and {len(worst) - 2} more" if len(worst) > 2 else ""
    broken = _first_broken(study, source)
    reasons = [reason for reason in (why, more, broken) if reason] or ["no objectives set"]
    return f"{verdict.upper()}: {name}: {'; '.join(reasons)}"


def _first_broken(study: FinishedStudy, source: str) -> str:
    """Say of each point how many trials broke, and how to see the first; "" if none did."""
    broken = [finding for finding in study.findings if finding.tally.errors]
    if not broken:
        return ""
    counts = "; ".join(
        f"{f.tally.broke}{f' at {f.point.label}' if f.point.label else ''}" for f in broken[:2]
    )
    more = f" (and some of {len(broken) - 2} more points)" if len(broken) > 2 else ""
    return f"{counts}{more}, the first: {_again(study, broken[0], source, broken[0].tally.errors[0][0])}"


def _measure(study: FinishedStudy) -> str:
    trials = study.findings[0].tally.trials
    text = f"{plural(trials, 'trial')} of seed {study.seed}"
    if len(study.findings) > 1:
        text += f" at each of {len(study.findings)} points"
    if study.until != "trials":
        text += f", until {study.until}, at most {study.cap:,}"
        text += " (the cap was reached)" if study.capped else ""
    return text


def _objectives(finding: Finding, label: str) -> ReportSection:
    rows = tuple(
        (
            r.verdict,
            r.id,
            asked(r.objective),
            _met_in(r),
            f"{percent(r.met.low)} to {percent(r.met.high)}" if r.met else "-",
            _value(finding, r),
        )
        for r in sorted(finding.rulings, key=lambda r: VERDICTS.index(r.verdict))
    )
    head = ("", "objective", "asks", "met in", "of all runs", "median, 95 % interval")
    body: tuple[str | ReportTable, ...] = (
        (ReportTable(head, rows, frozenset({3})), *_open(rows)) if rows else ("No objective was given.",)
    )
    return ReportSection(f"Objectives{label}", body)


def _met_in(ruling: Ruling) -> str:
    counts = ruling.counts
    broke = f", {counts.broken:,} broke" if counts.broken else ""
    return f"{counts.met:,}/{counts.trials:,}{broke}"


def _open(rows: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """Explain the sign for a bound that is not there, where there is one."""
    return ("", UNBOUNDED) if any("?" in row[-1] for row in rows) else ()


def _value(finding: Finding, ruling: Ruling) -> str:
    lows, highs = finding.tally.objective_bounds(ruling.id)
    return interval(of(lows, highs)["p50"], unit_of(ruling)) if lows.size else "-"


def asked(objective: Objective) -> str:
    """Return an objective as it is written."""
    over = f" over {over_of(objective)}" if objective.over else ""
    return f"{objective.metric} {objective.about}{over} {objective.must}{share(objective)}"


def over_of(objective: Objective) -> str | None:
    """Return the length of an objective's windows as text, None if it is about the whole run."""
    return None if objective.over is None else format_duration(objective.over)


def share(objective: Objective) -> str:
    """Write the fraction of runs that an objective asks for, "" if it asks for every run."""
    return "" if objective.in_ is None else f" in {objective.in_ * 100:.10g}%"


def unit_of(ruling: Ruling) -> str:
    """Return the unit of an objective's values."""
    return "s" if METRICS[ruling.objective.metric].in_seconds else ruling.objective.must.unit


def interval(found: EstimateRange, unit: str) -> str:
    """Write an estimate: ``1m 07s (1m 02s to 1m 15s)``. A bound that cannot be had is ``?``."""
    value, low, high = between(found, unit), _bound(found.least.low, unit), _bound(found.most.high, unit)
    known = (low, high) == (number(found.least.value, unit), number(found.most.value, unit))
    return value if known else f"{value} ({low} to {high})"


def between(found: EstimateRange, unit: str) -> str:
    """Write a statistic, ``0 to 15,000`` where the runs do not tell more."""
    return span(found.least.value, found.most.value, lambda value: number(value, unit))


def _bound(value: float, unit: str) -> str:
    return "?" if math.isinf(value) else number(value, unit)


def number(value: float, unit: str) -> str:
    """Write a value with its unit."""
    if math.isinf(value):
        return "no bound"
    if unit in ("s", "duration"):
        return duration(value)
    return percent(value) if unit in ("1", "fraction") else count(value)


def _values(finding: Finding, label: str) -> ReportSection:
    """The figures that reviews ask for first; the rest is in the tables."""
    wanted = ("recovery.rta_s", "recovery.downtime_s", "loss.records", "loss.window_s")
    rows = tuple(
        (
            metric.rpartition(".")[2],
            what,
            *(interval(found[s], finding.tally.units[metric, what]) for s in ("mean", "p95")),
        )
        for (metric, what), found in estimates(finding.tally, wanted)
    )
    head = ("figure", "of", "mean, 95 % interval", "95th percentile, 95 % interval")
    own = finding.tally
    ran = f", {own.ran:,} of {plural(own.trials, 'trial')}: the others broke" if own.errors else ""
    return ReportSection(
        f"Figures{label}{ran}", (ReportTable(head, rows), *_open(rows)) if rows else ("None.",)
    )


def _errors(study: FinishedStudy, source: str) -> list[ReportSection]:
    lines = []
    for finding in study.findings:
        own = finding.tally
        if own.errors:
            at = f" at {finding.point.label}" if finding.point.label else ""
            lines.append(f"{own.broke}{at}: {some([str(trial) for trial, _ in own.errors])}")
        for trial, error in own.errors[:SHOWN]:
            lines += [
                f"- trial {trial} broke: {last_line(error)}",
                f"  {_again(study, finding, source, trial)}",
            ]
    return [ReportSection("Trials that broke", tuple(lines))] if lines else []


def _again(study: FinishedStudy, finding: Finding, source: str, trial: int) -> str:
    """Return the command that runs one trial of a point by itself."""
    sets = "".join(f" --set {shlex.quote(text)}" for text in finding.point.sets)
    return f"sim run {source}{sets} --seed {study.seed} --trial {trial}"


def _trust(study: FinishedStudy) -> ReportSection:
    return ReportSection("How far to trust this", tuple(f"- {line}" for line in notes(study)))


def notes(study: FinishedStudy) -> list[str]:
    """Return how far to trust a study: what is true of every point once, the rest with its point."""
    about: dict[str, list[str]] = {}
    for finding in study.findings:
        own = finding.tally
        found = of_study(
            finding.point.scenario, ran=own.ran, broke=own.broke, fired=own.fired, values=own.objective_highs
        )
        for note in found:
            about.setdefault(note, []).append(finding.point.label)
    return [
        note if len(labels) == len(study.findings) else f"{note} (At {'; '.join(labels)}.)"
        for note, labels in about.items()
    ]


def _next(study: FinishedStudy, source: str, swept: str) -> list[str]:
    """Say what more trials can decide, and which trial to look at."""
    shown = worst_of(study)
    if shown is None:
        return []
    finding, ruling = shown
    trial = worst_trial(ruling, adverse(ruling.id, ruling.objective, finding.tally))
    open_trial = ruling.counts.undecided and not ruling.counts.missed
    what = "an undecided trial" if open_trial else "the worst trial"
    lines = [f"  {_again(study, finding, source, trial)}", f"    {what} of {ruling.id}, by itself"]
    trials = more_trials(study)
    if trials is not None:
        words = f"{source}{swept} --seed {study.seed} --trials {trials} --until decided"
        lines = [f"  sim run {words}", "    more trials may decide it", *lines]
    return lines


def more_trials(study: FinishedStudy) -> int | None:
    """Return how many trials may decide what is undecided; None if nothing is, or no number of them will."""
    rulings = [ruling for finding in study.findings for ruling in finding.rulings]
    told = (
        r.counts.met + r.counts.missed for r in rulings if r.verdict == "inconclusive" and r.objective.in_
    )
    if not any(told):
        return None
    objectives = [finding.point.scenario.sla for finding in study.findings]
    return max(4 * study.findings[0].tally.trials, next(plan("decided", objectives, cap=MOST)).n)


def worst_of(study: FinishedStudy) -> tuple[Finding, Ruling] | None:
    """Return the first objective of the worst verdict, and its point; None without any."""
    found = [(finding, ruling) for finding in study.findings for ruling in finding.rulings]
    return min(found, key=lambda pair: VERDICTS.index(pair[1].verdict), default=None)


def document(study: FinishedStudy) -> dict[str, Any]:
    """Return what ``--json`` prints for a study."""
    verdicts = [finding.verdict for finding in study.findings]
    return {
        "format": FORMAT,
        "scenario": study.findings[0].point.scenario.name,
        "seed": study.seed,
        "until": study.until,
        "cap": study.cap,
        "trials": study.findings[0].tally.trials,
        "capped": study.capped,
        "verdict": next(v for v in VERDICTS if v in verdicts),
        "exit_code": exit_code(verdicts),
        "trust": notes(study),
        "more_trials": more_trials(study),
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
            **{statistic: found_.figures() for statistic, found_ in values.items()},
        }
    return {
        "label": finding.point.label,
        "sets": list(finding.point.sets),
        "digest": finding.point.digest,
        "verdict": finding.verdict,
        "verdicts": dict(sorted(finding.tally.verdicts.items())),
        "sla": [_ruling(ruling) for ruling in finding.rulings],
        "estimates": found,
        "errors": [{"trial": trial, "error": error} for trial, error in finding.tally.errors],
    }


def _ruling(ruling: Ruling) -> dict[str, Any]:
    return {
        "id": ruling.id,
        "metric": ruling.objective.metric,
        "of": ruling.objective.about,
        "asks": asked(ruling.objective),
        "unit": unit_of(ruling),
        "must": str(ruling.objective.must),
        "over": over_of(ruling.objective),
        "in": ruling.objective.in_,
        "verdict": ruling.verdict,
        "why": ruling.why,
        **asdict(ruling.counts),
        "fraction": asdict(ruling.met) if ruling.met else None,
    }
