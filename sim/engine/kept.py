"""Compiled kernels as files: one for each kernel, its argument types and what it was compiled from.

numba's own cache looks at the file that a kernel is in and at no other, and keeps one version of it under a
name that others have too; reading what an older version of this package left behind raises, or crashes.
Here the name of a file says all that its content depends on. So versions, processes and processors never
meet in one file, and a file that is not whole is compiled anew.
"""

import os
import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import numba
import numpy as np
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.types import BaseTuple, Type  # type: ignore[attr-defined] # numba has no types

from sim.engine import KERNELS
from sim.engine.sources import digest

FILES_MAX = 2000  # of some versions; those least recently used are dropped
_VERSIONS = (sys.version, numba.__version__, np.__version__)
_SUM_BYTES = 4


class Kept:
    """The cache of one function, as numba's dispatchers ask for it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        assert function.__closure__ is None, "what it closes over is in no file"
        self._name = f"{function.__module__}.{function.__qualname__}-{digest(function.__module__)}"

    @property
    def cache_path(self) -> str:
        """The folder."""
        return KERNELS

    def load_overload(self, sig: tuple[Type, ...], target_context: Any) -> CompileResult | None:
        """Return the function compiled for argument types, None if it is not kept."""
        target_context.refresh()
        if (content := read(self._path(sig, target_context.codegen()))) is None:
            return None
        kept: CompileResult = CompileResult._rebuild(target_context, *pickle.loads(content))
        return kept

    def save_overload(self, sig: tuple[Type, ...], data: CompileResult) -> None:
        """Keep a compiled function, if there is room."""
        assert not data.library.has_dynamic_globals, "an address of this process was compiled in"
        with suppress(OSError):  # then the next process compiles it, too
            write(self._path(sig, data.codegen), dumps(data._reduce()))
            _drop_old()

    def _path(self, sig: tuple[Type, ...], codegen: Any) -> Path:
        given = (_VERSIONS, codegen.magic_tuple(), [_spelled(kind) for kind in sig])
        return Path(KERNELS) / f"{self._name}-{sha256(repr(given).encode()).hexdigest()[:12]}.kernel"


def _spelled(kind: Type) -> tuple[object, ...]:
    """Return all that a type is, as data: numba's text of a named tuple lacks the names of its fields."""
    if not isinstance(kind, BaseTuple):
        return (repr(kind),)
    named = getattr(kind, "instance_class", None), getattr(kind, "fields", None)
    return (*named, *(_spelled(part) for part in kind))


def read(path: Path) -> bytes | None:
    """Return what was written under a path, None if that cannot be read as a whole."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    with suppress(OSError):  # of somebody else
        os.utime(path)
    return content[_SUM_BYTES:] if content[:_SUM_BYTES] == _sum(content[_SUM_BYTES:]) else None


def write(path: Path, content: bytes) -> None:
    """Write content and a checksum under a path, whole or not at all, whoever else does the same. OSError."""
    partial = path.with_suffix(f".{os.getpid()}")
    try:
        partial.write_bytes(_sum(content) + content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _sum(content: bytes) -> bytes:
    return crc32(content).to_bytes(_SUM_BYTES, "little")


@cache
def _drop_old() -> None:
    """Drop the files least recently used, once in a process that compiles."""
    found = sorted(Path(KERNELS).glob("*.kernel"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[FILES_MAX:]:
        path.unlink(missing_ok=True)
