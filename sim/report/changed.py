"""What two resolved scenarios have set differently, path by path."""

from collections.abc import Iterator
from typing import Any

from sim.spec.yaml_text import from_yaml

NOT_THERE = "-"
UNSAID = ("name", "purpose")  # differ without changing what is simulated


def changed(before: str, after: str) -> list[tuple[str, str, str]]:
    """Return (path, value before, value after) of what differs, in the order of the first; ``-``: not there.

    ``before``, ``after``: resolved scenarios as YAML.
    """
    first, second = (dict(_leaves(from_yaml(text), "")) for text in (before, after))
    paths = dict.fromkeys((*first, *second))
    ends = ((path, first.get(path, NOT_THERE), second.get(path, NOT_THERE)) for path in paths)
    return [(path, then, now) for path, then, now in ends if then != now and path not in UNSAID]


def _leaves(data: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every value below."""
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, list) and any(isinstance(value, dict) for value in data):
        for place, value in enumerate(data):
            yield from _leaves(value, f"{path}.{place}")
    else:
        yield path, _text(data)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
