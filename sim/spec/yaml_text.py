"""Plain data to YAML that reads the same under YAML 1.1 and the 1.2 core schema."""

from typing import Any

import yaml

from sim.spec.nodes import plain_scalar

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Canonical(_Dumper):  # type: ignore[misc]
    """Block style, no aliases, texts quoted wherever either version would read something else."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's signature)
        return True


def _text(dumper: Any, value: str) -> Any:
    ambiguous = not isinstance(plain_scalar(value), str)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if ambiguous else None)


_Canonical.add_representer(str, _text)


def to_yaml(data: Any) -> str:
    """Return ``data`` as YAML in the order given."""
    return str(yaml.dump(data, Dumper=_Canonical, sort_keys=False, allow_unicode=True, width=110))
