"""Floor 1: clock, logs, cursors, pacing kernels and the compiled event loop.

Compiled code is kept per machine, by default in ``~/.cache/multiregion-sim``, because an installed package
may not be writable.
"""

import atexit
import errno
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from sim.engine.sources import digest

_LOOP = "sim.engine.circle.loop"


def cache_dir() -> str:
    """Return where compiled kernels shall be kept: $SIM_CACHE_DIR, $NUMBA_CACHE_DIR or the user's caches."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # "~" itself without a home
    named = os.environ.get("SIM_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    return named or os.path.join(base, "multiregion-sim")


def _kept(wanted: str) -> tuple[str, str]:
    """Return where compiled code is kept, and why not where it was wanted, "" if it is there.

    Where it cannot be, it is in a folder that ends with this process.
    """
    if wanted.startswith("~"):
        return _passing(), "there is no home folder"
    try:
        os.makedirs(wanted, exist_ok=True)
    except OSError as error:
        return _passing(), f"{wanted}: {error.strerror}"
    if not os.access(wanted, os.W_OK | os.X_OK) and not _compiled(wanted):
        return _passing(), f"{wanted} cannot be written to"
    return wanted, ""


def _compiled(folder: str) -> bool:
    """Return whether there are kernels of this version in a folder."""
    return any(Path(folder).glob(f"{_LOOP}.advance-{digest(_LOOP)}-*.kernel"))


def _passing() -> str:
    try:
        folder = mkdtemp(prefix="multiregion-sim-")
    except OSError as error:
        raise PermissionError(errno.EACCES, f"compiled kernels can be kept nowhere ({error})") from error
    owner = os.getpid()  # workers use it too, and go before
    atexit.register(lambda: shutil.rmtree(folder, ignore_errors=True) if os.getpid() == owner else None)
    return folder


def about_kernels() -> str:
    """Say that kernels will be compiled, "" if they are there: it takes long, the first time on a machine.

    Or every time, where they cannot be kept.
    """
    if NOT_KEPT:
        return (
            f"compiled kernels cannot be kept ({NOT_KEPT}): each run compiles them, up to a minute; "
            "SIM_CACHE_DIR names another folder"
        )
    if _compiled(KERNELS):
        return ""
    return f"compiling the kernels, once on this machine, into {KERNELS} (up to a minute)"


# ``KERNELS``: the folder, for the processes that this one starts as well. ``NOT_KEPT``: why what is compiled
# is not kept for later ones, "" if it is.
KERNELS, NOT_KEPT = _kept(cache_dir())
os.environ["SIM_CACHE_DIR"] = KERNELS
