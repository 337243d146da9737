"""The rule that a data set says the language in which its stories are told."""

from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.languages import ENGLISH, guessed, language_of
from usersim_opt.scenarios.settings import FILE, spoken_in


def language_faults(dataset: Dataset) -> Faults:
    """Stories in another language than English, where the data set says none."""
    tasks = dataset.tasks.values()
    told = guessed(task.story for task in tasks)
    if spoken_in(tasks) == ENGLISH != told:
        yield Fault(
            FILE,
            "language",
            f"is that of English checks, and the stories are in {language_of(told).name}",
            f"write `language: {told}` into {FILE}",
            kind="other_language",
        )
