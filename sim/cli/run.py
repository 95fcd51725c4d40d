"""``sim run``: simulate a scenario once and print what came out."""

import gc
import json
import shlex
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from sim.cli import find, options, outputs
from sim.cli.admit import admit
from sim.cli.screen import colours, emit, moves, rendered, tell_of_kernels, warn, width
from sim.core.inert import inert

if TYPE_CHECKING:
    from sim.outcome import Outcome, Unfinished
    from sim.spec.scenario import Scenario


@click.command(short_help="Simulate a scenario once and print what came out.")
@options.scenario
@options.overlays
@options.sets
@click.option("--seed", type=options.SEED, default=0, show_default=True, help="Which draws to use.")
@click.option(
    "--trial",
    type=options.TRIAL,
    default=0,
    show_default=True,
    help="Which trial of a study to rerun.",
)
@options.study
@options.until
@options.sweeps
@click.option(
    "--control", is_flag=True, default=False, help="Also run without the faults, and show the differences."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False),
    default="reports",
    show_default=True,
    help="Where run folders go.",
)
@click.option(
    "--keep-journal", is_flag=True, default=False, help="Also keep every operation and commit, as Parquet."
)
@click.option(
    "--json", "as_json", is_flag=True, default=False, help="Print one JSON document instead of the page."
)
@click.option("--full", is_flag=True, default=False, help="Print every table, not one screen.")
@click.option("-q", "--quiet", is_flag=True, default=False, help="Print the verdict alone, and no progress.")
@click.option(
    "--color/--no-color", "colour", default=None, help="Colour, or none, whatever the terminal says."
)
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> int:
    """Simulate SCENARIO once: a file, or the name of a scenario that comes with sim.

    Prints one screen: the objectives, how long recovery took and where the time went, what was lost and
    why; with --full also what happened, every stage and what readers saw. The exit code is the verdict.
    Everything is also written to a folder of its own under --out.

    With --trials, --until or --sweep it is a study: many trials, each with its own draws, and figures with
    intervals. A study that was interrupted goes on where it was when the same command is given again.
    """
    if given["trials"] is not None or given["until"] is not None or given["sweeps"]:
        from sim.cli.study import run_study

        return run_study(ctx, given)
    from sim.outcome import Unfinished
    from sim.report.folder import appearing, fill, folder_of, run_name
    from sim.spec import inputs
    from sim.spec.resolve import digest, load, resolve

    ctx.obj["seed"] = given["seed"]
    path = str(find.scenario(given["scenario"]))
    resolved = resolve(load(path, overlays=given["overlays"], sets=given["sets"]))
    told(resolved)
    admit(resolved, given, path)
    name = run_name(given["seed"], given["trial"])
    out = Path(given["out"])
    target = outputs.folder(folder_of(out, scenario=resolved.name, digest=digest(resolved), name=name))
    try:
        with appearing(target) as partial:
            places, notes = inputs.kept(resolved)
            inputs.copy(places, partial)
            outcome = _simulate(resolved, given, partial)
            text = inputs.written(resolved, places, notes)
            fill(partial, outcome, resolved=text, trial=given["trial"])
            if not given["quiet"]:
                _page(partial)
    except Unfinished as ended:
        return _unfinished(ended, given, target)
    for note in notes:
        warn(f"warning: {note}")
    emit(_result(outcome, given, target), coloured=colours(sys.stdout, given["colour"]))
    return outcome.exit_code


def told(*resolved: "Scenario") -> None:
    """Warn, once, of what recorded loads leave out, before time is spent."""
    from sim.spec.store.coverage import warnings

    for line in dict.fromkeys(line for scenario in resolved for line in warnings(scenario)):
        warn(line)


def _simulate(resolved: Any, given: dict[str, Any], partial: Path) -> "Outcome":
    """Run the trial under a progress bar."""
    from sim.engine.lean import give_back_memory, load_numba

    tell_of_kernels()
    give_back_memory()
    load_numba()
    from sim.report.progress import bar
    from sim.trial import run

    gc.freeze()
    gc.enable()
    seen = moves(sys.stderr) and not given["quiet"]
    journal = partial / "journal" if given["keep_journal"] else None
    with bar(sys.stderr, perf_counter, colour=colours(sys.stderr, given["colour"])) as shown:
        return run(
            resolved,
            seed=given["seed"],
            trial=given["trial"],
            control=given["control"],
            progress=shown.show if seen else None,
            journal_dir=journal,
            record=not given["quiet"],
            budget=given["budget"],
            missing=True,
        )


def _page(folder: Path) -> None:
    """Write the page of a run into its folder."""
    from sim.report.html.run.page import PAGE, of_run
    from sim.report.opened import RUN, Opened

    document = json.loads((folder / RUN).read_text(encoding="utf-8"))
    (folder / PAGE).write_text(of_run(Opened(folder, "run", document)), encoding="utf-8")


def _unfinished(ended: "Unfinished", given: dict[str, Any], target: Path) -> int:
    """Keep and print what is known of a run that its guard has ended; return the exit code."""
    from sim.report import unfinished
    from sim.report.document import written

    kept = unfinished.keep(target, ended)
    if given["as_json"]:
        emit(written(unfinished.document(ended)))
    elif given["quiet"]:
        emit(unfinished.headline(ended) + "\n")
    else:
        page = rendered(unfinished.page(ended, folder=str(kept)), given["colour"])
        emit(page, coloured=colours(sys.stdout, given["colour"]))
    return unfinished.EXIT_CODE


def _result(outcome: "Outcome", given: dict[str, Any], target: Path) -> str:
    """Return what goes to stdout."""
    if given["as_json"]:
        from sim.report.document import document, written

        return written(document(outcome))
    from sim.report.brief import brief
    from sim.report.terminal import measure_of, page, reviewed

    review = reviewed(outcome, source=source_of(given), folder=str(target))
    if given["quiet"]:
        return inert(review.headline) + "\n"
    if given["full"]:
        return rendered(page(outcome, review, places=_places(target)), given["colour"])
    places = _places(target, "(--full prints all of it)")
    seen = brief(review, width=width(sys.stdout), measure=measure_of(outcome), places=places)
    return rendered(seen, given["colour"])


def _places(target: Path, more: str = "") -> list[str]:
    """Return where a run can be read: its page, if it has one, else its folder."""
    from sim.report.html.run.page import PAGE

    page = target / PAGE
    return [f"Page: {shlex.quote(str(page if page.is_file() else target))} {more}".rstrip()]


def source_of(given: dict[str, Any]) -> str:
    """Return the scenario and the options that change it, as the user would type them again."""
    words = [given["scenario"]]
    words += [word for overlay in given["overlays"] for word in ("-f", overlay)]
    words += [word for value in given["sets"] for word in ("--set", value)]
    return shlex.join(words)
