"""Floor 1: clock, logs, cursors, pacing kernels and the compiled event loop.

The compiled code is cached per machine: numba writes it to ``$SIM_CACHE_DIR`` or, by default, to ``~/.cache/multiregion-sim``, because an
installed package may not be writable. The variable must be set before numba is first imported, which is why it is set here.
"""

import os
from pathlib import Path


def cache_dir() -> Path:
    """Return the directory in which compiled kernels are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("SIM_CACHE_DIR") or Path(base) / "multiregion-sim")


os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir()))
