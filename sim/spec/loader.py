"""Reading a scenario: compose, validate, check; every problem at once, each with its place."""

import copy
import functools
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.core.errors import Problem, SpecError
from sim.spec import explain
from sim.spec.bus.replay import Replay
from sim.spec.check import check
from sim.spec.compose import compose_all
from sim.spec.faults.kinds import AnyFault
from sim.spec.nodes import plain
from sim.spec.retired import newer, without_retired
from sim.spec.scenario import Objective, Scenario
from sim.spec.text import Complaint

_AUTHORED = {"authored": True}
# sections whose entries stand each alone
_BY_ENTRY: dict[str, Any] = {"faults": AnyFault, "replays": Replay, "sla": Objective}
_NAMES: dict[str, list[str]] = {
    **{section: [] for section in ("regions", "clients", "databases", "consumers", "insights")},
    "network": ["links"],
}  # where in a section the entries are to which others may refer


def load(path: str, overlays: Sequence[str] = (), sets: Sequence[str] = ()) -> Scenario:
    """Return the authored scenario in a file, validated and checked.

    Overlays and then ``a.b=value`` texts are merged over it.
    Raises SpecError with everything that is wrong.
    """
    problems: list[Problem] = []
    root = compose_all(str(path), [str(overlay) for overlay in overlays], sets, problems)
    if root is None:
        raise SpecError(problems)
    if beyond := list(newer(root)):  # nothing else that could be said of it would be right
        raise SpecError(beyond)
    root = without_retired(root, problems)
    scenario, complaints = validate(plain(root))
    problems.extend(explain.place(complaint, root) for complaint in complaints)
    if problems or scenario is None:
        raise SpecError(problems)
    return scenario


def validate(data: dict[str, Any]) -> tuple[Scenario | None, list[Complaint]]:
    """Return the scenario that plain data describe, or None, and all complaints about it."""
    try:
        scenario = Scenario.model_validate(data, context=_AUTHORED)
    except ValidationError as error:
        found = list(explain.complaints(error.errors(include_url=False), Scenario))
        return None, found + _check_rest(data)
    return scenario, list(check(dict(scenario)))


def _check_rest(data: dict[str, Any]) -> list[Complaint]:
    """Check what is sound of a bad scenario, so that a typo does not hide a wrong reference elsewhere."""
    sections: dict[str, Any] = {}
    pruned: set[str] = set()
    for name, field in Scenario.model_fields.items():
        if name in _BY_ENTRY and isinstance(data.get(name), dict):
            entries = ((key, _sound(name, value)) for key, value in data[name].items())
            sections[name] = {key: entry for key, (entry, _) in entries if entry is not None}
        elif data.get(name) is not None:
            section, cut = _sound(name, data[name])
            sections |= {} if section is None else {name: section}
            pruned |= {name} if cut else set()
        elif not field.is_required():
            sections[name] = field.get_default(call_default_factory=True)
    return list(check(sections, pruned))


def _sound(section: str, value: Any) -> tuple[Any, bool]:
    """Return the value validated, or None; and whether wrong fields were left out (they have defaults)."""
    adapter = _adapter(section)
    try:
        return adapter.validate_python(value, context=_AUTHORED, strict=True), False
    except ValidationError as error:
        rest = copy.deepcopy(value)
        if not all(_without(rest, section, err) for err in error.errors(include_url=False)):
            return None, True
    try:
        return adapter.validate_python(rest, context=_AUTHORED, strict=True), True
    except ValidationError:
        return None, True


@functools.cache
def _adapter(section: str) -> TypeAdapter[Any]:
    """Return the validator of a section, or of one of its entries where they stand alone."""
    return TypeAdapter(_BY_ENTRY.get(section) or Scenario.model_fields[section].rebuild_annotation())


def _without(data: Any, section: str, error: Any) -> bool:
    """Take the field with an error out of nested maps.

    False if it is not there, in a union, or an entry of the section, to which others may refer.
    """
    *parents, last = error["loc"] or ("",)
    for token in parents:
        if not isinstance(data, dict) or token not in data:
            return False
        data = data[token]
    if parents == _NAMES.get(section) or not isinstance(data, dict) or last not in data:
        return False
    del data[last]
    return True


def raise_all(complaints: Iterable[Complaint]) -> None:
    """Raise SpecError if there are complaints (about a scenario that no file is known of)."""
    problems = [explain.place(complaint, None) for complaint in complaints]
    if problems:
        raise SpecError(problems)
