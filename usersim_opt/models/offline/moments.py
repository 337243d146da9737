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
    passed over a question of the customer was not answered
    asked       anything else: questions, mostly

Not covered: meaning. A careless reader takes a plan that is wrong in an unusual way for a right
one.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from usersim_opt.basics.text import sentences
from usersim_opt.models.offline.plans import ends_something, wrong_point
from usersim_opt.models.offline.story import Story, core, is_about_payment
from usersim_opt.scenarios.checks import asks

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
    "passed over",
    "asked",
]

_CONSENT = re.compile(
    r"\b(?:shall (?:i|we)|should i|may i|can i (?:go|press|do)|will i|(?:do|would) you (?:agree"
    r"|confirm|want me|like me|like to (?:confirm|accept|proceed|continue)|authori[sz]e)"
    r"|want (?:me to|it|that|this)|sounds? (?:good|right)|(?:does|would|will) (?:that|this|it)"
    r" (?:work|suit|do|be)|(?:may|can|could|should)"
    r" (?:i|we)(?! help| assist| do for)|happy with|do i have your|proceed"
    r"|go ahead|continue with|(?:please|to) confirm"
    r"|(?:is|are) (?:that|this|it|everything|you) (?:\w+ )?(?:right|correct|ok|okay|so|fine|with)"
    r"|type \W*yes|reply \W*yes|yes ?(?:/|or) ?no|do that\?|that do\?)\b",
    re.I,
)
_TELLS = re.compile(r"\b(?:yes|confirm|correct|agree|i save|put)\b", re.I)
_NOD = re.compile(
    r"^\W*(?:(?:all|and|are|alright|ahead|correct|cool|deal|do|fine|go|good|happy|in|is|it|like|me"
    r"|now|ok|okay|on|right|so|sound|sounds|still|that|the|then|this|to|want|we|with|work|works"
    r"|yeah|yes|you|agreed)\W+){1,5}$",
    re.I,
)
"""A question in nothing but small words, as `Good with that?`"""
_SHORT = 14
_THAT = re.compile(r"\b(?:i|me|we|that|this|it|these|them|so|like|yes)\b", re.I)
_OF_YOU = re.compile(
    r"\b(?:your|yours|have you|did you|do you have|you have|were you|else|help|who|what|which|when"
    r"|where|why|how)\b",
    re.I,
)
_CLOSING = re.compile(
    r"\b(?:anything else|something else|anything more|any(?:thing)? other|all done|all set"
    r"|that is everything|that's everything|have a (?:nice|good|great|pleasant|wonderful))",
    re.I,
)
_DONE = re.compile(
    r"\b(?:has|have|is|are)(?: now)?(?: been)? (?:added|changed|cancelled|canceled|booked|saved"
    r"|moved|sent|done|issued|submitted|approved|activated|updated)\b"
    r"|(?:^|[.!?] )(?:done|sent|booked)[.!]"
    r"|\bi(?:'ve| have) (?:booked|sent|saved|added|cancelled|moved|put|submitted)",
    re.I,
)
_SECRET = re.compile(
    r"\b(?:card number|16-digit|full number|security code|cvv|cvc|password|passport number|pin\b"
    r"|photo of|(?:copy|scan) of|iban|bank details|three digits|identity card|date of birth"
    r"|social security|tax number)",
    re.I,
)
_FACT = re.compile(
    r"\b(?:in fact|as it stands here|the record says|our records say|the booking says"
    r"|the contract says|the bill says|it says here"
    r")\b",
    re.I,
)
_REFUSAL = re.compile(
    r"\b(?:no exceptions?|for nobody|for everybody|for everyone|no one here can|nobody here can"
    r"|whoever you ask|the same for (?:all|every)|applies to all|applies to every\w*"
    r"|not for anyone|under any circumstances|can(?:'t|not) be negotiated"
    r"|(?:boss|supervisor|manager) can't|regardless of|in all cases)\b",
    re.I,
)
_SYMPATHY = re.compile(
    r"\b(?:sorry|apologi[sz]e)(?: to hear| about (?:that|this)| for (?:the|your|any|this) (?:loss"
    r"|delay|disruption|trouble|disappointment))[^.!?]*",
    re.I,
)
_FAILURE = re.compile(
    r"\b(?:unfortunately|unable|not (?:possible|able|permitted|covered|saved)"
    r"|(?:wasn't|isn't|can't|cannot|couldn't) (?:be|do|get|give|find|able|possible|issue"
    r"|offer|tell)"
    r"|went wrong|error|rejected|refused|failed|declined|denied|by mistake|expired|no longer"
    r"|was deducted|a second time|instead of|problem|ah no|oh no|oops|uh"
    r"|nothing left|somebody (?:else|took)|i can't|sold out)\b|(?:^|[.!] )no\.",
    re.I,
)
_AGAIN = re.compile(r"\b(?:again|once more|expired|start over|re-?enter)\b", re.I)
_REGRET = re.compile(r"\b(?:sorry|apologi[sz]e)\b", re.I)
_UNASKED = re.compile(r"\bi(?:'ve| have)? (?:charged|took|cancelled|canceled|booked|moved)\b", re.I)
_YES = re.compile(r"\W*(?:y|yes|yeah|yep|ya|ok|okay|sure|go|do|please|fine|right|good)\b", re.I)
_DENIAL = re.compile(r"\b(?:not|no|nothing|only|never|cannot|now)\b|n't\b", re.I)
_WORKING = re.compile(
    r"\b(?:one (?:moment|minute|second)|just a (?:moment|minute|second)|let me (?:check|look|see)"
    r"|trying again|i'm (?:now )?(?:processing|checking|looking|working)|i am (?:checking|looking)"
    r"|hold on|bear with)",
    re.I,
)
_REQUEST = re.compile(
    r"\b(?:(?:please|kindly) (?:provide|share|tell|answer|enter|send|give|type|state|fill"
    r"|confirm:)|could you|can you|tell me|i need|required|i'(?:d|ll) need|i will need"
    r"|your details|share|provide|the following|confirm:|let me know)\b",
    re.I,
)
_POINT = re.compile(r"^[^\S\n]*(?:[-*•]|\d+[.)])\s+", re.M)
_FEW = 2
"""Bullets, further questions or commas from which a request is a form."""
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
    """Whether an agent's turn ends in a question for a yes."""
    ending = _ending(agent)
    asks_or_tells = "?" in ending or _TELLS.search(ending) is not None
    asked = asks_or_tells and _CONSENT.search(ending) is not None
    return asked or _is_nod(ending) or _proposes(agent)


def _proposes(agent: str) -> bool:
    """Whether a turn with figures ends in its one question, which is not about the customer."""
    *told, last = sentences(agent) or [""]
    is_one = last.endswith("?") and agent.count("?") == 1 and len(last.split()) < _SHORT
    figures = re.search(r"\d", " ".join(told))
    return is_one and figures is not None and bool(_THAT.search(last)) and not _OF_YOU.search(last)


def _is_nod(ending: str) -> bool:
    return ending.rstrip().endswith("?") and _NOD.match(ending) is not None


def _ending(agent: str) -> str:
    """The last two sentences, or the last one where it is a question."""
    last = sentences(agent)[-2:]
    return last[-1] if last and _NOD.match(last[-1]) else " ".join(last)


def closes(agent: str) -> bool:
    """Whether an agent's turn brings the chat to its end, or asks what else there is."""
    return _CLOSING.search(agent) is not None


def is_an_end(agent: str) -> bool:
    """Whether an agent's turn says that all is done, or brings the chat to its end."""
    return closes(agent) or _DONE.search(agent) is not None


def tells_of_trouble(agent: str) -> bool:
    """Whether an agent's turn tells of a failure or a refusal."""
    plain = _SYMPATHY.sub("", agent)
    regrets = _REGRET.search(plain) is not None and _denies(plain)
    return regrets or any(pattern.search(plain) for pattern in (_FAILURE, _REFUSAL))


def _denies(agent: str) -> bool:
    """Whether a sentence that asks nothing says no, or what is now otherwise."""
    told = (sentence for sentence in sentences(agent) if not sentence.endswith("?"))
    return any(_DENIAL.search(sentence) for sentence in told)


def moment_of(agent: str, *, story: Story, chat: Sequence[str]) -> Moment:
    """The moment that an agent's last turn makes; `chat` are the turns before it."""
    if len(chat) < 2:
        return "opening"
    point = wrong_point(agent, story, chat)
    return (
        _asked(agent)
        or _trouble(agent, chat[-1], point)
        or _settling(agent, point, [*chat, agent], story)
    )


def _asked(agent: str) -> Moment | None:
    """The moments in which the agent wants to know something."""
    if _is_form(agent.replace("**", "")) and not asks_for_consent(agent):
        return None if _AGAIN.search(agent) else "asked"
    is_about_a_secret = _SECRET.search(agent) and not asks_for_consent(agent)
    return "sensitive" if is_about_a_secret and not tells_of_trouble(agent) else None


def _is_form(agent: str) -> bool:
    """Whether several things are wanted at once."""
    requested = _REQUEST.search(agent)
    points = len(_POINT.findall(agent)) + agent.count("?") - 1
    return requested is not None and max(points, agent[requested.end() :].count(",")) >= _FEW


def _trouble(agent: str, own: str, point: str) -> Moment | None:
    """The moments in which something is in the way."""
    if _REFUSAL.search(agent):
        return "refused"
    if _FACT.search(agent):
        return "corrected"
    if asks_for_consent(agent) and (_POINT.search(agent) or not point):
        return None
    unasked = _UNASKED.search(agent) and not _YES.match(own)
    return "failed" if unasked or tells_of_trouble(agent) else None


def _settling(agent: str, point: str, chat: list[str], story: Story) -> Moment:
    """The moments in which the agent plans, is done, or is at work."""
    if _REQUEST.search(agent) and not asks_for_consent(agent) and not closes(agent):
        return "asked"
    if _WORKING.search(agent):
        return "working"
    if asks_for_consent(agent):
        return "wrong" if point else "consent"
    if not ends_something(point) and is_an_end(agent):
        return _on_an_end(agent, chat, story)
    return "asked" if "?" in agent else _on_a_statement(agent, point)


def _on_an_end(agent: str, chat: list[str], story: Story) -> Moment:
    if asks(chat[-2]) and not _DONE.search(agent):
        return "passed over"
    return "unfinished" if open_wishes(story, chat) else "finished"


def _on_a_statement(agent: str, point: str) -> Moment:
    return "failed" if point or _DENIAL.search(agent) or "!" not in agent else "consent"


def open_wishes(story: Story, chat: Iterable[str]) -> list[str]:
    """The wishes that have not come up in the chat, in the story's words."""
    said = _content(" ".join(chat))
    wishes = [wish for wish in story.wishes if not is_about_payment(wish)]
    return [wish for wish in wishes if _share(_content(core(wish)), said) < _COMING_UP]


def _share(words: set[str], known: set[str]) -> float:
    return len(words & known) / len(words) if words else 1.0


def _content(text: str) -> set[str]:
    """What is left of a text's words without common ones, each by its first letters."""
    words = re.findall(r"[\w'-]+", text.lower())
    telling = (word for word in words if word not in _COMMON and _says_something(word))
    return {word[:_STEM].rstrip(_ENDING) for word in telling}


def _says_something(word: str) -> bool:
    return len(word) > 2 or word.isdigit()
