"""Floor 1: clock, logs, cursors, pacing kernels and the compiled event loop.

Compiled code is cached per machine, by default in ``~/.cache/multiregion-sim``, because an installed package
may not be writable. The cache's folder is named by the sources it was compiled from: numba itself does not
notice a change in a function that another file calls. The variable must be set before numba is first
imported, which is why it is set here.
"""

import os
from hashlib import sha256
from pathlib import Path


def cache_dir() -> Path:
    """Return the directory in which compiled kernels are kept, ``$SIM_CACHE_DIR`` or one of the user's."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("SIM_CACHE_DIR") or Path(base) / "multiregion-sim") / _sources()


def _sources() -> str:
    """Return a short hash of every file that holds compiled code."""
    package = Path(__file__).parent.parent
    digest = sha256()
    for folder in ("core", "engine", "measure"):
        for path in sorted((package / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_dir()))
