"""The stand-ins by role."""

from collections.abc import Callable
from importlib import import_module

from usersim_opt.models.offline.call import Call


def answer_of(role: str) -> Callable[[Call], str]:
    """The function that answers for a role."""
    answer: Callable[[Call], str] = import_module(f"usersim_opt.models.offline.{role}").answer
    return answer
