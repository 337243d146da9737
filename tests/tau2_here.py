"""tau2 where it is installed; tests that need it are skipped elsewhere, with the reason."""

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.package import tau2

QUIET = [
    pytest.mark.filterwarnings("ignore:Item.*ReadOnly:UserWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""For what litellm leaves behind: doubts of pydantic, and connections that nobody closes."""


def tau2_or_skip():
    """The installed tau2."""
    try:
        return tau2()
    except InputError as error:
        pytest.skip(str(error), allow_module_level=True)


def tasks_of(domain, split):
    """The tasks of a split of the installed tau2."""
    return tau2().registry.get_tasks_loader(domain)(task_split_name=split)
