"""In which moments the agent is right or done, as a reader finds them who only compares words.

    consent     a plan that says nothing but what the story says, and a question for a yes
    finished    all is done, and no wish of the story is open
    unfinished  all is done for the agent, and a wish of the story has not come up yet
    corrected   what the customer believes is set right by a fact
    refused     what the customer wants is allowed to nobody

Not covered: meaning. A right plan in words of its own is taken for a wrong one, and a wrong plan in
nothing but words of the story for a right one.
"""

import re
from collections.abc import Iterable
from typing import Literal

from usersim_opt.models.offline.story import Story, is_about_payment

Moment = Literal["consent", "finished", "unfinished", "corrected", "refused"]

_CONSENT = re.compile(
    r"\b(?:shall i|should i|may i|can i go|do you (?:agree|confirm|want me)|would you like me to"
    r"|is (?:that|this|it|everything) (?:right|correct|ok|okay|so)|correct\?|right\?|agreed\?"
    r"|yes ?(?:/|or) ?no|(?:please|to) confirm|reply (?:with )?yes|okay\?|ok\?)",
    re.I,
)
_CLOSING = re.compile(
    r"\b(?:anything else|something else|anything more|any(?:thing)? other|all done|all set"
    r"|that is everything|that's everything|have a (?:nice|good|great|pleasant))",
    re.I,
)
_FACT = re.compile(
    r"\b(?:in fact|as it stands here|the record says|our records say|the booking says"
    r"|the contract says|the bill says|it says here)\b",
    re.I,
)
_REFUSAL = re.compile(
    r"\b(?:no exceptions?|for nobody|for everybody|for everyone|no one here can|nobody here can"
    r"|whoever you ask|the same for all|applies to all|applies to every\w*|not for anyone)\b",
    re.I,
)
_MATCHING = 0.95
"""Share of a plan's words that story and customer know, from which it says what they say."""
_DONE_MATCHING = 0.75
"""The same for what is said to be done: agents add what they have sent and when it comes."""
_COMING_UP = 0.5
"""Share of a wish's words in the chat from which it has come up."""
_LEAST_WORDS = 1
_STEM = 5
"""Letters by which two words are one, less an ending."""
_ENDING = "eds"
_COMMON = frozenset(
    """a about after again ahead all also an and any anything are as at be been before being but by
    can case chat could did do does done e-mail else everything fine for from get go going good
    great had has have he hello help her here here's him his how i if i'll i'm in into is it it's
    its just keep leave let like mail make me minutes moment more my need no not note noted now of
    off ok okay on one only or other our out over per perfect please ready right see send sent set
    shall she should so some sure take than thank thanks that that's the their them then there
    these they thing this to today two up want was way we well we'll were what when which who will
    wish with would yes you you'd your yours
    agree agreed book booked booking certainly change changed check checked confirm confirmation
    confirmed correct email exactly following found hour hours nice pleasant plan proceed
    receive reply request said save say summary system understand understood
    wonderful works write""".split()
)
"""Words that say nothing about what is planned; the second paragraph holds those of agents."""


def asks_for_consent(agent: str) -> bool:
    """Whether an agent's turn asks for a yes."""
    return _CONSENT.search(agent) is not None


def closes(agent: str) -> bool:
    """Whether an agent's turn brings the chat to its end, or asks what else there is."""
    return _CLOSING.search(agent) is not None


def moment_of(
    agent: str, *, story: Story, own: Iterable[str], chat: Iterable[str]
) -> Moment | None:
    """The moment that an agent's last turn makes, None where the agent is not known to be right.

    `own` are the customer's turns so far, `chat` all turns with the last one.
    """
    if _REFUSAL.search(agent):
        return "refused"
    if _FACT.search(agent):
        return "corrected"
    share = _known_share(agent, [story.text, *own])
    if closes(agent) and share >= _DONE_MATCHING:
        return "unfinished" if open_wishes(story, chat) else "finished"
    return "consent" if asks_for_consent(agent) and share >= _MATCHING else None


def open_wishes(story: Story, chat: Iterable[str]) -> list[str]:
    """The wishes that have not come up in the chat, in the story's words."""
    said = list(chat)
    wishes = [wish for wish in story.wishes if not is_about_payment(wish)]
    return [wish for wish in wishes if _known_share(wish, said) < _COMING_UP]


def _known_share(text: str, known: Iterable[str]) -> float:
    """The share of a text's words that stand in others, 0 where there are too few to tell."""
    words = _content(text)
    if len(words) < _LEAST_WORDS:
        return 0.0
    return len(words & _content(" ".join(known))) / len(words)


def _content(text: str) -> set[str]:
    """What is left of a text's words without common ones, each by its first letters."""
    words = re.findall(r"[\w'-]+", text.lower())
    telling = (word for word in words if word not in _COMMON and _says_something(word))
    return {word[:_STEM].rstrip(_ENDING) for word in telling}


def _says_something(word: str) -> bool:
    return len(word) > 2 or word.isdigit()
