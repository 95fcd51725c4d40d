"""How kernels are compiled.

What allocates nothing is compiled without numba's reference counting: counting the circle's thirty arrays at
each call made a record cost 5 us instead of a tenth of one. Division follows IEEE and C (no check for zero:
the spec has checked).
"""

from numba import njit

compiled = njit(cache=True, _nrt=False, error_model="numpy")
inlined = njit(cache=True, _nrt=False, error_model="numpy", forceinline=True)
allocating = njit(cache=True)
