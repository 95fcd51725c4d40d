"""What all scenario models have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

MS = 1_000_000
S = 1_000_000_000


class Model(BaseModel):
    """Strict, frozen, closed: an unknown key is an error."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False
    )

    @model_validator(mode="before")
    @classmethod
    def null_is_default(cls, data: Any) -> Any:
        """Drop known keys whose value is null: null deletes, and what is not there has its default."""
        if isinstance(data, dict) and None in data.values():
            return {
                key: value for key, value in data.items() if value is not None or key not in cls.model_fields
            }
        return data
