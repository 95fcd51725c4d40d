"""Floor 1: clock, logs, cursors, pacing kernels and the compiled event loop.

Compiled code is cached per machine, by default in ``~/.cache/multiregion-sim``, because an installed package
may not be writable. The cache's folder is named by the sources it was compiled from: numba itself does not
notice a change in a function that another file calls. The variable must be set before numba is first
imported, which is why it is set here.
"""

import atexit
import errno
import os
import shutil
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp


def cache_dir() -> Path:
    """Return the directory in which compiled kernels are kept, ``$SIM_CACHE_DIR`` or one of the user's."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # "~" itself without a home
    return Path(os.environ.get("SIM_CACHE_DIR") or Path(base) / "multiregion-sim") / _sources()


def _sources() -> str:
    """Return a short hash of every file that holds compiled code."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for folder in ("core", "engine", "measure"):
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _kept(wanted: str) -> tuple[str, str]:
    """Return where compiled code is kept, and why not where it was wanted, "" if it is there.

    Where it cannot be written, numba would put it beside the sources, under names that tell no version of
    them from another, or give up. So then it is in a folder that ends with this process.
    """
    if wanted.startswith("~"):
        return _passing(), "there is no home folder"
    try:
        os.makedirs(wanted, exist_ok=True)
    except OSError as error:
        return _passing(), f"{wanted}: {error.strerror}"
    if not os.access(wanted, os.W_OK | os.X_OK):
        return _passing(), f"{wanted} cannot be written to"
    return wanted, ""


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
    cache = Path(os.environ["NUMBA_CACHE_DIR"])
    if any(cache.rglob("loop.advance*.nbi")):
        return ""
    return f"compiling the kernels, once on this machine, into {cache} (up to a minute)"


# ``NOT_KEPT``: why compiled code is not kept for the next process, "" if it is.
os.environ["NUMBA_CACHE_DIR"], NOT_KEPT = _kept(os.environ.get("NUMBA_CACHE_DIR") or str(cache_dir()))
