"""The annotated types of scenario fields: how each is read, written and described in JSON Schema.

In a file a quantity is a text with a unit. A model built in Python (no ``authored`` in the validation
context) may also be given the number in its base unit, which is what the models hold.
"""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from sim.core import quantity
from sim.core.distributions import Distribution
from sim.core.quantity import QuantityError
from sim.spec import cells
from sim.spec.delays import format_distribution, parse_distribution
from sim.spec.objectives.metrics import METRICS
from sim.spec.objectives.predicates import PATTERN as PREDICATE_PATTERN
from sim.spec.objectives.predicates import Bound, format_predicate, parse_predicate
from sim.spec.text import Complaint, complain, path_of

LEAST_PART = 1e-12  # of a whole: less than that is nothing
NAME_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$"


def is_authored(info: ValidationInfo) -> bool:
    """Whether the value comes from a file, where bare numbers are refused."""
    return bool(info.context and info.context.get("authored"))


def _read(kind: str, parse: Callable[[str], float]) -> Callable[[Any, ValidationInfo], float]:
    def read(value: Any, info: ValidationInfo) -> float:
        if isinstance(value, str):
            try:
                return parse(value)
            except QuantityError as error:
                raise complain(error.why, error.hint) from None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise complain(f"expected a {kind}", f"such as {quantity.examples(kind)}")
        if value != 0 and is_authored(info):
            raise complain(f"{value} has no unit", f"write for example {quantity.examples(kind)}")
        return value

    return read


def _read_fraction(value: Any) -> float:
    try:
        if isinstance(value, str):
            return quantity.parse_fraction(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return quantity.check_fraction(value)
    except QuantityError as error:
        raise complain(error.why, error.hint) from None
    raise complain("expected a fraction", f"such as {quantity.examples('fraction')}")


def _check_share(value: float) -> float:
    """Refuse a fraction of runs that no number of trials can show."""
    if value >= 1:
        raise complain(
            "no number of trials shows that every run meets it",
            "leave `in` out to ask it of each trial, or ask for a little less, such as 99.9%",
        )
    return value


def _check_digits(value: float) -> float:
    """Refuse a fraction that cannot be counted by: windows are judged in whole numbers."""
    if value * 1e9 != round(value * 1e9, 5):
        raise complain(f"{value} has more than nine digits behind the point")
    return value


def _read_delay(value: Any, info: ValidationInfo) -> Distribution:
    if isinstance(value, Distribution):
        return value
    found: list[Complaint] = []
    dist = parse_distribution(value, (), found)
    if (
        dist is None
        and not is_authored(info)
        and isinstance(value, int | float)
        and not isinstance(value, bool)
    ):
        return Distribution("constant", (float(value),))
    if dist is None:
        raise PydanticCustomError("complaints", "no distribution", {"complaints": found})
    return dist


def _read_bound(value: Any) -> float:
    """Read a duration (int ns) or a count (float)."""
    if isinstance(value, str):
        try:
            return quantity.parse_duration(value)
        except QuantityError as error:
            raise complain(error.why, error.hint) from None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
        return float(value)
    raise complain("expected a duration or a count", "such as 30s or 100")


def _read_origin(value: Any) -> str | float:
    """Read a moment in a file: its first row's, a number in the file's unit, or a timestamp."""
    if value == "first" or cells.number(value) is not None or cells.timestamp(value) is not None:
        return str(value) if isinstance(value, str) else float(value) if isinstance(value, float) else value
    raise complain("expected a moment in the file", "such as first, 1772366400 or 2026-03-01T12:00:00Z")


def _read_predicate(value: Any) -> Bound:
    if isinstance(value, Bound):
        return value
    try:
        return parse_predicate(value)
    except QuantityError as error:
        raise complain(error.why, error.hint) from None


def _quantity_schema(title: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"title": title, "anyOf": [{"type": "string", "pattern": pattern}, {"const": 0}]})


def _within(low: float, high: float, words: str) -> AfterValidator:
    """Return the check that a number, if it is not 0, lies between two bounds, which ``words`` name."""

    def check(value: float) -> float:
        if value != 0 and not low <= value <= high:
            raise complain(f"{value:g} is too {'large' if value > high else 'small'}", words)
        return value

    return AfterValidator(check)


Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Duration = Annotated[
    int,
    Field(ge=0, le=quantity.LONGEST_NS),
    BeforeValidator(_read("duration", quantity.parse_duration)),
    PlainSerializer(quantity.format_duration, return_type=str),
    _quantity_schema("duration", quantity.DURATION_PATTERN),
]
Rate = Annotated[
    float,
    Field(ge=0),
    _within(0, quantity.FASTEST, "it must be at most 1000M/s, one a nanosecond"),
    BeforeValidator(_read("rate", quantity.parse_rate)),
    PlainSerializer(quantity.format_rate, return_type=str),
    _quantity_schema("rate", quantity.RATE_PATTERN),
]
Size = Annotated[
    int,
    Field(ge=0),
    _within(0, quantity.LARGEST_SIZE, "it must be at most 1048576TiB"),
    BeforeValidator(_read("size", quantity.parse_size)),
    PlainSerializer(quantity.format_size, return_type=str),
    _quantity_schema("size", quantity.SIZE_PATTERN),
]
Bandwidth = Annotated[
    float,
    Field(gt=0),
    _within(*quantity.BANDWIDTHS, "it must be between 0.000000001B/s and 1000000TB/s"),
    BeforeValidator(_read("bandwidth", quantity.parse_bandwidth)),
    PlainSerializer(quantity.format_bandwidth, return_type=str),
    _quantity_schema("bandwidth", quantity.BANDWIDTH_PATTERN),
]
Fraction = Annotated[
    float,
    BeforeValidator(_read_fraction),
    WithJsonSchema(
        {
            "title": "fraction",
            "anyOf": [
                {"type": "string", "pattern": quantity.PERCENT_PATTERN},
                {"type": "number", "minimum": 0, "maximum": 1},
            ],
        }
    ),
]
DurationDist = Annotated[
    Distribution,
    PlainValidator(_read_delay),
    PlainSerializer(format_distribution),
    WithJsonSchema({"title": "distribution"}),  # written out in sim.spec.schema, because it is recursive
]
Share = Annotated[Fraction, Field(gt=0), AfterValidator(_check_share)]
Part = Annotated[Fraction, Field(gt=0), _within(LEAST_PART, 1, "it must be at least 1e-12")]  # of a link
Good = Annotated[Fraction, Field(gt=0), AfterValidator(_check_digits)]
Positive = Annotated[Duration, Field(gt=0)]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]
Weight = Annotated[float, Field(ge=0, le=1e9)]
Factor = Annotated[float, Field(gt=0), _within(1e-15, 1e9, "it must be between 1e-15 and 1e9")]
Multiple = Annotated[float, Field(gt=1, le=1e9)]
Threshold = Annotated[
    float,  # int ns for a duration, float for a count
    PlainValidator(_read_bound),
    PlainSerializer(lambda bound: quantity.format_duration(bound) if isinstance(bound, int) else bound),
    WithJsonSchema(
        {
            "title": "duration or count",
            "anyOf": [
                {"type": "string", "pattern": quantity.DURATION_PATTERN},
                {"type": "number", "minimum": 0},
            ],
        }
    ),
]
Origin = Annotated[
    str | float,
    PlainValidator(_read_origin),
    WithJsonSchema({"title": "moment in a file", "anyOf": [{"type": "string"}, {"type": "number"}]}),
]
FilePath = Annotated[str, PlainValidator(path_of), WithJsonSchema({"title": "file", "type": "string"})]
if TYPE_CHECKING:
    Metric = str
else:
    Metric = Literal[tuple(METRICS)]
Predicate = Annotated[
    Bound,
    PlainValidator(_read_predicate),
    PlainSerializer(format_predicate, return_type=str),
    WithJsonSchema({"title": "predicate", "type": "string", "pattern": PREDICATE_PATTERN}),
]
