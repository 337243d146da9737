"""The base of the records: frozen, strict, with texts that can be read and defaults unwritten."""

from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)
from pydantic._internal._model_construction import ModelMetaclass

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.strict_json import half_character
from usersim_opt.basics.text import is_blank
from usersim_opt.basics.validation import Fields, explain


def _readable(value: str) -> str:
    """The text; ValueError for one of which nothing can be seen, or that cannot be sent."""
    if is_blank(value):
        raise ValueError(f"is {value!r:.40}; expected a text with something to be seen in it")
    if half := half_character(value):
        raise ValueError(f"holds half a character near {half}; expected whole ones")
    return value


Text = Annotated[str, AfterValidator(_readable)]
"""A text that can be read: something of it is seen, and all of it can be saved as UTF-8."""


class _Refusing(ModelMetaclass):
    """Makes records, and raises InputError for fields that make none.

    What is read from files goes by `model_validate`, which says with its ValidationError where in
    the data the fault is. An `__init__` would be called there, too; pydantic has no public name for
    the class of its classes.
    """

    def __call__(cls, *args: Any, **fields: Any) -> Any:  # noqa: N805 - it is called on a class
        try:
            return super().__call__(*args, **fields)
        except ValidationError as error:
            raise InputError(f"{cls.__name__}: {explain(error)}") from error


class Record(BaseModel, metaclass=_Refusing):
    """Base of the records: frozen, no unknown fields, no silent type conversion.

    InputError for fields that do not fit, with the first of them.
    """

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
