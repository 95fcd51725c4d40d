"""Numba without linear algebra, for a process that is all ours."""

import sys
from importlib import import_module


def load_numba() -> None:
    """Import numba without its search for a BLAS, which imports scipy.linalg and takes a fifth of a second.

    No kernel here multiplies matrices. Whoever compiles ``numpy.dot`` with numba later in the same process
    gets an error, so only the command line calls this. Does nothing where either is there already.
    """
    if "numba" in sys.modules or "scipy" in sys.modules:
        return
    import sim.engine  # noqa: F401  (says where compiled code is kept, before numba is imported)

    sys.modules["scipy"] = None  # type: ignore[assignment] # how Python says that a module is not to be had
    try:
        import_module("numba.np.arraymath")
    finally:
        del sys.modules["scipy"]
