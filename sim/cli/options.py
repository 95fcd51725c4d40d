"""Options that several commands share."""

import os
from collections.abc import Callable
from typing import Any

import click

from sim.cli.find import complete

scenario = click.argument("scenario", shell_complete=complete)
overlays = click.option(
    "-f",
    "--overlay",
    "overlays",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False),
    help="Merge this file over the scenario. Can be repeated; later ones win.",
)
sets = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="KEY=VALUE",
    help="Set one value, as in --set faults.power.at=45m. Can be repeated.",
)

_STUDY = (
    click.option(
        "--trials", type=click.IntRange(min=1), metavar="N", help="Run a study of (at most) N trials."
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="J",
        help="Processes to run trials in. Default: as many as there are processors.",
    ),
    click.option("--cluster", metavar="ADDRESS", help="Run trials on a Dask scheduler, tcp://host:8786."),
)


def _until(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Refuse what is neither a rule nor a precision, before anything runs."""
    if value in (None, "trials", "decided"):
        return value
    from sim.study.stopping import precision

    try:
        precision(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return value


until = click.option(
    "--until",
    metavar="WHEN",
    callback=_until,
    help="Stop a study early: decided (every objective is), or a precision such as 5%.",
)
sweeps = click.option(
    "--sweep",
    "sweeps",
    multiple=True,
    metavar="KEY=V1,V2",
    help="Run the study at each of these values. Can be repeated: every combination.",
)

own_seed = click.option(
    "--seed", type=click.IntRange(min=0), default=None, help="In place of the scenarios' own seeds."
)
studies_out = click.option(
    "--out", type=click.Path(file_okay=False), default="reports", show_default=True, help="Where studies go."
)
no_progress = click.option("-q", "--quiet", is_flag=True, default=False, help="No progress.")


def study(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of studies to a command."""
    for option in reversed(_STUDY):
        function = option(function)
    return function


def where(given: dict[str, Any]) -> str:
    """Return where trials run, as ``sim.study.executors.crew`` reads it."""
    if given["cluster"]:
        return str(given["cluster"])
    jobs = given["jobs"] or processors()
    return "serial" if jobs == 1 else f"process:{jobs}"


def processors() -> int:
    """Return how many processors this process may use; not every system can tell it from those there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
