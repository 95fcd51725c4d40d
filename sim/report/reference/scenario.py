"""The reference of the scenario language as Markdown, made from its models: sections in the order of writing.

A field is described where a reader first comes to it; whatever else has it leads there.
"""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.core.quantity import examples
from sim.report.markdown.text import table
from sim.report.reference.headings import anchor, link
from sim.spec.model import Model
from sim.spec.schema import EXTENDS, models_by_name, models_schema
from sim.spec.sentences import DEFAULT, declared_by, in_words, limits_of, sentences

HEAD = f"""# Reference: every field of a scenario

Made from the code by `sim schema --format md`, in the order in which one writes a scenario. What the fields
do is in [semantics.md](semantics.md) and [data-path.md](data-path.md), what is measured in
[measures.md](measures.md).

A path such as `databases.<name>.failover.lease` is written as nested maps, or after `--set` as it stands
(`--set databases.orders.failover.lease=20s`). What is left out, or null, has its default; `sim resolve`
writes every one out. What is required has to be there in the end, not in each file. A file may also have
`extends`: {EXTENDS[0].lower()}{EXTENDS[1:]}"""
UNITS = {
    "duration": "Units: w, d, h, m, s, ms, us, ns; or ISO 8601, as PT5M. Whole ns, at most 31 years.",
    "rate": "A second (s), minute (min), hour (h) or day (d); k: thousand, M: million. At most 1000M/s.",
    "size": "Bytes: B, kB, MB, GB, TB by thousands; KiB, MiB, GiB, TiB by 1,024.",
    "bandwidth": "Bytes (as sizes) or bits (bit, kbit, Mbit, Gbit, Tbit) a second.",
    "fraction": "A share: a number from 0 to 1, or a percentage.",
}  # of quantities
OTHERS = {
    "distribution": (
        "`30s`, `{uniform: [1s, 2s]}`, `{lognormal: {median: 15s, p99: 1m}}`",
        "A duration, always the same or drawn anew each time: `uniform`, `exponential` (its mean), "
        "`lognormal`, `gamma` (`mean` and `cv`, or `shape` and `scale`), `weibull` (`shape`, `scale`), "
        "`pareto` (`min`, `alpha`), `mixture` (a list of `weight` and `of`), `empirical` ([file](files.md)).",
    ),
    "predicate": (
        "`<= 5m`, `== 0`, `< 1%`",
        "One of <=, <, ==, !=, >, >= and a duration, a count or a percentage.",
    ),
    "place in a log": (
        "`#1200`, `10m`, `power`, `5m before power`, `now`",
        "A position; the first event at or after a time of the run, the start of a fault, or so long before "
        "it; the end.",
    ),
    "name": ("`us-east`", "1 to 63 letters, digits, - and _, the first and last a letter or digit."),
}  # values that are no quantities: how they are written, and what they are
LISTED = 12  # words, at most, that a table lists
WORDS = {"gt": "more than", "ge": "from", "lt": "less than", "le": "at most"}  # of limits
COLUMNS = ("field", "value", "default", "what it is")


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands under a heading: the kinds that a place can hold, and the fields (model, key) told here."""

    heading: str
    models: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Plan:
    """The sections in order; under which heading each model, and each field where it is declared, stands."""

    bodies: dict[str, dict[str, Any]]  # model -> JSON Schema
    models: dict[str, type[Model]]
    sections: list[_Section] = field(default_factory=list)
    places: dict[tuple[str, ...], str] = field(default_factory=dict)  # models -> heading
    fields: dict[tuple[type[Model], str], str] = field(default_factory=dict)  # (declaring, key) -> heading

    def spec(self, name: str, key: str) -> dict[str, Any]:
        """Return the JSON Schema of a field."""
        found: dict[str, Any] = self.bodies[name]["properties"][key]
        return found

    def keys(self, name: str) -> list[str]:
        """Return the fields of a model but its kind; those that others inherit too come last."""
        keys = [key for key in self.bodies[name]["properties"] if "const" not in self.spec(name, key)]
        return sorted(keys, key=lambda key: len(self.declaring(name, key).__subclasses__()) > 1)

    def declaring(self, name: str, key: str) -> type[Model]:
        """Return the model that declares a field: ``name`` itself, or a parent."""
        return declared_by(self.models[name], key)

    def heading_of(self, name: str, key: str) -> str:
        """Return the heading under which a field is described; "" if it is not yet."""
        return self.fields.get((self.declaring(name, key), key), "")


def reference() -> str:
    """Return the page."""
    whole = models_schema()
    plan = _Plan({**whole["$defs"], "Scenario": whole}, models_by_name())
    _plan(plan, ("Scenario",), "")
    lines = [HEAD, "", "## Values", "", "A quantity has a unit; 0 needs none.", ""]
    lines += [table(("value", "such as", "what it is"), _values()), ""]
    for section in plan.sections:
        lines += _written(plan, section)
    return "\n".join(lines).rstrip() + "\n"


def _plan(plan: _Plan, models: tuple[str, ...], place: str) -> None:
    """Add the sections of what is held at a place: one for all kinds, one a kind, those of what they hold."""
    if models in plan.places:
        return
    heading = f"`{place}`" if place else "A scenario"
    plan.places[models] = heading
    first = len(plan.sections)
    _add(plan, heading, models, [key for key in plan.keys(models[0]) if _in_all(plan, models, key)])
    for name in models if len(models) > 1 else ():
        own = [key for key in plan.keys(name) if not plan.heading_of(name, key)]
        if own:
            _add(plan, f"{heading}: {_kind(plan, name)}", (name,), own)
    for section in plan.sections[first:]:
        for name, key in section.fields:
            held, entry = _held(plan.spec(name, key))
            if held:
                _plan(plan, held, f"{place}.{key}{entry}".lstrip("."))


def _add(plan: _Plan, heading: str, models: tuple[str, ...], keys: list[str]) -> None:
    plan.fields |= {(plan.declaring(models[0], key), key): heading for key in keys}
    plan.sections.append(_Section(heading, models, tuple((models[0], key) for key in keys)))


def _in_all(plan: _Plan, models: tuple[str, ...], key: str) -> bool:
    """Return whether all models have a field, from the same class, that has not been described."""
    known = [plan.declaring(name, key) for name in models if key in plan.bodies[name]["properties"]]
    return len(known) == len(models) and len({*known}) == 1 and not plan.heading_of(models[0], key)


def _held(spec: dict[str, Any]) -> tuple[tuple[str, ...], str]:
    """Return the models of which a field holds one, or a map of them; and what a path has for an entry."""
    inner = next(iter(spec.get("patternProperties", {}).values()), None) or spec.get("additionalProperties")
    if isinstance(inner, dict):
        return _held(inner)[0], ".<name>"
    options = [spec, *spec.get("anyOf", ()), *spec.get("oneOf", ())]
    return tuple(option["$ref"].rpartition("/")[2] for option in options if "$ref" in option), ""


def _kind(plan: _Plan, name: str) -> str:
    return f"`{plan.spec(name, 'kind')['const']}`"


def _written(plan: _Plan, section: _Section) -> Iterator[str]:
    """Yield the lines of a section."""
    several = len(section.models) > 1
    below = re.sub(r"\.<[^>]*>", "", section.heading).count(".") + bool(_union(section))
    yield from ("#" * min(2 + below, 4) + " " + section.heading, "")
    yield from _kinds(plan, section) if several else _about(plan, section)
    if section.fields:
        yield from (table(COLUMNS, (_row(plan, name, key) for name, key in section.fields)), "")
    if not several:
        yield from _elsewhere(plan, section)


def _kinds(plan: _Plan, section: _Section) -> Iterator[str]:
    """Yield which kinds there are."""
    yield from ("One of these, told by `kind`:", "")
    rows = (_kind_row(plan, name, section.heading) for name in section.models)
    yield from (table(("kind", "what it is", "its own fields"), rows), "")
    if section.fields:
        yield from ("Each has:", "")


def _kind_row(plan: _Plan, name: str, union: str) -> tuple[str, str, str]:
    """Return a kind, what it is, and its fields beside those that each has."""
    places = [(key, plan.heading_of(name, key)) for key in plan.keys(name)]
    fields = ", ".join(f"[`{key}`](#{anchor(heading)})" for key, heading in places if heading != union)
    return _kind(plan, name), _plain(_about_kind(plan, name)[0]), fields


def _about(plan: _Plan, section: _Section) -> Iterator[str]:
    """Yield what a model is, but for what the table of kinds says."""
    first, more = _about_kind(plan, section.models[0])
    for text in ("" if _union(section) else first, more):
        yield from (_plain(text), "") if text else ()


def _elsewhere(plan: _Plan, section: _Section) -> Iterator[str]:
    """Yield which fields of a model are described elsewhere, but for those that each kind has."""
    (name,) = section.models
    found: dict[str, list[str]] = {}
    for key in plan.keys(name):
        found.setdefault(plan.heading_of(name, key), []).append(f"`{key}`")
    for heading, keys in found.items():
        if heading not in (section.heading, _union(section)):
            yield from (f"Also {', '.join(keys)}, as in {link(heading)}.", "")


def _union(section: _Section) -> str:
    """Return the heading of the kinds of which a section's model is one; "" if it is none."""
    return section.heading.rpartition(": ")[0]


def _about_kind(plan: _Plan, name: str) -> tuple[str, str]:
    """Return the first line of a model's docstring, and the rest."""
    first, _, more = (inspect.getdoc(plan.models[name]) or "").partition("\n")
    return first, more.strip()


def _row(plan: _Plan, name: str, key: str) -> tuple[str, str, str, str]:
    """Return a field's name, value, default with the reason for it, and sentence."""
    spec = plan.spec(name, key)
    said, _, reason = sentences(plan.models[name])[key].partition(DEFAULT)
    value = _value(plan, spec) + _limits(plan, name, key)
    return f"`{key}`", value, _default(plan.bodies[name], key, reason), _plain(said)


def _value(plan: _Plan, spec: dict[str, Any]) -> str:
    """Return what a field holds: a link to what has fields itself."""
    held, entry = _held(spec)
    if held:
        there = (
            f"[{'these fields' if len(held) == 1 else 'one of these kinds'}](#{anchor(plan.places[held])})"
        )
        return f"by name, {there}" if entry else there
    options = [option for option in spec.get("anyOf", [spec]) if option != {"type": "null"}]
    words = options[0].get("enum", ()) if len(options) == 1 else ()
    words = ("true", "false") if options[0].get("type") == "boolean" else words
    if words:
        return (
            " or ".join(f"`{word}`" for word in words)
            if len(words) <= LISTED
            else f"one of {len(words)} words"
        )
    return in_words(spec, plan.bodies)


def _limits(plan: _Plan, name: str, key: str) -> str:
    """Return the limits of a number, or those of a quantity that not every quantity of its kind has."""
    bounds = limits_of(plan.models[name], key)
    quantity = '"title"' in json.dumps(plan.spec(name, key))
    if not quantity and {"ge", "le"} <= bounds.keys():
        return f", {_number(bounds['ge'])} to {_number(bounds['le'])}"
    told = bounds.keys() & {"gt", "lt"} if quantity else bounds.keys()
    return "".join(f", {word} {_number(bounds[name])}" for name, word in WORDS.items() if name in told)


def _default(body: dict[str, Any], key: str, reason: str) -> str:
    """Return a default as one writes it, and where it is from."""
    if key in body.get("required", ()):
        return "required"
    value = body["properties"][key].get("default")
    if isinstance(value, dict) and "kind" in value:
        value = value["kind"]  # with the defaults of that kind
    shown = "" if value is None or value in ("", {}, []) else f"`{_flow(value)}`"
    return ": ".join(part for part in (shown, _plain(reason).removesuffix(".")) if part)


def _flow(value: Any) -> str:
    """Return a value as YAML has it in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    number = isinstance(value, float) and value.is_integer()
    return value if isinstance(value, str) else json.dumps(int(value) if number else value)


def _number(value: float) -> str:
    return f"{value:,.15g}" if value == int(value) else f"{value:g}"


def _plain(text: str) -> str:
    """Return a docstring as Markdown."""
    return re.sub(r"docs/(\w+\.md)", r"[\1](\1)", text.strip().replace("``", "`"))


def _values() -> Iterator[tuple[str, str, str]]:
    """Yield how quantities and other values are written."""
    for kind, units in UNITS.items():
        yield kind, ", ".join(f"`{example}`" for example in examples(kind).split(", ")), units
    for kind, (example, what) in OTHERS.items():
        yield kind, example, what
