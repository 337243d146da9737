"""Modules whose saved state holds no key and no password.

DSPy leaves `api_key` out of a saved model, but not the password in an address, nor what headers
and options of one's own hold.

Not covered: `save(..., save_program=True)`, which pickles the model as it is.
"""

import re
from typing import Any

import dspy

from usersim_opt.basics.text import without_keys
from usersim_opt.basics.validation import Fields

_SECRET = re.compile("key|token|secret|password|authorization|credential", re.IGNORECASE)
"""What the name of an option holds whose value, if it is a text, proves who calls."""
HIDDEN = "***"


class RedactedModule(dspy.Module):
    """Base of the modules that call a model: `save` writes the model without what proves who calls.

    The module itself keeps it; one that is loaded from such a file is given its model by `set_lm`.
    """

    def dump_state(self, json_mode: bool = True) -> Fields:
        """The state as DSPy has it, with `***` for keys and passwords of the models."""
        state: Fields = super().dump_state(json_mode=json_mode)
        return {name: _without_secrets_of_model(part) for name, part in state.items()}


def _without_secrets_of_model(part: Any) -> Any:
    if not isinstance(part, dict) or "lm" not in part:
        return part
    return part | {"lm": redacted(part["lm"])}


def redacted(data: Any) -> Any:
    """Plain data with `***` for what looks like a key or a password, or is named as one."""
    if isinstance(data, dict):
        return {name: _redacted_field(str(name), value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [redacted(each) for each in data]
    return without_keys(data) if isinstance(data, str) else data


def _redacted_field(name: str, value: Any) -> Any:
    if isinstance(value, str) and value and _SECRET.search(name):
        return HIDDEN
    return redacted(value)
