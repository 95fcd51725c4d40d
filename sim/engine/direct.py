"""Kernels called without a look at the types of what they are given."""

from collections.abc import Callable
from typing import Any

from numba import typeof
from numba.core.dispatcher import Dispatcher


def direct(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return a kernel for arguments of the same types as these: numba finds them out at each call.

    That takes 4 us and more where named tuples are among them, ten times of what reading the arguments takes.
    """
    if not isinstance(kernel, Dispatcher):  # numba is told to compile nothing
        return kernel
    return kernel.compile(tuple(typeof(argument) for argument in arguments))
