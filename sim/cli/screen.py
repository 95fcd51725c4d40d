"""Where output goes, and whether it may be coloured or move."""

import codecs
import json
import os
import shutil
import sys
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, TextIO

import click

from sim.core.inert import inert, inert_lines

if TYPE_CHECKING:
    from sim.report.page import ReportSection

WIDTH_MIN, WIDTH_MAX = 40, 100


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
    """Return how many cells a line may have: as COLUMNS says, or the terminal; at most ``WIDTH_MAX``."""
    asked = os.environ.get("COLUMNS", "")
    if not stream.isatty() and not asked.isdecimal():
        return WIDTH_MAX
    return max(WIDTH_MIN, min(WIDTH_MAX, shutil.get_terminal_size((WIDTH_MAX, 24)).columns))


def rendered(sections: "list[ReportSection]", flag: bool | None) -> str:
    """Return a page for stdout, as wide and as colourful as that takes it."""
    if colours(sys.stdout, flag):
        from sim.report.colour import coloured

        return coloured(sections, width(sys.stdout))
    from sim.report.page import plain

    return plain(sections, width(sys.stdout))


def emit(text: str, *, coloured: bool = False) -> None:
    """Write a result to stdout. A reader who has gone (``| head``) does not change how the run ended.

    No control character leaves here but line feeds, and the colours of a ``coloured`` page, whose texts are
    inert themselves.
    """
    try:
        sys.stdout.write(text if coloured else inert_lines(text))
        sys.stdout.flush()
    except OSError as error:
        # What Python would still flush at exit has nowhere to go either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise click.ClickException(f"the result cannot be written: {error.strerror}") from error


def warn(text: str) -> None:
    """Write one line for people to stderr, if anybody is there to read it."""
    warn_lines(inert(text))


def warn_lines(text: str) -> None:
    """Write a text of several lines, each of which is one line whatever it quotes, to stderr."""
    with suppress(OSError):
        click.echo(inert_lines(text), err=True)


@cache
def tell_of_kernels() -> None:
    """Say on stderr, once, that kernels will be compiled, if they are not there."""
    from sim.engine import about_kernels

    if about := about_kernels():
        warn(about)


def prepare_streams() -> None:
    """Make the streams of this process take any text, even if they are closed or lack its letters.

    A descriptor that is closed would be that of the next file to be opened.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    codecs.register_error("sim.escaped", _escaped)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="sim.escaped")  # type: ignore[union-attr] # text streams, all of them


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks as JSON would, so that a document stays one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
