"""Plant one bug in the engine of this process: a module's source is changed on its way in.

The files on disk stay as they are. Where the bug is in a kernel, or in what kernels are made with, the engine
runs as plain Python, its draws compiled: recompiling it for every mutant would take a minute each, and a
generated case has so few records that Python is quick enough. Elsewhere it runs compiled, from the cache.
"""

import atexit
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import yaml

PATCHES = Path(__file__).parent / "patches"
ROOT = Path(__file__).parents[2]
MAKES_KERNELS = ("sim/core/", "sim/engine/")
KERNEL = re.compile(r"^@(compiled|inner|inlined|merged|drawn|outlined|allocating)\b", re.MULTILINE)
PROOFS = ("twin", "conservation", "path", "ties", "kept", "extreme", "tests", "histories", "runs")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A named patch: ``old`` occurs once in ``file`` and becomes ``new``.

    ``proof`` notices it in the generated cases ``cases`` (of ``ties``: the names of hand-made
    ones; of ``extreme``: kind and number; of ``tests``: those of tests, as pytest has them); ``histories`` has
    none, there ``measure`` is the one that is wrong. ``runs``: a bug in a model; in
    its case the numbers of exactly ``measures`` change. The first is the one that must catch it, and ``why`` says
    what others have to do with it.
    """

    name: str
    bug: str
    proof: str
    file: str
    old: str
    new: str
    cases: tuple[str, ...] = ()
    measure: str = ""
    measures: tuple[str, ...] = ()
    why: str = ""

    def planted(self) -> str:
        """Return the module's source with the bug. ValueError unless ``old`` occurs exactly once."""
        source = (ROOT / self.file).read_text()
        found = source.count(self.old)
        if found != 1 or self.old == self.new:
            raise ValueError(
                f"{self.name}: its text occurs {found} times in {self.file}; it must occur once, and change"
            )
        return source.replace(self.old, self.new)

    @property
    def plain(self) -> bool:
        """Whether it is noticed with the engine as plain Python: in core and engine, or beside a kernel."""
        return self.file.startswith(MAKES_KERNELS) or KERNEL.search((ROOT / self.file).read_text()) is not None

    @property
    def module(self) -> str:
        """The name of the module that it changes."""
        return self.file.removesuffix(".py").replace("/", ".")


def named(name: str) -> Mutant:
    """Return a mutant by the name of its patch."""
    entry = yaml.safe_load((PATCHES / f"{name}.yaml").read_text())
    lists = {key: tuple(map(str, entry.get(key, ()))) for key in ("cases", "measures")}
    return Mutant(name=name, **{**entry, **lists})


def names() -> list[str]:
    """Return the names of all patches, sorted."""
    return sorted(path.stem for path in PATCHES.glob("*.yaml"))


class _Planter(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Finds and loads the one module that has the bug."""

    def __init__(self, mutant: Mutant) -> None:
        self._path, self._module = ROOT / mutant.file, mutant.module
        self._source = mutant.planted().encode()

    def find_spec(self, fullname, path=None, target=None):
        """Return a spec for the module with the bug, None for every other."""
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def get_filename(self, fullname: str) -> str:
        """Return the path of the module as it is on disk."""
        return str(self._path)

    def get_data(self, path: str) -> bytes:
        """Return the source with the bug."""
        return self._source


def _hasten_records() -> None:
    """Read and write a field of a record at once: numpy looks for methods of that name first, which takes half of
    the time of an engine in plain Python. No field has such a name (``engine/circle/records.py``).
    """
    import numpy as np

    read, other = np.void.__getitem__, np.record.__getattribute__

    def attribute(record: np.record, name: str) -> object:
        try:
            return read(record, name)
        except ValueError:
            return other(record, name)

    np.record.__getattribute__ = attribute
    np.record.__setattr__ = np.void.__setitem__
    np.recarray.__getitem__ = np.ndarray.__getitem__


def plant(mutant: Mutant | None, *, compiled: bool = False) -> None:
    """Make this process run the engine as plain Python, with the bug of ``mutant`` if there is one.

    ``compiled``: with its kernels compiled; the bug is in none of them.
    ImportError if its module has been imported already.
    """
    if mutant is None or mutant.proof != "tests":  # these need no engine
        import numba

        import sim.engine.sampling  # noqa: F401  the draws stay compiled: their arithmetic is modulo 2^64

        numba.config.DISABLE_JIT = not compiled
        if not compiled:
            _hasten_records()
    if mutant is None:
        return
    if mutant.proof == "tests" and mutant.plain:  # kernels are kept by the files, which have no bug
        folder = os.environ["SIM_CACHE_DIR"] = mkdtemp()
        atexit.register(rmtree, folder, ignore_errors=True)
    if mutant.module in sys.modules:
        raise ImportError(f"{mutant.module} was imported before the bug could be planted")
    sys.meta_path.insert(0, _Planter(mutant))
