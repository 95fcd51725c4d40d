"""``sim compare``: two scenarios on the same draws."""

import sys
from typing import Any

import click

from sim.cli import find, options
from sim.cli.screen import emit, width

TRIALS = 50


@click.command(short_help="Run two scenarios on the same draws and show what differs.")
@click.argument("before", shell_complete=find.complete)
@click.argument("after", shell_complete=find.complete, required=False)
@options.study
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Change AFTER (or BEFORE, if it is alone)."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Which draws to use.")
@options.studies_out
@click.option("--json", "as_json", is_flag=True, default=False, help="Print one JSON document.")
@options.no_progress
def command(before: str, after: str | None, **given: Any) -> int:
    """Run BEFORE and AFTER on the same draws, trial by trial, and show which figures differ and by how much.

    AFTER may be left out: then it is BEFORE with what --set changes.
    """
    from sim.report.compare import document, page
    from sim.report.document import written
    from sim.report.page import plain
    from sim.study.compare import differences

    if after is None and not given["sets"]:
        raise click.UsageError("name a second scenario, or give --set.")
    trials = given["trials"] or TRIALS
    tallies = [
        _tally(name, sets, {**given, "trials": trials, "until": "trials"})
        for name, sets in ((before, ()), (after or before, given["sets"]))
    ]
    found = differences(*tallies)
    changed = " ".join([after or before, *given["sets"]])
    names: dict[str, Any] = {"before": before, "after": changed, "trials": trials}
    emit(
        written(document(found, **names))
        if given["as_json"]
        else plain(page(found, **names), width(sys.stdout))
    )
    return 0


def _tally(name: str, sets: tuple[str, ...], given: dict[str, Any]) -> Any:
    from sim.cli.study import stopping, studied
    from sim.study.plan import points_of

    found = points_of(str(find.scenario(name)), sets=[*sets, "sweep=null"])
    with stopping():
        return studied(found, given).findings[0].tally
