"""``sim validate``: check scenarios and say what their faults will hit, without running them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import find, options
from sim.cli.screen import emit, warn_lines
from sim.core.errors import SpecError
from sim.core.inert import inert

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario


@click.command(short_help="Check scenarios and show what their faults will hit.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=find.complete)
@options.overlays
@options.sets
def command(paths: tuple[str, ...], overlays: tuple[str, ...], sets: tuple[str, ...]) -> int:
    """Check scenarios: files, folders of them, or names of scenarios and folders that come with sim.

    Prints what each fault will hit. Overlays and settings change each scenario, as in `sim run`. Ends with 2
    if any scenario has an error, after checking all.
    """
    found = [file for path in paths for file in find.scenarios(path)]
    bad = sum(not _valid(file, overlays, sets) for file in found)
    if len(found) > 1:
        emit(f"{len(found)} scenarios, {bad or 'none'} with errors\n")
    return 2 if bad else 0


def _valid(path: Path, overlays: tuple[str, ...], sets: tuple[str, ...]) -> bool:
    """Check one scenario and print its blast radius; errors go to stderr."""
    from sim.spec.cautions import cautions
    from sim.spec.resolve import blast_radius, digest, load, resolve
    from sim.spec.store.coverage import notes, warnings

    try:
        resolved = resolve(load(str(path), overlays=overlays, sets=sets))
        hits = blast_radius(resolved)
    except SpecError as error:
        warn_lines(str(error))
        return False
    lines = [f"{path}: ok ({resolved.name}, digest {digest(resolved)[:12]})"]
    for fault, targets in hits.items():
        lines += [f"  fault {fault} hits", *(f"    {target}" for target in targets)]
    lines += [f"  {line}" for line in (*notes(resolved), *warnings(resolved), *cautions(resolved))]
    lines += _effort(resolved)
    emit("\n".join(map(inert, lines)) + "\n")
    return True


def _effort(resolved: "Scenario") -> Iterator[str]:
    """Say how many trials can decide each objective, and how long the scenario's own study takes."""
    from sim.estimate.admission import words
    from sim.estimate.estimate import estimate
    from sim.report.quantities import duration, percent, plural
    from sim.stats.binomial import trials_to_pass

    found = estimate(resolved)
    each_s = found.trial_s
    yield f"  its run: about {words(found)}"
    for name, objective in resolved.sla.items():
        if objective.in_ is None:
            yield f"  objective {name}: about every trial of a study; one can decide it"
        elif trials := trials_to_pass(objective.in_):
            time, share = duration(trials * each_s), percent(objective.in_)
            yield f"  objective {name}: {plural(trials, 'trial')} without a miss show {share}, about {time}"
    yield f"  its study: {_study(resolved, each_s)}, on one core"


def _study(resolved: "Scenario", each_s: float) -> str:
    """Say what the scenario's own study runs."""
    from sim.report.quantities import duration, plural
    from sim.studies.stopping import plan

    rules = resolved.study
    if rules is None:
        return f"one trial, about {duration(each_s)}"
    first = next(plan(rules.until, [resolved.sla], cap=rules.trials)).n
    most = f"{plural(rules.trials, 'trial')}, about {duration(rules.trials * each_s)}"
    if first == rules.trials:
        return most
    return f"first look after {plural(first, 'trial')}, about {duration(first * each_s)}; at most {most}"
