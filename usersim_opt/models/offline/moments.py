"""In which moment the customer is, read from the agent's last turn, the story and the chat.

    opening     the customer has not said anything yet
    sensitive   the agent wants a secret, or what is none of its business
    refused     what the customer wants is allowed to nobody
    corrected   what the customer believes is set right by a fact
    failed      something failed, was refused, or was done wrongly
    wrong       a plan that story and customer do not know
    consent     a plan in which nothing is wrong, and a question for a yes
    unfinished  all is done for the agent, and a wish of the story has not come up yet
    finished    all is done, and no wish of the story is open
    working     the agent is at work and asks for nothing
    asked       anything else: questions, mostly

Not covered: meaning. A careless reader takes a plan that is wrong in an unusual way for a right
one.
"""

import re
from collections.abc import Iterable
from typing import Literal

from usersim_opt.models.offline.plans import wrong_point
from usersim_opt.models.offline.story import Story, is_about_payment

Moment = Literal[
    "opening",
    "sensitive",
    "refused",
    "corrected",
    "failed",
    "wrong",
    "consent",
    "unfinished",
    "finished",
    "working",
    "asked",
]

_CONSENT = re.compile(
    r"\b(?:shall i|should i|may i|can i (?:go|press)|will i put|do you (?:agree|confirm|want me"
    r"|authori[sz]e)|(?:would you like|want) me to|do i have your|go ahead\?|proceed\?"
    r"|would you like to (?:confirm|accept|proceed|continue)"
    r"|is (?:that|this|it|everything) (?:right|correct|ok|okay|so|fine)|all right( like this)?\?"
    r"|(?:correct|right|agreed|good|okay|ok|fine|cool|do that|save it like that|with that)\?"
    r"|that do\?|yes ?(?:/|or) ?no|please confirm|confirm (?:the|to|with)|to confirm"
    r"|i save it|i(?:'ll| will| am| have|'ve|'m) (?:now )?(?:book|mov|add|put|check|chang|cancel|process|going to))",
    re.I,
)
_CLOSING = re.compile(
    r"\b(?:anything else|something else|anything more|any(?:thing)? other|all done|all set"
    r"|that is everything|that's everything|have a (?:nice|good|great|pleasant|wonderful)"
    r"|has been (?:added|changed|cancelled|booked|saved|moved|sent)|^(?:done|sent|booked)[.!])",
    re.I,
)
_SECRET = re.compile(
    r"\b(?:card number|16-digit|full number|security code|cvv|cvc|password|passport number|pin\b"
    r"|photo of|copy of your (?:id|passport)|iban|bank details|three digits|identity card"
    r"|social security|tax number)",
    re.I,
)
_FACT = re.compile(
    r"\b(?:in fact|as it stands here|the record says|our records say|the booking says"
    r"|the contract says|the bill says|it says here|is the \w+ one here|on your confirmation"
    r"|that one (?:turned|was|is)|it goes like this)\b",
    re.I,
)
_REFUSAL = re.compile(
    r"\b(?:no exceptions?|for nobody|for everybody|for everyone|no one here can|nobody here can"
    r"|whoever you ask|the same for (?:all|every)|applies to all|applies to every\w*"
    r"|not for anyone|under any circumstances|whichever way|can't be negotiated|if i wanted to"
    r"|my boss can't)\b",
    re.I,
)
_FAILURE = re.compile(
    r"\b(?:unfortunately|cannot be|can't (?:be|do|get|give|find)|unable|not (?:possible|able|permitted)"
    r"|isn't possible|wasn't able|went wrong|an error|rejected|refused|failed|did not go through|declined"
    r"|by mistake|not covered|expired|no longer|denied|not loaded|not saved|was deducted|by itself"
    r"|a second time|instead of|ran into a problem|gone up|too long|already (?:sent|closed)"
    r"|cannot tell|aw shoot|ah no|oh no|nothing (?:side|left)|took it|somebody (?:else|took))\b",
    re.I,
)
_WORKING = re.compile(
    r"\b(?:one (?:moment|minute|second)|just a (?:moment|minute|second)|let me (?:check|look|see)"
    r"|trying again|i'm (?:processing|checking|looking)|i am (?:checking|looking)|hold on|bear with)",
    re.I,
)
_COMING_UP = 0.4
"""Share of a wish's words in the chat from which it has come up."""
_STEM = 5
"""Letters by which two words are one, less an ending."""
_ENDING = "eds"
_COMMON = frozenset(
    """a about after again all also an and any are as at be been before but by can could did do does
    else for from get go had has have he her him his how i if in into is it its just like me more my
    need no not now of off on one only or other our out over please she should so some take than
    that the their them then there they this to up want wants was way we were what when which who
    will with would yes you your""".split()
)
"""Words that say nothing about what is wished."""


def asks_for_consent(agent: str) -> bool:
    """Whether an agent's turn asks for a yes."""
    return _CONSENT.search(agent) is not None


def closes(agent: str) -> bool:
    """Whether an agent's turn brings the chat to its end, or asks what else there is."""
    return _CLOSING.search(agent) is not None


def tells_of_trouble(agent: str) -> bool:
    """Whether an agent's turn tells of a failure or a refusal."""
    return _FAILURE.search(agent) is not None or _REFUSAL.search(agent) is not None


def moment_of(agent: str, *, story: Story, own: Iterable[str], chat: Iterable[str]) -> Moment:
    """The moment that an agent's last turn makes.

    `own` are the customer's turns so far, `chat` all turns with the last one.
    """
    said = list(own)
    if not said:
        return "opening"
    return _trouble(agent) or _settling(agent, story, said, list(chat)) or "asked"


def _trouble(agent: str) -> Moment | None:
    """The moments in which something is in the way."""
    patterns: tuple[tuple[Moment, re.Pattern[str]], ...] = (
        ("sensitive", _SECRET),
        ("refused", _REFUSAL),
        ("corrected", _FACT),
    )
    found = (moment for moment, pattern in patterns if pattern.search(agent))
    return next(found, "failed" if _FAILURE.search(agent) and not _is_handled(agent) else None)


def _is_handled(agent: str) -> bool:
    """Whether the trouble is past: the agent has a plan with a list."""
    return asks_for_consent(agent) and "\n-" in agent and not re.search("first|final", agent)


def _settling(agent: str, story: Story, own: list[str], chat: list[str]) -> Moment | None:
    """The moments in which the agent plans, is done, or is at work."""
    if closes(agent) and not re.search(r"\btrying again", agent):
        return "unfinished" if open_wishes(story, chat) else "finished"
    if asks_for_consent(agent):
        return "wrong" if wrong_point(agent, story, own) else "consent"
    if _WORKING.search(agent) and "provide" not in agent:
        return "working"
    return None


def open_wishes(story: Story, chat: Iterable[str]) -> list[str]:
    """The wishes that have not come up in the chat, in the story's words."""
    said = _content(" ".join(chat))
    wishes = [wish for wish in story.wishes if not is_about_payment(wish)]
    return [wish for wish in wishes if _share(_content(wish), said) < _COMING_UP]


def _share(words: set[str], known: set[str]) -> float:
    return len(words & known) / len(words) if words else 1.0


def _content(text: str) -> set[str]:
    """What is left of a text's words without common ones, each by its first letters."""
    words = re.findall(r"[\w'-]+", text.lower())
    telling = (word for word in words if word not in _COMMON and _says_something(word))
    return {word[:_STEM].rstrip(_ENDING) for word in telling}


def _says_something(word: str) -> bool:
    return len(word) > 2 or word.isdigit()
