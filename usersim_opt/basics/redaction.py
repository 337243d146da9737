"""Plain data without keys and passwords, for what is saved of a model.

Not covered: a key without any of the usual shapes under a name that says nothing.
"""

import re
from typing import Any

from usersim_opt.basics.text import without_keys

_SECRET = re.compile("key|token|secret|password|authorization|credential", re.IGNORECASE)
"""What the name of an option holds whose value, if it is a text, proves who calls."""
HIDDEN = "***"


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
