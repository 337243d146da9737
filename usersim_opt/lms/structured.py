"""Asking a model for JSON of a given shape, where its connection can hold it to that."""

from typing import Any

import dspy
from pydantic import BaseModel


def structured(lm: dspy.LM | None, shape: type[BaseModel]) -> dict[str, Any]:
    """Call options that bind the answer to `shape`; none where the connection cannot, so answers are always checked."""
    target = lm or dspy.settings.lm
    engine = getattr(target, "_engine_spec", None)
    if getattr(engine, "takes_schema", False) or getattr(target, "supports_response_schema", False):
        return {"response_format": shape}
    return {}
