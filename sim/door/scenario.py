"""A scenario in Python: loaded, changed, run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.spec.scenario import Scenario as Resolved


@dataclass(frozen=True)
class Scenario:
    """A scenario file, with overlays merged over it and single values changed. It is read when it is asked.

    ``path``: the file; ``overlays``: files; ``sets``: ``KEY=VALUE`` texts as ``--set`` takes them, later ones
    win.
    """

    path: str
    overlays: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    @cached_property
    def resolved(self) -> "Resolved":
        """Every default, direction and order explicit. SpecError if the scenario cannot be used."""
        from sim.spec.resolve import load, resolve

        return resolve(load(self.path, overlays=self.overlays, sets=self.sets))

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.resolved.name

    @property
    def digest(self) -> str:
        """What tells it from every scenario that says something else, hexadecimal."""
        from sim.spec.resolve import digest

        return digest(self.resolved)

    def change(self, values: Mapping[str, Any] | None = None, /, **sections: Any) -> "Scenario":
        """Return the scenario with values changed: ``change({"faults.power.at": "45m"})``.

        A value is what YAML would give: text, number, list, map, None (which takes it out). Whole sections
        may be given by name: ``change(duration="1h")``. SpecError if that makes no sense.
        """
        texts = [f"{key}={_text(value)}" for key, value in {**(values or {}), **sections}.items()]
        changed = Scenario(self.path, self.overlays, (*self.sets, *texts))
        _ = changed.resolved  # so that what is wrong is told where it was written
        return changed

    def yaml(self) -> str:
        """Return the resolved scenario as YAML, which can be run again."""
        from sim.spec.resolve import dump

        return dump(self.resolved)

    def command(self) -> str:
        """Return the words after ``sim run`` that stand for it, quoted for a shell."""
        import shlex

        words = [self.path]
        words += [word for overlay in self.overlays for word in ("-f", overlay)]
        words += [word for text in self.sets for word in ("--set", text)]
        return shlex.join(words)

    def __repr__(self) -> str:
        """Return name and file in one line."""
        return f"<Scenario {self.name!r} from {self.command()}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        found = self.resolved
        parts = [
            f"{len(found.regions)} regions",
            f"{len(found.databases)} stores",
            f"{len(found.faults)} faults",
            f"{len(found.sla)} objectives",
        ]
        return (
            f"<p><b>{escape(found.name)}</b>: {escape(', '.join(parts))} ({escape(Path(self.path).name)})</p>"
        )


def _text(value: Any) -> str:
    """Return a value as YAML in one line; JSON is YAML, but for text that needs no quotes."""
    return value if isinstance(value, str) else json.dumps(value)
