"""The guard on a second voice: the agent's part is not the customer's to play."""

from usersim_opt.measuring.universal.recital import agent_echo
from usersim_opt.measuring.universal.signs import Signs
from usersim_opt.scenarios.checks import Moment

_SIGNS = Signs("both_sides")


def both_sides(reply: str, moment: Moment) -> str:
    """Words that only an agent says, lines with the agent's label, or an echo of the agent."""
    return _SIGNS(reply, moment) or agent_echo(reply, moment)
