"""What a process that is all ours may do to itself: numba without linear algebra, memory given back."""

import ctypes
import platform
import sys
from importlib import import_module

_M_MMAP_THRESHOLD = -3  # of mallopt(3)
_APART_BYTES = 4 * 2**20  # what a slice of the journal is made of is smaller, and needed again at once


def give_back_memory() -> None:
    """Have arrays of 4 MiB and more give their memory back when they are dropped.

    glibc raises that bound as it sees large arrays go, and then keeps holes in its heap: a tenth of the
    memory of the large drill. Does nothing with another C library.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _APART_BYTES)


def load_numba() -> None:
    """Import numba without its search for a BLAS, which imports scipy.linalg and takes a fifth of a second.

    No kernel here multiplies matrices. Whoever compiles ``numpy.dot`` with numba later in the same process
    gets an error, so only the command line calls this. Does nothing where either is there already.
    """
    if "numba" in sys.modules or "scipy" in sys.modules:
        return
    sys.modules["scipy"] = None  # type: ignore[assignment] # how Python says that a module is not to be had
    try:
        import_module("numba.np.arraymath")
    finally:
        del sys.modules["scipy"]
