"""What all scenario models have in common."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

MS = 1_000_000
S = 1_000_000_000


class Model(BaseModel):
    """Strict, frozen, closed: an unknown key is an error."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        allow_inf_nan=False,
        defer_build=True,  # most are only parts of others
    )

    @model_validator(mode="before")
    @classmethod
    def null_is_default(cls, data: Any) -> Any:
        """Drop known keys whose value is null: null deletes, and what is not there has its default."""
        if isinstance(data, dict) and None in data.values():
            known = fields_by_key(cls)
            return {key: value for key, value in data.items() if value is not None or key not in known}
        return data


@cache
def fields_by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields by the keys that stand for them in a file (``from`` for the field ``from_``)."""
    return {field.alias or name: field for name, field in model.model_fields.items()}
