"""Options that several commands share."""

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import click

from sim.cli.find import complete
from sim.core.budget import Budget, parse_budget
from sim.core.identity import LIMITS
from sim.core.quantity import QuantityError

_ADDRESS = re.compile(r"[a-z]+://[^\s/:]+:\d{1,5}|[a-z]+://\[[0-9a-fA-F:.%]+\]:\d{1,5}")

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

SEED = click.IntRange(0, LIMITS["seed"])
TRIAL = click.IntRange(0, LIMITS["trials"] - 1)


def _cluster(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no address, and any address where nothing can speak to it, before anything runs."""
    if value is None:
        return None
    if not _ADDRESS.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no scheduler's address; write for example tcp://host:8786")
    if find_spec("distributed") is None:
        raise click.BadParameter("dask is not installed: pip install 'multiregion-sim[dask]'")
    return value


_STUDY = (
    click.option(
        "--trials",
        type=click.IntRange(1, LIMITS["trials"]),
        metavar="N",
        help="Run a study of (at most) N trials.",
    ),
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="J",
        help="Processes to run trials in. Default: as many as there are processors.",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        callback=_cluster,
        help="Run trials on a Dask scheduler, tcp://host:8786.",
    ),
)


def _until(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Refuse what is neither a rule nor a precision, before anything runs."""
    if value in (None, "trials", "decided"):
        return value
    from sim.studies.stopping import precision

    try:
        precision(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return value


def _budget(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> Budget:
    """Read what a run may take, before anything runs."""
    try:
        return parse_budget(texts)
    except QuantityError as error:
        raise click.BadParameter(str(error)) from error


budget = click.option(
    "--budget",
    "budget",
    multiple=True,
    metavar="ROWS|SIZE",
    callback=_budget,
    help="Admit a run of so many rows (1e10), or of so much memory (16GiB). Can be repeated: one of each.",
)
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

own_seed = click.option("--seed", type=SEED, default=None, help="In place of the scenarios' own seeds.")
studies_out = click.option(
    "--out", type=click.Path(file_okay=False), default="reports", show_default=True, help="Where studies go."
)
no_progress = click.option("-q", "--quiet", is_flag=True, default=False, help="No progress.")


def study(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of studies to a command."""
    for option in reversed(_STUDY):
        function = option(function)
    return budget(function)


def where(given: dict[str, Any]) -> str:
    """Return where trials run, as ``sim.studies.executors.crew`` reads it."""
    if given["cluster"]:
        return str(given["cluster"])
    jobs = given["jobs"] or processors()
    return "serial" if jobs == 1 else f"process:{jobs}"


def processors() -> int:
    """Return how many processors this process may use; not every system can tell it from those there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
