"""How values to run side by side are written: ``path: [values]``, every combination, or a list of them."""

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from sim.spec.text import complain

Combination = dict[str, Any]  # path -> value
_VALUES = {"type": "array", "minItems": 1}
_FORM = "such as faults.power.at: [30m, 45m]"


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        for path, values in value.items():
            if not isinstance(values, list):
                raise complain("expected a list of values", _FORM, (path,))
            if not values:
                raise complain("no value to run with", _FORM, (path,))
    elif isinstance(value, list):
        for index, combination in enumerate(value):
            if not isinstance(combination, dict) or not combination:
                raise complain("expected a map of paths and values", "such as faults.power.at: 30m", (index,))
    else:
        raise complain("expected paths with lists of values, or a list of combinations", _FORM)
    if not value:
        raise complain("nothing is swept", _FORM)
    return value


Sweep = Annotated[
    dict[str, list[Any]] | list[Combination],
    PlainValidator(_read),
    WithJsonSchema(
        {
            "title": "paths with their values",
            "anyOf": [
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": _VALUES,
                },
                {"type": "array", "minItems": 1, "items": {"type": "object", "minProperties": 1}},
            ],
        }
    ),
]
