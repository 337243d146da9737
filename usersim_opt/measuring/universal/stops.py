"""Guards on the stop tokens of the tau benchmarks: alone, and not before the conversation is over.

A stop token stands for leaving the chat. In tau-bench and tau2 it ends the conversation in the very
turn that holds it, so the agent never acts on the words beside it.
"""

from usersim_opt.basics.text import has_stop_token, spoken
from usersim_opt.scenarios.checks import Moment


def stop_with_text(reply: str, moment: Moment) -> str:
    """A stop token and whatever stands beside it."""
    return reply if has_stop_token(reply) and spoken(reply) else ""


def early_stop(reply: str, moment: Moment) -> str:
    """A bare stop token where no criterion of the scenario lets the customer leave."""
    is_bare = has_stop_token(reply) and not spoken(reply)
    return reply if is_bare and not moment.may_stop else ""
