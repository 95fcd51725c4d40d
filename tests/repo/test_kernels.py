"""What compiled kernels must not do, because numba would drop it without a word."""

import ast

import pytest

from tests.repo.sources import dotted, functions, modules
from tests.repo.test_bans import compiled


def lost_assignments(path, tree):
    """Yield the items that a kernel assigns of what it opened itself: numba leaves these out.

    Through any name for the state, an array of it or a part of one.
    """
    for kernel in functions(tree):
        if compiled(kernel):
            names = _states(kernel)
            items = [node for node in ast.walk(kernel) if isinstance(node, ast.Subscript)]
            for item in items:
                if isinstance(item.ctx, ast.Store) and _is_of(item, names):
                    yield f"{path}:{item.lineno}: {ast.unparse(item)}"


def _states(kernel):
    """The names in a kernel of states that it opened and of what is part of them."""
    given = [pair for node in ast.walk(kernel) for pair in _given(node)]
    names = set()
    while True:
        more = {name for name, value in given if _is_of(value, names)} - names
        if not more:
            return names
        names |= more


def _given(node):
    """(name, expression) of each name that a statement gives a value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _paired(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield from _paired(node.target, node.value)
    elif isinstance(node, ast.For):
        yield from _paired(node.target, node.iter)


def _paired(target, value):
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple):
        alike = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
        for part, its in zip(target.elts, value.elts if alike else [value] * len(target.elts), strict=True):
            yield from _paired(part, its)


def _is_of(node, names):
    """Whether an expression is what was opened, or an attribute, item or part of it."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    opening = isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "opened"
    return opening or (isinstance(node, ast.Name) and node.id in names)


def test_kernels_assign_no_items_of_what_they_opened():
    """A kernel hands on what it opened: items that it assigned itself would stay as they were."""
    assert [found for path, tree in modules().items() for found in lost_assignments(path, tree)] == []


@pytest.mark.parametrize(
    "body",
    [
        "opened(handle).load[0] = 1",
        "c = opened(handle)\n    c.load[0] = 1",
        "c = handle_of.opened(handle)\n    c.limit[0, 1] += 1",
        "n, load = 0, opened(handle).load\n    load[n] = 1",
        "c = opened(handle)\n    part = c.load[2:]\n    for row in part:\n        row[0] = 1",
    ],
)
def test_the_check_finds_assignments_that_numba_leaves_out(body):
    """Each way to such an item is seen; a field of a record is none, nor an item in what is not compiled."""
    assert [*lost_assignments("sim/x.py", ast.parse(f"@compiled\ndef f(handle):\n    {body}"))]
    assert not [*lost_assignments("sim/x.py", ast.parse(f"def f(handle):\n    {body}"))]


def test_the_check_lets_pass_what_numba_keeps():
    """Fields of records, items of arguments, and what the function that it hands the state on to assigns."""
    body = "c = opened(handle)\n    c.node[0].lsn = 1\n    out[0] = c.load[0]\n    _go(c)"
    source = f"@compiled\ndef f(handle, out):\n    {body}\n@inner\ndef _go(c):\n    c.load[0] = 1"
    assert not [*lost_assignments("sim/x.py", ast.parse(source))]
