"""The version of the language, and the words that it no longer has: where each stood, and what to write now.

A person with an old scenario must be told what became of a word, at its place, not that nobody knows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sim.core.errors import Problem
from sim.spec.nodes import SourceNode

LANGUAGE = 2  # counts up when a word is retired, or means something else
ANY = "*"  # in a place: whatever name stands there


@dataclass(frozen=True, slots=True)
class Retired:
    """A word that scenarios had until version ``since``.

    ``at``: the keys that lead to it, and the word itself, if it was a key; ``value``: the word, if it was the
    value there. ``now``: what to write in its place, of the same form; ``why``: one sentence.
    """

    at: tuple[str, ...]
    since: int
    now: str
    why: str
    value: str | None = None


RETIRED = (
    Retired(
        at=("gateway", "failback"), since=2, now="client_return",
        why="failback is the return of a primary, this is that of clients",
    ),
    Retired(
        at=("gateway", "failback_after"), since=2, now="client_return_after",
        why="failback is the return of a primary, this is that of clients",
    ),
)  # fmt: skip


def newer(root: SourceNode) -> Iterator[Problem]:
    """Yield the problem of a scenario that is written in a language of the future."""
    said = root.child("language")
    if said is not None and type(said.value) is int and said.value > LANGUAGE:
        yield said.mark.problem(
            f"written in version {said.value} of the language, and this sim reads up to {LANGUAGE}",
            "install a newer sim",
            path="language",
            value=said.value,
        )


def without_retired(root: SourceNode, problems: list[Problem]) -> SourceNode:
    """Return a tree with what replaces its retired words; each is added to ``problems``, at its place."""
    for word in RETIRED:
        root = _replaced(root, word, word.at, problems)
    return root


def _replaced(node: SourceNode, word: Retired, way: tuple[str, ...], problems: list[Problem]) -> SourceNode:
    """Return a node in which a word is replaced; ``way``: the keys that lead to it from here."""
    if not way:
        return _value(node, word, problems)
    if not isinstance(node.value, dict):
        return node
    children = dict(node.value)
    for key in list(children) if way[0] == ANY else [way[0]] if way[0] in children else []:
        if len(way) == 1 and word.value is None:
            problems.append(_problem(children[key], word, at_key=True))
            children.setdefault(word.now, children[key])
            del children[key]
        else:
            children[key] = _replaced(children[key], word, way[1:], problems)
    return replace(node, value=children)


def _value(node: SourceNode, word: Retired, problems: list[Problem]) -> SourceNode:
    if node.value != word.value:
        return node
    problems.append(_problem(node, word, at_key=False))
    return replace(node, value=word.now)


def _problem(node: SourceNode, word: Retired, *, at_key: bool) -> Problem:
    old = word.value or word.at[-1]
    mark = node.key if at_key and node.key is not None else node.mark
    why = f"{old!r} has not been a word of the language since version {word.since}"
    return mark.problem(why, f"write {word.now!r}: {word.why}", path=".".join(word.at), value=word.value)
