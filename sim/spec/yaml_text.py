"""Plain data to YAML that reads the same under YAML 1.1 and the 1.2 core schema, and is inert; and back."""

import re
from typing import Any

import yaml

from sim.spec.nodes import plain_scalar

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Canonical(_Dumper):  # type: ignore[misc]
    """Block style, no aliases, texts quoted wherever either version would read something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's signature)
        return True


_OTHER = re.compile(r"[^\n -~]")


def _text(dumper: Any, value: str) -> Any:
    """Quote what would read as something else; what holds characters to escape, in double quotes."""
    style = "'" if not isinstance(plain_scalar(value), str) else None
    if not value.replace("\n", "").isprintable():
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Canonical.add_representer(str, _text)


def to_yaml(data: Any) -> str:
    """Return ``data`` as YAML in the order given."""
    text = str(yaml.dump(data, Dumper=_Canonical, sort_keys=False, allow_unicode=True, width=110))
    return _OTHER.sub(_escaped, text)


def from_yaml(text: str) -> Any:
    """Return the plain data that ``to_yaml`` was given."""
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _escaped(match: re.Match[str]) -> str:
    """Escape what cannot be printed. It stands in double quotes, where YAML reads the escape back."""
    return match[0] if match[0].isprintable() else f"\\U{ord(match[0]):08x}"
