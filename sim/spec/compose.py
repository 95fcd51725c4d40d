"""From files, overlays and ``--set`` to one tree, by JSON merge patch (a distribution is one value)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sim.core.distributions import KINDS
from sim.core.errors import Problem
from sim.spec.foreign import what_it_is
from sim.spec.nodes import Source, SourceMark, SourceNode, compose, file_source
from sim.spec.text import path_of

EXTENDS = "extends"


@dataclass(slots=True)
class _Composer:
    problems: list[Problem]
    open: list[str] = field(default_factory=list)  # the files being read, outermost first
    done: dict[str, "SourceNode | None"] = field(default_factory=dict)  # by real path
    whole: bool = True  # whether every file could be read


def compose_all(
    path: str, overlays: Sequence[str], sets: Sequence[str], problems: list[Problem]
) -> SourceNode | None:
    """Return the merged tree of a file's bases, the file, overlays and ``--set`` texts, in this order.

    None if one of the files cannot be read, because what it holds would be missed everywhere. What is wrong
    is added to ``problems``.
    """
    composer = _Composer(problems)
    tree = _file(composer, path, None)
    for overlay in overlays:
        patch = _file(composer, overlay, None)
        tree = patch if tree is None else tree if patch is None else merge(tree, patch)
    for index, text in enumerate(sets):
        patch = _set(text, index + 1, problems)
        if tree is not None and patch is not None:
            tree = merge(tree, patch)
    return tree if composer.whole else None


def merge(base: SourceNode, patch: SourceNode) -> SourceNode:
    """Return ``base`` with ``patch`` applied.

    A null that deletes nothing stays, for the reader of the field to judge. A distribution takes the place of
    one of another kind: merged they would be two at once.
    """
    if not isinstance(base.value, dict) or not isinstance(patch.value, dict):
        return patch
    if _distribution(base.value) and _distribution(patch.value) and set(base.value) != set(patch.value):
        return patch
    children = dict(base.value)
    for key, child in patch.value.items():
        if child.value is None and key in children:
            del children[key]
        else:
            children[key] = merge(children[key], child) if key in children else child
    return replace(patch, value=children)


def _distribution(value: dict[Any, SourceNode]) -> bool:
    return len(value) == 1 and set(value) <= set(KINDS)


def _file(composer: _Composer, path: str, named_at: SourceMark | None) -> SourceNode | None:
    """Read a file and what it extends. ``named_at`` is where it was named, if that was in a file."""
    real = os.path.realpath(path)
    if real not in composer.done or real in composer.open:
        composer.done[real] = _read(composer, path, named_at)
    composer.whole = composer.whole and composer.done[real] is not None
    return composer.done[real]


def _read(composer: _Composer, path: str, named_at: SourceMark | None) -> SourceNode | None:
    source = _open(composer, path, named_at)
    node = None if source is None else compose(source, composer.problems)
    if node is None:
        return None
    assert isinstance(node.value, dict), "a file with keys of a scenario is a map"
    composer.open.append(os.path.realpath(path))
    tree: SourceNode | None = None
    for base in _bases(composer, node):
        tree = base if tree is None else merge(tree, base)
    composer.open.pop()
    own = replace(node, value={key: child for key, child in node.value.items() if key != EXTENDS})
    return own if tree is None else merge(tree, own)


def _open(composer: _Composer, path: str, named_at: SourceMark | None) -> Source | None:
    def fail(why: str, hint: str = "", line: int = 0) -> None:
        if named_at is None:
            composer.problems.append(Problem(why, hint, path, line, line))
        else:
            composer.problems.append(named_at.problem(why, hint, path=EXTENDS))

    if os.path.realpath(path) in composer.open:
        fail(f"{os.path.basename(path)} extends itself")
        return None
    try:
        source = file_source(path)
        other = what_it_is(source.text)
        if other is None:
            return source
        fail(f"{os.path.basename(path)} is {other[0]}", other[1], 1)
    except OSError as error:
        fail(f"cannot read {os.path.basename(path)}: {error.strerror}")
    except UnicodeDecodeError:
        fail(f"{os.path.basename(path)} is not UTF-8 text")
    return None


def _bases(composer: _Composer, node: SourceNode) -> list[SourceNode]:
    """Return the trees that a file extends, in order."""
    listed = node.value.get(EXTENDS)
    if listed is None:
        return []
    if not isinstance(listed.value, list) or not all(isinstance(item.value, str) for item in listed.value):
        composer.problems.append(
            listed.mark.problem(
                "expected a list of files", "such as [../platforms/retail.yaml]", path=EXTENDS
            )
        )
        composer.whole = False
        return []
    trees = [_file(composer, _shown(path_of(item.value)), item.mark) for item in listed.value]
    return [tree for tree in trees if tree is not None]


def _shown(path: str) -> str:
    """Return an absolute path as a person in the working directory would write it."""
    inside = os.path.relpath(path)
    return path if inside.startswith("..") else inside


def _set(text: str, number: int, problems: list[Problem]) -> SourceNode | None:
    """Return the tree of one ``a.b=value``; the value is YAML. Places are in the pseudo-file ``--set``."""
    dotted, equals, value = text.partition("=")
    indent = len(dotted) + 1
    source = Source("--set", os.getcwd(), value, number, indent, (text,))
    start = SourceMark(source, number, 1)
    if not equals or not value.strip():
        problems.append(
            start.problem(f"{text!r} sets nothing", "write for example faults.power.at=45m, null deletes")
        )
        return None
    keys = dotted.split(".")
    if not all(keys) or dotted != dotted.strip():
        problems.append(start.problem(f"{dotted!r} is no path", "write for example faults.power.at=45m"))
        return None
    node = compose(source, problems)
    column = indent
    for key in reversed(keys):
        column -= len(key) + 1
        if node is not None:
            node = SourceNode({key: replace(node, key=SourceMark(source, number, column + 1))}, start)
    return node
