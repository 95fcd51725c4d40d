"""YAML text to a tree of nodes that know their place: strict YAML 1.2 core on the C parser.

Scalars follow the 1.2 core schema (``on`` and ``1:30`` are texts, ``1e3`` is a number). Duplicate keys, keys
that are no texts, tags and aliases that explode are refused.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from sim.core.errors import Problem
from sim.spec.text import Text

ALIAS_BUDGET = 100_000  # nodes that aliases may add to those that are written
DEPTH_MAX = 50

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_LONGEST_NUMBER = 100
_PLAIN, _QUOTED, _COLLECTION = "plain", "quoted", "collection"


@dataclass(frozen=True, slots=True)
class Source:
    """A text to read: a file, or one ``--set``. ``folder`` is what paths in it are relative to."""

    name: str
    folder: str
    text: str
    first_line: int = 1
    indent: int = 0  # characters of the shown line before the text
    shown: tuple[str, ...] = field(default=(), repr=False)  # the lines as a person sees them


@dataclass(frozen=True, slots=True)
class SourceMark:
    """A place: line and column count from 1."""

    source: Source
    line: int
    column: int

    def problem(self, why: str, hint: object = "", *, path: str = "", value: Any = None) -> Problem:
        """Return a problem at this place."""
        index = self.line - self.source.first_line
        shown = self.source.shown[index] if 0 <= index < len(self.source.shown) else ""
        return Problem(why, hint, self.source.name, self.line, self.column, path, value, shown)


@dataclass(frozen=True, slots=True)
class SourceNode:
    """A scalar (``value`` is str, int, float, bool or None), a list of nodes, or a map of nodes by key."""

    value: Any
    mark: SourceMark
    key: SourceMark | None = None  # where the key stands under which the node is found

    def child(self, token: str | int) -> "SourceNode | None":
        """Return the node under a key, or at an index; None if there is none."""
        if isinstance(self.value, dict):
            found: SourceNode | None = self.value.get(token)
            return found
        if isinstance(self.value, list) and isinstance(token, int) and 0 <= token < len(self.value):
            item: SourceNode = self.value[token]
            return item
        return None

    def children(self) -> Iterator[tuple[str | int, "SourceNode"]]:
        """Yield (key or index, node)."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            yield from enumerate(self.value)


def file_source(path: str) -> Source:
    """Return the source that is a file. Raises OSError, and UnicodeDecodeError if it is not UTF-8."""
    with open(path, encoding="utf-8-sig", newline=None) as stream:
        text = stream.read()
    # A link leads to its target, with all that the target names.
    return Source(path, os.path.dirname(os.path.realpath(path)), text, shown=tuple(text.split("\n")))


def compose(source: Source, problems: list[Problem]) -> SourceNode | None:
    """Return the tree of one document, or None if it is no YAML; what is wrong is added to ``problems``."""
    try:
        size = _size(source)
        root = yaml.compose(source.text, _Tagless)
        if root is None:
            problems.append(SourceMark(source, 1, 1).problem("the file is empty"))
            return None
        return _Reader(source, problems, size + ALIAS_BUDGET).read(root)
    except yaml.MarkedYAMLError as error:
        mark = _mark(source, error.problem_mark or error.context_mark)
        problems.append(mark.problem(f"not YAML: {error.problem or error.context}"))
    except yaml.reader.ReaderError as error:
        mark = _position(source, error.position)
        problems.append(mark.problem("not YAML: a character that is not allowed"))
    except _Endless as error:
        problems.append(
            error.mark.problem("nested too deeply, or aliases that multiply or contain themselves")
        )
    return None


def _size(source: Source) -> int:
    """Return how many nodes the text has, at most. _Endless if PyYAML, which recurses, could not bear it."""
    depth = count = 0
    for event in yaml.parse(source.text, _Tagless):
        count += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise _Endless(_mark(source, event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return count


class _Endless(Exception):
    """The tree has too many nodes once its aliases are expanded, or too many levels."""

    def __init__(self, mark: "SourceMark") -> None:
        super().__init__()
        self.mark = mark


class _Tagless(_Loader):  # type: ignore[misc]
    """Resolves no tags, so that a tag on a node is one that was written."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 (PyYAML's signature)
        if kind is not yaml.ScalarNode:
            return _COLLECTION
        return _PLAIN if implicit[0] else _QUOTED


class _Reader:
    """Turns PyYAML's nodes of one source into ours."""

    def __init__(self, source: Source, problems: list[Problem], budget: int) -> None:
        self.source = source
        self.problems = problems
        self.budget = budget  # nodes that may still be read

    def read(self, node: Any, depth: int = 0) -> SourceNode:
        mark = _mark(self.source, node.start_mark)
        self.budget -= 1
        if self.budget < 0 or depth > DEPTH_MAX:
            raise _Endless(mark)
        if node.tag not in (_PLAIN, _QUOTED, _COLLECTION):
            why = f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} is not allowed"
            self.problems.append(mark.problem(why, "write the value plainly"))
        if isinstance(node, yaml.MappingNode):
            return SourceNode(self._map(node, depth), mark)
        if isinstance(node, yaml.SequenceNode):
            return SourceNode([self.read(item, depth + 1) for item in node.value], mark)
        return SourceNode(self._scalar(node, mark), mark)

    def _map(self, node: Any, depth: int) -> dict[str, SourceNode]:
        children: dict[str, SourceNode] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            value = self.read(value_node, depth + 1)
            mark = _mark(self.source, key_node.start_mark)
            if key is None:
                continue
            if key in children:
                first = children[key].key
                at = first.line if first else 0
                self.problems.append(mark.problem(f"duplicate key {key!r}", f"first on line {at}"))
                continue
            children[key] = replace(value, key=mark)
        return children

    def _key(self, node: Any) -> str | None:
        mark = _mark(self.source, node.start_mark)
        if isinstance(node, yaml.ScalarNode) and node.tag in (_PLAIN, _QUOTED):
            value = self._scalar(node, mark)
            if isinstance(value, str):
                return str(value)
            hint = f'write "{node.value}"' if node.value else ""
            self.problems.append(mark.problem("a key must be a text", hint))
        else:
            self.problems.append(mark.problem("a key must be a plain text"))
        return None

    def _scalar(self, node: Any, mark: SourceMark) -> Any:
        if node.tag != _PLAIN:
            return self._text(node.value)
        value = plain_scalar(node.value)
        if isinstance(value, OverflowError):
            self.problems.append(mark.problem("a number with too many digits"))
            return None
        return self._text(value) if isinstance(value, str) else value

    def _text(self, value: str) -> Text:
        text = Text(value)
        text.folder = self.source.folder
        return text


def plain_scalar(text: str) -> Any:
    """Return what a plain scalar means in the YAML 1.2 core schema.

    For a number with absurdly many digits that is an OverflowError, returned and not raised.
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        if len(text) > _LONGEST_NUMBER:
            return OverflowError()
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def plain(node: SourceNode) -> Any:
    """Return the node as plain Python data."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def _mark(source: Source, mark: Any) -> SourceMark:
    if mark.line >= len(source.shown):  # what is missing at the end is missing after the last line
        return SourceMark(source, len(source.shown) - 1 + source.first_line, len(source.shown[-1]) + 1)
    column = mark.column + 1 + (source.indent if mark.line == 0 else 0)
    return SourceMark(source, mark.line + source.first_line, column)


def _position(source: Source, position: int) -> SourceMark:
    before = source.text[:position]
    return SourceMark(
        source, before.count("\n") + source.first_line, position - before.rfind("\n") + source.indent
    )
