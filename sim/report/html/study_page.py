"""The page of a study: verdict, objectives, distributions, the worst trials, how far to trust it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.report.folder import folder_of, run_name
from sim.report.html import axis, chart, distribution, points
from sim.report.html.distribution import Figure
from sim.report.html.markup import Child, command, el, items, name
from sim.report.html.provenance import provenance
from sim.report.html.shell import Page, PageSection, rendered
from sim.report.html.table import Column, table
from sim.report.html.verdicts import badge, verdict
from sim.report.quantities import count, percent, plural
from sim.report.study import UNBOUNDED
from sim.report.study_sentence import sentences, stopped
from sim.spec.objectives.predicates import parse_predicate
from sim.studies.gate import last_line
from sim.studies.judgement import worst_first
from sim.studies.reading import PointTrials, trials_of

Document = Mapping[str, Any]
SHOWN = 3  # worst trials of an objective
BROKEN = 10  # trials that broke are shown, the others counted
MEASURED = {  # figures whose distributions are drawn though no objective asks for them, and their titles
    "recovery.rta_s": "time to recovery of {of}",
    "loss.window_s": "loss window of {of}",
    "loss.records": "acknowledged records lost of {of}",
}
METRIC_OF = {"rta": "recovery.rta_s", "rpa_window": "loss.window_s", "rpa_records": "loss.records"}
OUTCOMES = (("pass", "met"), ("fail", "missed"), ("inconclusive", "undecided"), ("error", "broken"))
SAID = {
    "pass": "met every objective",
    "fail": "missed one",
    "inconclusive": "left one open",
    "error": "broke",
}


@dataclass(frozen=True, slots=True)
class PagePoint:
    """One point of a study: its number, what the document says of it, and its trials."""

    number: int
    document: Document
    trials: PointTrials

    @property
    def label(self) -> str:
        """What tells it from the others, "" if it is the only one."""
        return str(self.document["label"])


def page(document: Document, folder: Path) -> str:
    """Return the page of the study in a folder; ``document``: its ``study.json``. OSError without tables."""
    trials = trials_of(folder, metrics=MEASURED)
    found = [
        PagePoint(number, *pair) for number, pair in enumerate(zip(document["points"], trials, strict=True))
    ]
    sections = [
        *points.sections(document, trials),
        *_objectives(found),
        PageSection("trials", "What became of the trials", _outcomes(document, found)),
        *_distributions(found),
        *_worst(document, found, folder),
        PageSection(
            "trust", "How far to trust this", [items([name(note, "span") for note in document["trust"]])]
        ),
        PageSection("provenance", "Where it comes from", _provenance(document, found)),
    ]
    head = (
        el("p", badge(document["verdict"])),
        *(el("p", text, class_="lead", dir="auto") for text in sentences(document)),
    )
    return rendered(Page(document["scenario"], "Study", head, sections))


def _objectives(found: Sequence[PagePoint]) -> Iterator[PageSection]:
    """Yield every objective of every point, the worst first; of a sweep an overview before."""
    rows = [(point, one) for point in found for one in point.document["sla"]]
    if not rows:
        yield PageSection(
            "objectives", "Objectives", [el("p", "No objective was given: nothing was judged.")]
        )
        return
    rows.sort(key=lambda row: ("fail", "inconclusive", "pass").index(row[1]["verdict"]))
    swept = len(found) > 1
    columns = (
        Column("objective"),
        *([Column("point")] if swept else []),
        Column("verdict"),
        Column("asks"),
        Column("met in"),
        Column("of all runs, 95 %"),
        Column("median, 95 %"),
        Column("95th percentile, 95 %"),
        Column("highest"),
    )
    whole = table(
        "Each objective, the missed ones first", columns, (_ruling(*row, swept=swept) for row in rows)
    )
    note = el("p", UNBOUNDED, class_="note") if "?" in whole.striptags() else None
    if swept:
        yield PageSection("objectives", "Objectives", [points.overview([point.document for point in found])])
        yield PageSection("full", "Objectives in full", [whole, note], folded=True)
    else:
        yield PageSection("objectives", "Objectives", [whole, note])


def _ruling(point: PagePoint, one: Document, *, swept: bool) -> tuple[Child, ...]:
    known = point.trials.objectives[one["id"]].ends.known()
    fraction = one["fraction"]
    return (
        name(one["id"]),
        *([name(point.label)] if swept else []),
        verdict(one["verdict"]),
        name(one["asks"], "span"),
        points.met_in(one),
        f"{percent(fraction['low'])} to {percent(fraction['high'])}" if fraction and one["in"] else "-",
        *distribution.summary(known, one["unit"]),
    )


def _outcomes(document: Document, found: Sequence[PagePoint]) -> list[Child]:
    """Return what became of the trials, and why there are not more of them."""
    x = axis.counts(max(1, document["trials"]), most=axis.MOST)
    rows = [_row(point) for point in found]
    legend = chart.legend([(kind, SAID[outcome]) for outcome, kind in OUTCOMES])
    more = document["more_trials"]
    return [
        el("p", stopped(document)),
        el("p", f"What is undecided may be decided by {plural(more, 'trial')}.") if more else None,
        chart.figure(plural(document["trials"], "trial"), legend, chart.lanes(rows, x=x)),
        *_errors(document, found),
    ]


def _row(point: PagePoint) -> chart.Row:
    bars, begin = [], 0
    for outcome, kind in OUTCOMES:
        number = point.trials.verdicts.count(outcome)
        if number:
            bars.append(chart.Bar(begin, begin + number, kind, f"{number:,} {SAID[outcome]}"))
        begin += number
    return chart.Row(points.numbered(point.number, point.label) or "trials", tuple(bars))


def _errors(document: Document, found: Sequence[PagePoint]) -> Iterator[Child]:
    """Yield a table of the trials that broke, with the command that shows each."""
    broken = [(point, one) for point in found for one in point.document["errors"]]
    if not broken:
        return
    rows = [
        (
            f"{one['trial']:,}{f' at {point.label}' if point.label else ''}",
            name(last_line(one["error"]), "span"),
            command(again_of(document, point.number, one["trial"])),
        )
        for point, one in broken[:BROKEN]
    ]
    yield table(
        f"Trials that broke: {plural(len(broken), 'trial')}. No figure counts them.",
        (Column("trial"), Column("what was wrong"), Column("run again, in this folder")),
        rows,
    )
    if len(broken) > BROKEN:
        yield el("p", f"{plural(len(broken) - BROKEN, 'more trial')} broke; trials.parquet has all of them.")


def _distributions(found: Sequence[PagePoint]) -> Iterator[PageSection]:
    """Yield what figures came to in the trials of a study without a sweep."""
    if len(found) > 1:
        return
    (point,) = found
    asked_for = list(_asked_for(point))
    others = list(_not_asked_for(point))
    for ident, title, figures, folded in (
        ("distributions", "Distributions", asked_for, False),
        ("others", "Distributions without an objective", others, True),
    ):
        if figures:
            yield PageSection(ident, title, _drawn(figures), folded=folded)


def _drawn(figures: Sequence[Figure]) -> list[Child]:
    """Return figures that vary as drawings, the others as a table."""
    varied = [figure for figure in figures if distribution.varies(figure)]
    same = [figure for figure in figures if not distribution.varies(figure)]
    parts: list[Child] = []
    if varied:
        seen = {kind for figure in varied for kind in figure.kinds}
        keys = [key for key in distribution.LEGEND if key[0] in seen or key[0].startswith("line")]
        parts += [chart.legend(keys), el("div", *map(distribution.drawn, varied), class_="charts")]
    if same:
        rows = [(name(one.title), distribution.summary(one.ends.known(), one.unit)[2]) for one in same]
        parts.append(table("The same in every trial", (Column("figure"), Column("value", number=True)), rows))
    return parts


def _asked_for(point: PagePoint) -> Iterator[Figure]:
    """Yield what each objective is about, trial by trial."""
    for one in point.document["sla"]:
        judged = point.trials.objectives[one["id"]]
        title = f"{one['id']}: {one['metric']} of {one['of']}"
        yield Figure(title, judged.ends, one["unit"], judged.verdicts, distribution.limit_of(one["must"]))


def _not_asked_for(point: PagePoint) -> Iterator[Figure]:
    """Yield times to recovery and losses that no objective asks for."""
    told = {(METRIC_OF.get(one["metric"]), one["of"]) for one in point.document["sla"] if not one["over"]}
    for (metric, of), ends in point.trials.figures.items():
        if (metric, of) not in told:
            kinds = [
                "s0" if low == high else "undecided" for low, high in zip(ends.lows, ends.highs, strict=True)
            ]
            yield Figure(MEASURED[metric].format(of=of), ends, point.trials.units[metric, of], kinds)


def _worst(document: Document, found: Sequence[PagePoint], folder: Path) -> Iterator[PageSection]:
    """Yield the trials that show best why each objective is not met, or nearly not, and how to see them."""
    rows = [
        row
        for point in found
        for one in point.document["sla"]
        if len(found) == 1 or one["verdict"] != "pass"
        for row in _worst_of(document, point, one, folder)
    ]
    if rows:
        columns = (
            Column("objective"),
            Column("trial", number=True),
            Column("came to", number=True),
            Column("verdict"),
            Column("run again, in this folder"),
        )
        note = "Each command runs one trial by itself and writes its own page beside this folder."
        yield PageSection("worst", "The worst trials", [el("p", note), table("By objective", columns, rows)])


def _worst_of(
    document: Document, point: PagePoint, one: Document, folder: Path
) -> Iterator[tuple[Child, ...]]:
    judged = point.trials.objectives[one["id"]]
    op = parse_predicate(one["must"]).op
    values = judged.ends.lows if op in (">", ">=") else judged.ends.highs
    whole = [trial for trial, what in enumerate(point.trials.verdicts) if what != "error"]
    order = [trial for trial in worst_first(values, op, missed=one["missed"] > 0) if trial in set(whole)]
    alone = len(document["points"]) > 1 or one["verdict"] == "pass"
    for trial in order[: 1 if alone else SHOWN]:
        low, high = float(judged.ends.lows[trial]), float(judged.ends.highs[trial])
        again = el(
            "div", command(again_of(document, point.number, trial)), _link(document, point, trial, folder)
        )
        at = f" at {point.label}" if point.label else ""
        yield (
            name(f"{one['id']}{at}"),
            f"{trial:,}",
            distribution.between(low, high, one["unit"]),
            verdict(judged.verdicts[trial]),
            again,
        )


def again_of(document: Document, number: int, trial: int) -> str:
    """Return the command that runs a trial of a point again, given in the study's folder."""
    return f"sim run scenario-{number}.yaml --seed {document['seed']} --trial {trial} --out ../.."


def _link(document: Document, point: PagePoint, trial: int, folder: Path) -> Child:
    """Return a link to the page of a trial that has been run by itself; None if there is none."""
    run = folder_of(
        Path("../.."), scenario=document["scenario"], digest=point.document["digest"],
        name=run_name(document["seed"], trial),
    )  # fmt: skip
    place = run / "report.html"
    return el("a", "its page", href=place.as_posix()) if (folder / place).is_file() else None


def _provenance(document: Document, found: Sequence[PagePoint]) -> list[Child]:
    until = "" if document["until"] == "trials" else f" --until {document['until']}"
    how = f" --seed {document['seed']} --trials {document['cap']}{until} --out ../.."
    facts = {"seed": count(document["seed"]), "trials": count(document["trials"])}
    if len(found) == 1:
        facts["digest"] = point_digest(found[0])
    commands = [f"sim run scenario-{point.number}.yaml{how}" for point in found]
    return provenance(facts, document["versions"], commands, machine=document["machine"])


def point_digest(point: PagePoint) -> str:
    """Return the beginning of a point's digest."""
    return str(point.document["digest"])[:12]
