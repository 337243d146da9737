"""Plain data as a checked record, and what is wrong with data that is none."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from usersim_opt.basics.errors import DatasetError

AnyRecord = TypeVar("AnyRecord", bound=BaseModel)

Fields = dict[str, Any]
"""Plain data by the names of its fields."""


def parse(data: Any, record: type[AnyRecord], *, where: str) -> AnyRecord:
    """Make a record from plain data.

    DatasetError names `where`, the field, what was got and what was expected.
    """
    if not isinstance(data, dict):
        raise DatasetError(f"{where}: holds {type(data).__name__}; expected a mapping of fields")
    try:
        return record.model_validate(data)
    except ValidationError as error:
        raise DatasetError(f"{where}: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """The first fault of a validation error as `field: message (got ...)`.

    A field that the record does not have goes before a missing one: it is often a misspelling, and
    then explains both.
    """
    faults = error.errors(include_url=False)
    fault = min(faults, key=lambda each: each["type"] != "extra_forbidden")
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    if fault["type"] == "extra_forbidden":
        return _of_unknown_field(fault, faults) + more
    return _of_value(fault) + more


def _of_unknown_field(fault: ErrorDetails, faults: Sequence[ErrorDetails]) -> str:
    """What to say of a field that the record does not have, with the missing one it resembles."""
    *place, name = fault["loc"]
    missing = [str(each["loc"][-1]) for each in faults if _is_missing(each, tuple(place))]
    meant = get_close_matches(str(name), missing, n=1)
    suggestion = f", did you mean {meant[0]!r}?" if meant else ""
    return f"{_dotted(fault)}: is no field here{suggestion}"


def _is_missing(fault: ErrorDetails, place: tuple[int | str, ...]) -> bool:
    return fault["type"] == "missing" and fault["loc"][:-1] == place


def _of_value(fault: ErrorDetails) -> str:
    field = _dotted(fault)
    prefix = f"{field}: " if field else ""
    message = fault["msg"].removeprefix("Value error, ")
    # A missing field has no value, and our own validators name what they got.
    names_value = fault["type"] in ("missing", "value_error")
    got = "" if names_value else f" (got {fault.get('input')!r:.80})"
    return f"{prefix}{message}{got}"


def _dotted(fault: ErrorDetails) -> str:
    return ".".join(str(part) for part in fault["loc"])
