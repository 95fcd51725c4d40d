"""Ctrl-C: it ends the command with 130, whatever the command is doing at that moment."""

import atexit
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import FrameType
from typing import NoReturn

INTERRUPTED = 130
GRACE_S = 2.0  # for the command to end by itself: an import may swallow an interrupt, a compiler never looks

_over = Event()
_asked: list[int] = []  # signals that have come


def guarded(command: Callable[[], int]) -> int:
    """Run the command of a process that is all ours, and return its exit code.

    Ctrl-C is a KeyboardInterrupt, and the end of the process soon after if nothing comes of that. It has no
    effect on what follows this: Python tidying up.
    """
    code = INTERRUPTED
    try:
        _begin()
        code = command()
    except KeyboardInterrupt:
        _tell()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _over.set()
    if _asked:
        _leave()
    return code


def interrupted() -> bool:
    """Return whether somebody has pressed Ctrl-C."""
    return bool(_asked)


def _leave() -> NoReturn:
    """End the process with 130. Python would end by the signal if ``exec`` of a text was interrupted."""
    with suppress(OSError):
        atexit._run_exitfuncs()
        sys.stdout.flush()
    os._exit(INTERRUPTED)


def _begin() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background of a shell's script
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGINT, _interrupt)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    sys.unraisablehook = _unraisable
    Thread(target=_watch, args=(reader,), daemon=True).start()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    _asked.append(number)
    raise KeyboardInterrupt


def _watch(reader: int) -> None:
    """Wait for the first signal; end the process if the interrupt that it raised does not."""
    os.read(reader, 1)
    if _over.wait(GRACE_S):
        return
    _tell()
    os._exit(INTERRUPTED)


def _tell() -> None:
    with suppress(OSError):
        shown = b"\x1b[?25h" if os.isatty(2) else b""  # a progress bar hides the cursor
        os.write(2, shown + b"\nsim: interrupted\n")


def _unraisable(found: "sys.UnraisableHookArgs") -> None:
    """Say nothing of an interrupt that came where Python cannot pass it on."""
    if found.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(found)
