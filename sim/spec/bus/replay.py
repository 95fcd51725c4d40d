"""What a scenario may say of replays: rows of a bus handed out once more, into a consumer or a database."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from sim.core import quantity
from sim.core.names import CONSUMER, OWN
from sim.core.quantity import QuantityError
from sim.spec.faults.when import When
from sim.spec.model import Model
from sim.spec.text import complain
from sim.spec.types import NAME_PATTERN, Duration, Name, Rate

DATABASE = "database"  # what a replay goes into, if not into a consumer
_EXAMPLES = "such as #1200, 10m, power or 5m before power"
_INTO = rf"^(?:{OWN}/{DATABASE}|(?:{CONSUMER}/)?{NAME_PATTERN[1:-1]})$"
_NAME = re.compile(NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log of a bus.

    The first of these that is not None counts: ``position``; ``fault``: ``before`` ns before its start;
    ``at``: ns since the start of the run. Without any: the end of the log.
    """

    position: int | None = None
    fault: str | None = None
    before: int = 0
    at: int | None = None

    def __str__(self) -> str:
        """Return the place as one would write it."""
        if self.position is not None:
            return f"#{self.position}"
        if self.fault is not None:
            before = f"{quantity.format_duration(self.before)} before " if self.before else ""
            return before + self.fault
        return "now" if self.at is None else quantity.format_duration(self.at)


NOW = Place()


def parse_place(value: Any) -> Place:
    """Return the place that a text names. Raises the complaint if it names none."""
    if isinstance(value, Place):
        return value
    if value == 0 and not isinstance(value, bool):
        return Place(at=0)
    if not isinstance(value, str):
        raise complain("expected a place in a log", _EXAMPLES)
    text = value.strip()
    if text == "now":
        return NOW
    if re.fullmatch(r"#\d{1,15}", text):
        return Place(position=int(text[1:]))
    before, word, fault = text.rpartition(" before ")
    try:
        if not word and re.fullmatch(quantity.DURATION_PATTERN, text):
            return Place(at=quantity.parse_duration(text))
        if _NAME.fullmatch(fault):
            return Place(fault=fault, before=quantity.parse_duration(before) if word else 0)
    except QuantityError as error:
        raise complain(error.why, error.hint) from None
    raise complain(f"{value!r} is no place in a log", _EXAMPLES)


PlaceText = Annotated[
    Place,
    PlainValidator(parse_place),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"title": "place in a log", "anyOf": [{"type": "string"}, {"const": 0}]}),
]


class Replay(Model):
    """Hands out the rows of a region's bus once more, from one place to another: an action of people."""

    of: Name
    """The domain whose events are handed out."""
    region: Name
    """The region whose bus has them."""
    from_: Annotated[PlaceText, Field(alias="from")]
    """Where it begins: a position, a time of the run, or a fault's start, as in #1200, 10m or 5m
    before power."""
    to: PlaceText = NOW
    """Where it ends, likewise. Default: the end of the log when it begins."""
    into: Annotated[str, Field(pattern=_INTO)]
    """Who gets them: a consumer of the domain, or database, where the write of each is made again."""
    rate: Annotated[Rate, Field(gt=0)]
    """How many events it hands out."""
    at: Duration | None = None
    """When it begins, from the beginning of the run. Either this or ``when``."""
    when: When | None = None
    """What it waits for: it begins at the first look that finds this so. Either this or ``at``."""
    idempotent: bool = True
    """Whether an event that has had its effect is left out. Default: so that nothing happens twice."""

    @property
    def consumer(self) -> str | None:
        """Return the consumer that it goes into, None for the database."""
        sort, there, name = self.into.partition("/")
        if there:
            return name if sort == CONSUMER else None
        return None if sort == DATABASE else sort
