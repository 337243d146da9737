"""The base of the records: frozen, strict, with texts that can be read and defaults unwritten."""

from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from usersim_opt.basics.strict_json import half_character
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields


def _readable(value: str) -> str:
    """The text; ValueError for one of which nothing can be seen, or that cannot be sent."""
    if is_blank(value):
        raise ValueError(f"is {value!r:.40}; expected a text with something to be seen in it")
    if half := half_character(value):
        raise ValueError(f"holds half a character near {half}; expected whole ones")
    return value


Text = Annotated[str, AfterValidator(_readable)]
"""A text that can be read: something of it is seen, and all of it can be saved as UTF-8."""


class Record(BaseModel):
    """Base of the records: frozen, no unknown fields, no silent type conversion."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    _unwritten_defaults: ClassVar[frozenset[str]] = frozenset()
    """Fields that are not written where they hold their default, so that what was written before
    they came is written as before, and has the same digest."""

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> Fields:
        fields: Fields = write(self)
        unwritten = {key for name in self._unwritten_defaults for key in self._keys_of(name)}
        return {key: value for key, value in fields.items() if key not in unwritten}

    def _keys_of(self, name: str) -> tuple[str, ...]:
        """The keys under which a field may be written, none if it does not hold its default."""
        field = type(self).model_fields[name]
        return () if getattr(self, name) != field.default else (name, field.alias or name)
