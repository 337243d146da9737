"""What an evaluation in tau2 or tau-bench is asked for: prompts, numbers, seeds of its trials."""

from collections.abc import Mapping
from random import Random
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt, as_prompt

SEED = 300
"""From which tau2 draws the seeds of the trials."""
SILENT = Prompt("A customer who says one word, for an agent that does nothing.")
Prompts = Mapping[str, Prompt]


def check_numbers(**numbers: int | None) -> None:
    """InputError for what is no whole number of 1 or more; max_calls may be None."""
    for name, number in numbers.items():
        is_count = isinstance(number, int) and not isinstance(number, bool) and number >= 1
        if not is_count and not (name == "max_calls" and number is None):
            raise InputError(f"{name} is {number!r}; expected a whole number of 1 or more")


def named_prompts(prompts: Any) -> Prompts:
    """Prompts by their names; one alone is called `prompt`."""
    if isinstance(prompts, Prompt | str):
        return {"prompt": as_prompt(prompts)}
    if not isinstance(prompts, Mapping) or not prompts:
        raise InputError(
            f"the prompts are a {type(prompts).__name__}; expected a prompt, or some by their names"
        )
    named = {str(name): as_prompt(prompt) for name, prompt in prompts.items()}
    if len({prompt.sha256 for prompt in named.values()}) < len(named):
        raise InputError("two of the prompts are the same text; expected different ones")
    return named


def trial_seeds(trials: int) -> list[int]:
    """The seeds that tau2 gives its trials: 626729, 373753, ..."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    return [random.randint(0, 1_000_000) for _ in range(trials)]
