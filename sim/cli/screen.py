"""Where output goes, and whether it may be coloured or move."""

import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from sim.report.page import Section

WIDTH_MAX = 100


def colours(stream: TextIO, flag: bool | None) -> bool:
    """Return whether ``stream`` takes colour.

    The flag decides; else NO_COLOR; else FORCE_COLOR or TTY_COMPATIBLE; else whether it is a terminal.
    """
    if flag is not None:
        return flag
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    compatible = os.environ.get("TTY_COMPATIBLE")
    if compatible in ("0", "1"):
        return compatible == "1"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def moves(stream: TextIO) -> bool:
    """Return whether a progress bar may be drawn on ``stream``: a terminal with somebody before it."""
    interactive = os.environ.get("TTY_INTERACTIVE")
    if interactive in ("0", "1"):
        return interactive == "1"
    return (
        stream.isatty()
        and os.environ.get("TERM") != "dumb"
        and os.environ.get("CI", "").lower() not in ("1", "true")
    )


def width(stream: TextIO) -> int:
    """Return how many characters a line may have: the terminal's, at most ``WIDTH_MAX``."""
    return min(WIDTH_MAX, shutil.get_terminal_size((WIDTH_MAX, 24)).columns) if stream.isatty() else WIDTH_MAX


def rendered(sections: "list[Section]", flag: bool | None) -> str:
    """Return a page for stdout, as wide and as colourful as that takes it."""
    if colours(sys.stdout, flag):
        from sim.report.colour import coloured

        return coloured(sections, width(sys.stdout))
    from sim.report.page import plain

    return plain(sections, width(sys.stdout))


def emit(text: str) -> None:
    """Write a result to stdout. A reader who has gone (``| head``) does not change how the run ended."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What Python would still flush at exit has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def warn(text: str) -> None:
    """Write a line for people to stderr."""
    click.echo(text, err=True)
