"""``sim compare``: two scenarios on the same draws."""

import shlex
import sys
from typing import TYPE_CHECKING, Any

import click

from sim.cli import find, options
from sim.cli.screen import emit, width

if TYPE_CHECKING:
    from sim.studies.plan import Point
    from sim.studies.study import FinishedStudy
    from sim.studies.tally import PointTally

TRIALS = 50


@click.command(short_help="Run two scenarios on the same draws and show what differs.")
@click.argument("before", shell_complete=find.complete)
@click.argument("after", shell_complete=find.complete, required=False)
@options.study
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Change AFTER (or BEFORE, if it is alone)."
)
@click.option("--seed", type=options.SEED, default=0, show_default=True, help="Which draws to use.")
@options.studies_out
@click.option("--json", "as_json", is_flag=True, default=False, help="Print one JSON document.")
@options.no_progress
def command(before: str, after: str | None, **given: Any) -> int:
    """Run BEFORE and AFTER on the same draws, trial by trial, and show which figures differ and by how much.

    AFTER may be left out: then it is BEFORE with what --set changes. Ends with 3 if a trial broke, else 0.
    """
    from sim.cli.study import drawn
    from sim.outcome import EXIT_CODES
    from sim.report.compare import document, page
    from sim.report.document import written
    from sim.report.page import ReportSection, plain
    from sim.studies.compare import differences

    if after is None and not given["sets"]:
        raise click.UsageError("name a second scenario, or give --set.")
    trials = given["trials"] or TRIALS
    sides = [(before, ()), (after or before, given["sets"])]
    points = [_points(name, sets) for name, sets in sides]  # both, before either is run
    studies = [_studied(found, {**given, "trials": trials, "until": "trials"}) for found in points]
    tallies = [study.findings[0].tally for study in studies]
    ruled = (studies[0].findings[0].rulings, studies[1].findings[0].rulings)
    names: dict[str, Any] = {
        "before": before,
        "after": " ".join([after or before, *given["sets"]]),
        "trials": trials,
        "broken": [_broken(*side, given["seed"]) for side in zip(tallies, sides, strict=True)],
    }
    place = None if given["quiet"] else drawn(*studies)
    found = differences(*tallies)
    told = [ReportSection("Next", (f"Page: {place}",))] if place else []
    emit(
        written(document(found, **names))
        if given["as_json"]
        else plain([*page(found, **names, ruled=ruled), *told], width(sys.stdout))
    )
    return EXIT_CODES["inconclusive"] if any(tally.errors for tally in tallies) else 0


def _points(name: str, sets: tuple[str, ...]) -> "list[Point]":
    from sim.studies.plan import points_of

    return points_of(str(find.scenario(name)), sets=[*sets, "sweep=null"])


def _studied(points: "list[Point]", given: dict[str, Any]) -> "FinishedStudy":
    from sim.cli.study import stopping, studied

    with stopping():
        return studied(points, given)


def _broken(tally: "PointTally", side: tuple[str, tuple[str, ...]], seed: int) -> str:
    """Say how many trials of a design broke, and how to see the first; "" if none did."""
    if not tally.errors:
        return ""
    name, sets = side
    words = ["sim", "run", name, *(word for text in sets for word in ("--set", text))]
    first = ["--seed", str(seed), "--trial", str(tally.errors[0][0])]
    return f"{tally.broke}, the first: {shlex.join([*words, *first])}"
