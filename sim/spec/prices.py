"""Prices: an amount of a currency for a unit, as ``0.526 USD/h``. None is assumed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from sim.spec.model import Model
from sim.spec.text import Complaint, complain

_FORM = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([A-Z]{3})/(\S+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Price:
    """``amount`` of ``currency`` (three letters) for one ``per``: h, GB or GB-month; a GB is 10^9 bytes."""

    amount: float
    currency: str
    per: str

    def __str__(self) -> str:
        """Return the canonical text."""
        return f"{Decimal(repr(self.amount)):f} {self.currency}/{self.per}"


def _read(per: str) -> Callable[[Any], Price]:
    def read(value: Any) -> Price:
        if isinstance(value, Price):
            return value
        match = _FORM.fullmatch(value) if isinstance(value, str) else None
        if match is None or match[3] != per:
            raise complain(f"expected a price for one {per}", f"such as 0.12 USD/{per}")
        return Price(float(match[1]), match[2], per)

    return read


def _schema(per: str) -> WithJsonSchema:
    return WithJsonSchema(
        {"title": f"price for one {per}", "type": "string", "pattern": rf"^\d+(?:\.\d+)? ?[A-Z]{{3}}/{per}$"}
    )


_TEXT = PlainSerializer(str, return_type=str)
PerHour = Annotated[Price, PlainValidator(_read("h")), _TEXT, _schema("h")]
PerGB = Annotated[Price, PlainValidator(_read("GB")), _TEXT, _schema("GB")]
PerGBMonth = Annotated[Price, PlainValidator(_read("GB-month")), _TEXT, _schema("GB-month")]


class Prices(Model):
    """What things cost, to set points of a sweep side by side. They change nothing that is simulated."""

    source: str
    """Where the prices are from, and of when."""
    instance: PerHour | None = None
    """Of a machine: a database node, a broker, a member of a consumer group. Without it, they cost
    nothing."""
    transfer: PerGB | None = None
    """Of what is sent from one region to another. Without it, that costs nothing."""
    storage: PerGBMonth | None = None
    """Of what is written, kept for a month. Without it, that costs nothing."""

    @property
    def given(self) -> dict[str, Price]:
        """The prices that are there, by name."""
        found = {"instance": self.instance, "transfer": self.transfer, "storage": self.storage}
        return {name: price for name, price in found.items() if price is not None}


def check_prices(prices: Prices | None) -> Iterator[Complaint]:
    """Yield what is wrong between prices: there is at least one, and all are in one currency."""
    if prices is None:
        return
    given = prices.given
    if not given:
        yield Complaint(("prices",), "no price is given", "give instance, transfer or storage", at_key=True)
    first = next(iter(given.values()), None)
    for name, price in given.items():
        if first is not None and price.currency != first.currency:
            why = f"{price.currency} and {first.currency} cannot be added up"
            yield Complaint(("prices", name), why, "give all prices in one currency")
