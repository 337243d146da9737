"""What the stand-in for the proposer advises where the agent is right or done.

A failure calls for it by its dimension, by what its criterion wants, and by the agent's turn.
"""

from collections.abc import Mapping

from usersim_opt.models.offline.moments import asks_for_consent, closes
from usersim_opt.models.offline.yielding import wants_fallback, wants_no_fight, wants_yes

ADVICE: Mapping[str, tuple[str, ...]] = {
    "consent": (
        "If the agent's plan is what you want, say yes in a word or two and leave it at that.",
        "When the agent asks you to confirm and nothing is wrong, a short yes is the whole answer.",
    ),
    "wait": (
        "Never end the chat in the message that confirms: stay until the agent says it is done.",
        "Wait for the agent to say that it is done; only after that do you leave.",
    ),
    "name_open": (
        "If the agent asks whether there is anything else, name the wish that nobody has handled.",
        "A wish that has not come up yet is one to mention when the agent wants to close.",
    ),
    "leave": (
        "Once all is done, leave with a word or none.",
        "If everything is settled, a short bye is enough; no summary and no farewell speech.",
    ),
    "give_in": (
        "If the agent is right and you were wrong, take it in a word and go on.",
        "Do not argue on against a rule that holds for everybody; give in, or say the next wish.",
    ),
}
"""Wordings by what is advised."""

Failure = Mapping[str, str]
"""A failure as a proposer is shown it; other searches show less of it."""


def topic_of(dimension: str, failure: Failure) -> str:
    """What a failure calls for: a key of ADVICE, else its dimension."""
    if dimension == "conversation_end.leaving":
        return "leave"
    if dimension == "conversation_end.waiting":
        return "name_open" if closes(failure.get("agent", "")) else "wait"
    return _way_to_yield(failure) or dimension


def _way_to_yield(failure: Failure) -> str:
    """How the customer was to give way, empty if it was not."""
    wanted = failure.get("wrong", "")
    if wants_yes(wanted) and asks_for_consent(failure.get("agent", "")):
        return "consent"
    yields = wants_yes(wanted) or wants_no_fight(wanted) or wants_fallback(wanted)
    return "give_in" if yields else ""
