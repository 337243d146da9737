"""What an evaluation in tau2 or tau-bench is asked for: its numbers and the seeds of its trials."""

from collections.abc import Mapping
from random import Random

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt

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


def trial_seeds(trials: int) -> list[int]:
    """The seeds that tau2 gives its trials: 626729, 373753, ..."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    return [random.randint(0, 1_000_000) for _ in range(trials)]
