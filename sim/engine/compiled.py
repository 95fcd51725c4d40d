"""How kernels are compiled.

What allocates nothing is compiled without numba's reference counting: counting the circle's thirty arrays
at each call made a record cost 5 us instead of a tenth of one. Division follows IEEE and C (no check for
zero: the spec has checked). What only compiled code calls gets no wrapper for Python: unpacking thirty arrays
made up half of the time that compilation takes. A plain number that is passed to a function has that function
compiled for this very number; one made by ``typed`` does not.
"""

from collections.abc import Sequence

import numpy as np
from numba import njit

_PLAIN = {"cache": True, "_nrt": False, "error_model": "numpy"}
_UNSEEN = {**_PLAIN, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

compiled = njit(**_PLAIN)
inner = njit(**_UNSEEN)
inlined = njit(**_UNSEEN, forceinline=True)
# A part of one other function, merged into it before types are known: so LLVM need not see it twice.
merged = njit(**_UNSEEN, inline="always")
# Draws: inlined, and called from Python too.
drawn = njit(**_PLAIN, forceinline=True)
# Rare and large: never inlined. That it is compiled for debugging is what keeps LLVM from inlining it.
outlined = njit(**_UNSEEN, debug=True, boundscheck=False, _dbg_optnone=False, _dbg_extend_lifetimes=False)
allocating = njit(cache=True)


def typed(*numbers: int) -> Sequence[np.int64]:
    """Return numbers as constants of compiled code that are int64 there, and no type of their own."""
    return tuple(np.int64(number) for number in numbers)
