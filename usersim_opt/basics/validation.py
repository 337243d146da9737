"""Plain data as a checked record, and what is wrong with data that is none."""

from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from usersim_opt.basics.errors import DatasetError

AnyRecord = TypeVar("AnyRecord", bound=BaseModel)


def parse(data: Any, record: type[AnyRecord], *, where: str) -> AnyRecord:
    """Make a record from plain data; DatasetError names `where`, the field, what was got and what was expected."""
    if not isinstance(data, dict):
        raise DatasetError(f"{where}: holds {type(data).__name__}; expected a mapping of fields")
    try:
        return record.model_validate(data)
    except ValidationError as error:
        raise DatasetError(f"{where}: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """The first fault of a validation error as `field: what (got ...)`; a misspelt field goes before the missing one."""
    faults = error.errors(include_url=False)
    fault = min(faults, key=lambda f: f["type"] != "extra_forbidden")
    field = ".".join(str(part) for part in fault["loc"])
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    if fault["type"] == "extra_forbidden":
        missing = [
            str(f["loc"][-1])
            for f in faults
            if f["type"] == "missing" and f["loc"][:-1] == fault["loc"][:-1]
        ]
        meant = get_close_matches(str(fault["loc"][-1]), missing, n=1)
        return f"{field}: is no field here{f', did you mean {meant[0]!r}?' if meant else ''}{more}"
    shown = (
        "" if fault["type"] in ("missing", "value_error") else f" (got {fault.get('input')!r:.80})"
    )
    return (
        f"{field + ': ' if field else ''}{fault['msg'].removeprefix('Value error, ')}{shown}{more}"
    )
