"""How kernels are compiled.

What allocates nothing is compiled without numba's reference counting: counting the circle's thirty arrays
at each call made a record cost 5 us instead of a tenth of one. Division follows IEEE and C (no check for
zero: the spec has checked). What only compiled code calls gets no wrapper for Python: unpacking thirty arrays
made up half of the time that compilation takes.
"""

from numba import njit

compiled = njit(cache=True, _nrt=False, error_model="numpy")
inner = njit(cache=True, _nrt=False, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
inlined = njit(
    cache=True,
    _nrt=False,
    error_model="numpy",
    forceinline=True,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
# Draws: inlined, and called from Python too.
drawn = njit(cache=True, _nrt=False, error_model="numpy", forceinline=True)
# Rare and large: never inlined. That it is compiled for debugging is what keeps LLVM from inlining it.
outlined = njit(
    cache=True,
    _nrt=False,
    error_model="numpy",
    debug=True,
    boundscheck=False,
    _dbg_optnone=False,
    _dbg_extend_lifetimes=False,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
allocating = njit(cache=True)
