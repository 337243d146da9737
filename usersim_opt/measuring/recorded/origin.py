"""What an evaluation was made from, as far as anybody noted it."""

from collections.abc import Mapping

from pydantic import Field

from usersim_opt.scenarios.records import Record


class Origin(Record):
    """What replies were made from; empty where nobody noted it."""

    name: str = ""
    """What the evaluation is called beside others."""
    prompt_sha256: str = ""
    """Hex digest of the prompt's text."""
    data_sha256: str = ""
    """Hex digest of the tasks and scenarios; see scenarios/material.py."""
    models: Mapping[str, str] = Field(default_factory=dict)
    """The models with their sampling options, by role."""
