"""What a run is made from, as short texts that can be compared: a resumed run must have the same."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.metric import Metric, models_of
from usersim_opt.models.naming import model_name
from usersim_opt.results.journal import Journal
from usersim_opt.scenarios.material import ScenarioSet, digest


def model_names(
    simulator: UserSimulator, metric: Metric, proposer: dspy.BaseLM | None = None
) -> dict[str, str]:
    """The models that take part in a run, by role, with their sampling options."""
    asked = {"user": simulator.lm or dspy.settings.lm, **models_of(metric)}
    if proposer is not None:
        asked["proposer"] = proposer
    return {role: model_name(lm) for role, lm in asked.items() if lm is not None}


def open_run(
    folder: Path,
    prompt: Prompt,
    data: Mapping[str, ScenarioSet],
    *,
    models: Mapping[str, str],
    options: Mapping[str, Any],
) -> Journal:
    """The journal of a run of these inputs in a folder, new or gone on with.

    `data` are the sets of scenarios by what they are for, such as `train` and `smoke`. Raises
    ResumeMismatch for a folder of other inputs, JournalError for one that another process has.
    """
    return Journal.open(
        folder,
        {
            "prompt": prompt.sha256,
            **{name: digest(scenarios) for name, scenarios in data.items()},
            **{f"model.{role}": model for role, model in models.items()},
            **options,
        },
    )
