"""How kernels are compiled.

What allocates nothing is compiled without numba's reference counting: counting the circle's thirty arrays
at each call made a record cost 5 us instead of a tenth of one. Division follows IEEE and C (no check for
zero: the spec has checked). What only compiled code calls gets no wrapper for Python: unpacking thirty arrays
made up half of the time that compilation takes. A plain number that is passed to a function has that function
compiled for this very number; one made by ``typed`` does not. What was compiled is kept (``kept``).
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numba import njit
from numba.core.dispatcher import Dispatcher

from sim.engine.kept import Kept


def _kernel(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a decorator that compiles a function, and keeps it."""

    def decorate(function: Callable[..., Any]) -> Any:
        kernel = njit(**options)(function)
        if isinstance(kernel, Dispatcher):  # not where numba is told to compile nothing
            kernel._cache = Kept(function)  # type: ignore[attr-defined]
        return kernel

    return decorate


_PLAIN = {"_nrt": False, "error_model": "numpy"}
_UNSEEN = {**_PLAIN, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

compiled = _kernel(**_PLAIN)
inner = _kernel(**_UNSEEN)
inlined = _kernel(**_UNSEEN, forceinline=True)
# A part of one other function, merged into it before types are known: so LLVM need not see it twice.
merged = _kernel(**_UNSEEN, inline="always")
# Draws: inlined, and called from Python too.
drawn = _kernel(**_PLAIN, forceinline=True)
# Rare and large: never inlined. That it is compiled for debugging is what keeps LLVM from inlining it.
outlined = _kernel(**_UNSEEN, debug=True, boundscheck=False, _dbg_optnone=False, _dbg_extend_lifetimes=False)
allocating = _kernel()


def typed(*numbers: int) -> Sequence[np.int64]:
    """Return numbers as constants of compiled code that are int64 there, and no type of their own."""
    return tuple(np.int64(number) for number in numbers)
