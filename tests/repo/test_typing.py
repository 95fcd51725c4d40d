"""Typing is strict but for compiled kernels, whose types numba infers."""

import ast
import tomllib

import pytest

from tests.repo.sources import ROOT, functions, modules
from tests.repo.test_bans import compiled

OPTION = "disallow_untyped_defs"


def relaxed():
    """The modules whose functions need no types, as mypy is told."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]["overrides"]
    return sorted(name for one in told if OPTION in one for name in one["module"])


def untyped(function):
    """Whether an argument or the result has no type."""
    of = function.args
    arguments = (*of.posonlyargs, *of.args, *of.kwonlyargs, *(a for a in (of.vararg, of.kwarg) if a))
    return function.returns is None or any(
        a.annotation is None and a.arg not in ("self", "cls") for a in arguments
    )


def untyped_outside_kernels(tree):
    """Yield the functions without types that are neither compiled nor part of one that is."""
    kernels = [one for one in functions(tree) if compiled(one)]
    inside = {id(part) for kernel in kernels for part in ast.walk(kernel)}
    yield from (one for one in functions(tree) if id(one) not in inside and untyped(one))


def test_only_modules_with_kernels_are_relaxed():
    """The list in pyproject.toml names each module that has a kernel without types, and no other."""
    kernels = {
        path.removesuffix(".py").replace("/", ".")
        for path, tree in modules().items()
        for one in functions(tree)
        if compiled(one) and untyped(one)
    }
    assert relaxed() == sorted(kernels)


def test_beside_kernels_everything_has_types():
    """What is not compiled has the types of its arguments and result, in the same module too."""
    found = [
        f"{path}:{one.lineno}: {one.name}"
        for path, tree in modules().items()
        for one in untyped_outside_kernels(tree)
    ]
    assert found == []


@pytest.mark.parametrize("source", ["def f(x) -> int: ...", "def f(x: int): ...", "def f(*x) -> int: ..."])
def test_the_check_finds_a_function_without_types(source):
    """An argument, any number of them, or a result without a type is seen; a kernel's are not asked for."""
    assert [*untyped_outside_kernels(ast.parse(source))]
    assert not [*untyped_outside_kernels(ast.parse(f"@compiled\n{source}"))]
