"""What a kernel was compiled from: the source of its module and of all of ours that this one imports."""

import re
from functools import cache
from hashlib import sha256
from os.path import dirname, isdir, isfile, join

_ROOT = dirname(dirname(dirname(__file__)))
_NAME = re.compile(r"\w+")
_IMPORT = re.compile(
    rb"^[ \t]*(?:from (sim[\w.]*) import (?:\(([^)]*)\)|(.*))|import (sim[\w.]*))", re.MULTILINE
)


@cache
def digest(module: str) -> str:
    """Return a short hash of everything of ours that code compiled in a module may have been made of.

    Constants and functions of other modules become part of a kernel, so a change in any of them is a change
    of the kernel.
    """
    found = sha256()
    for name in sorted(imported(module)):
        found.update(name.encode() + b"\0" + _read(name) + b"\0")
    return found.hexdigest()[:12]


def imported(module: str) -> set[str]:
    """Return the names of the modules of ours that a module imports, directly or not, and its own."""
    found, left = {module}, [module]
    while left:
        new = _imports(left.pop()) - found
        found |= new
        left += new
    return found


@cache
def _imports(module: str) -> frozenset[str]:
    names: set[str] = set()
    for package, several, one, plain in _IMPORT.findall(_read(module)):
        at = (package or plain).decode()
        names.update((at, *(f"{at}.{name}" for name in _NAME.findall((several or one).decode()))))
    return frozenset(name for name in names if isfile(_path(name)))


@cache
def _read(module: str) -> bytes:
    with open(_path(module), "rb") as source:
        return source.read()


def _path(module: str) -> str:
    at = join(_ROOT, *module.split("."))
    return join(at, "__init__.py") if isdir(at) else f"{at}.py"
