"""What a run was made from, as short texts that can be compared: a resumed run must have the same."""

from collections.abc import Mapping
from typing import Any

from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.material import Material, digest


def inputs_of(*, prompt: Prompt, train: Material, smoke: Material, models: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """The fingerprint of a run: digests of prompt and data, names of the models, the options that shape it."""
    return {
        "prompt": prompt.sha256,
        "train": digest(train),
        "smoke": digest(smoke),
        **{f"model.{role}": model for role, model in models.items()},
        **dict(options),
    }
