"""What is told of a run that was ended because it took far more than was expected: undecided, and why."""

from pathlib import Path
from typing import Any

from sim.outcome import EXIT_CODES, Unfinished
from sim.report.document import DOCUMENT, entry, written
from sim.report.folder import appearing, versions
from sim.report.page import ReportSection, ReportTable
from sim.report.timeline import story
from sim.spec.resolve import digest, dump

VERDICT = "inconclusive"
EXIT_CODE = EXIT_CODES[VERDICT]


def document(ended: Unfinished) -> dict[str, Any]:
    """Return what ``--json`` prints: the verdict, why it ended, and what had happened by then."""
    return {
        "document": DOCUMENT,
        "scenario": ended.scenario.name,
        "digest": digest(ended.scenario),
        "seed": ended.seed,
        "verdict": VERDICT,
        "exit_code": EXIT_CODE,
        "unfinished": {"why": ended.why, "reached_s": ended.reached_ns / 1e9},
        "sla": [
            {"id": name, "metric": one.metric, "of": one.about, "must": str(one.must), "verdict": "undecided"}
            for name, one in ended.scenario.sla.items()
        ],
        "performance": ended.performance,
        "milestones": [entry(m) for m in ended.milestones],
    }


def headline(ended: Unfinished) -> str:
    """Return the verdict and its reason in one line."""
    return f"{VERDICT.upper()}: {ended.scenario.name}: {ended}"


def page(ended: Unfinished, *, folder: str) -> list[ReportSection]:
    """Return what is known as sections."""
    happened = story(ended.milestones, origin_ns=None)
    objectives = tuple((name, str(one.must), "undecided") for name, one in ended.scenario.sla.items())
    return [
        ReportSection("", (headline(ended), f"seed {ended.seed}, digest {digest(ended.scenario)}")),
        *([ReportSection("What happened until then", tuple(happened))] if ended.milestones else []),
        *(
            [ReportSection("Objectives", (ReportTable(("objective", "must be", ""), objectives),))]
            if objectives
            else []
        ),
        ReportSection("Next", (f"What was made until then: {folder}", "  --budget lets it go on for longer")),
    ]


def keep(target: Path, ended: Unfinished) -> Path:
    """Write the folder of an unfinished run beside ``target``, where the whole one would be; return it."""
    beside = target.with_name(f"{target.name}-unfinished")
    with appearing(beside) as folder:
        _fill(folder, ended)
    return beside


def _fill(folder: Path, ended: Unfinished) -> None:
    from sim.journal.parquet import write_milestones

    resolved = dump(ended.scenario)
    found = {**document(ended), "resolved": resolved, "versions": versions()}
    (folder / "run.json").write_text(written(found), encoding="utf-8")
    (folder / "scenario.yaml").write_text(resolved, encoding="utf-8")
    write_milestones(folder / "milestones.parquet", ended.milestones)
