"""The command ``sim``: its commands, and how each way of ending becomes an exit code."""

import errno
import gc
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from io import StringIO

import click

from sim.cli.interrupt import INTERRUPTED, interrupted
from sim.cli.screen import prepare_streams, warn, warn_lines
from sim.core.errors import LimitReached, SpecError
from sim.core.inert import inert

INPUT, UNDECIDED, BUG = 2, 3, 70
STUDIES = ("check", "compare", "baseline")
COMMANDS = ("run", "explain", "report", *STUDIES, "validate", "resolve", "faults", "schema", "init")
# What a machine refuses is no bug of ours: room, permission, a lock, a folder where something else is.
REFUSED = (
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR,
    errno.EEXIST, errno.EISDIR, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE,
    errno.ENFILE, errno.ESTALE,
)  # fmt: skip

EPILOG = """\b
Exit codes
  0    every objective was met
  1    an objective was missed
  2    bad input or usage
  3    undecided: the run could not tell
  70   a bug in sim
  130  interrupted
"""


class Commands(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"sim.cli.{cmd_name}").command
        return command


def _version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:
    """Print the version of the installed distribution, and end."""
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"sim {version('multiregion-sim')}")
    except PackageNotFoundError:
        click.echo("sim, run from its source without being installed")
    ctx.exit()


@click.group(
    cls=Commands,
    name="sim",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def group() -> None:
    """A flight simulator for multi-region data platforms.

    Break a region, a link or a database in a model of your platform, and read how long it took to
    recover, why, and which acknowledged transactions are gone.
    """


def main(arguments: Sequence[str]) -> int:
    """Run the command with ``arguments`` and return its exit code; says on stderr what went wrong."""
    said: dict[str, int] = {}
    try:
        ended = group.main(list(arguments), prog_name="sim", standalone_mode=False, obj=said)
    except SpecError as error:
        warn_lines(str(error))
        return INPUT
    except LimitReached as limit:
        warn(f"sim: undecided: the run did not come to its end, as {limit}")
        return UNDECIDED
    except click.Abort:
        warn("sim: interrupted")
        return INTERRUPTED
    except click.ClickException as error:
        warn_lines(_shown(error))
        return error.exit_code if error.exit_code == UNDECIDED else INPUT
    except SystemExit as error:
        # Completion ends so; and click, if whoever read its help has gone.
        gone = type(sys.stdout).__name__ == "PacifyFlushWrapper"
        return 0 if gone else int(error.code or 0)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _unforeseen(error, arguments, said.get("seed"))
    return ended if isinstance(ended, int) else 0


def run(arguments: Sequence[str]) -> int:
    """Run the command with ``arguments`` in a process that is all ours, and return its exit code.

    Until a trial begins nothing is collected: importing makes many objects and hardly any garbage.
    """
    gc.disable()
    prepare_streams()
    return main(arguments)


def _unforeseen(error: Exception, arguments: Sequence[str], seed: int | None) -> int:
    """Tell what nobody has provided for: an interrupt that became something else, a machine's no, our bug."""
    if interrupted():
        warn("sim: interrupted")
        return INTERRUPTED
    if isinstance(error, OSError) and error.errno in REFUSED:
        place = f": {os.fsdecode(error.filename)}" if error.filename else ""
        warn(f"sim: {error.strerror}{place}")
        return INPUT
    return _confess(arguments, seed)


def _shown(error: click.ClickException) -> str:
    """Return how click shows an error, with its message in one line."""
    out, message = StringIO(), error.format_message()
    error.show(file=out)
    return out.getvalue().rstrip("\n").replace(message, inert(message))


def _confess(arguments: Sequence[str], seed: int | None) -> int:
    """Show a bug of ours with what is needed to see it again."""
    again = ["sim", *arguments]
    if seed is not None and "--seed" not in arguments and not any(a.startswith("--seed=") for a in arguments):
        again += ["--seed", str(seed)]
    warn_lines(traceback.format_exc())
    warn("This is a bug in sim, not in your scenario. Please report it with the lines above.")
    if seed is not None:
        warn(f"seed: {seed}")
    warn(f"to see it again: {shlex.join(again)}")
    return BUG
