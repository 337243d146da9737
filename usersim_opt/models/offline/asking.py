"""What the agent's questions are after, and what a story says to each.

A question is read by its words: `code`, `date`, `how many`. What no rule knows is looked up in the
story by the words that it shares with the question.

Not covered: questions that are put in other words than these.
"""

import re
from collections.abc import Iterator

from usersim_opt.models.offline.story import DATE, Story, first_person, in_few_words

ASKED = {
    "code": (
        r"\b(?:reservation|booking|confirmation|contract|order|parcel|tracking|customer|ticket)"
        r"[ -](?:code|reference|number|id)\b|\byour reservation\b|\bcode\b(?! of)|\bPNR\b"
    ),
    "user_id": r"\buser ?(?:id|name)|\baccount number|\blog-?in",
    "date": (
        r"\b(?:new|travel|flight|preferred|which|what|correct|departure|desired) (?:\w+ )?"
        r"(?:dates?|day)\b|\bdates? (?:of travel|and route|you)|\bwhen (?:do|would) you"
    ),
    "which": r"\bboth\b|\bwhich (?:flights?|one|line|item)",
    "name": r"\b(?:your|full|passenger'?s?) names?\b|\bnames? (?:of (?:the|all) pass|and ages?)",
    "route": r"\bdestination|\broute\b|\bwhere to\b|\b(?:delivery|your) address",
    "number": r"\bhow many\b|\bnumber of (?:bags|people|persons|passengers|items|rooms|pieces)\b",
    "payment": r"\bpay\b|\bpayment|\brefund method",
    "reason": r"\bwhy (?:are|do|is|does)\b|\breason",
}
"""What a question of the agent may be after, by the words of such questions."""
_POINT = re.compile(r"^[^\S\n]*(?:[-*•]|\d+[.)])\s+(.+)$", re.M)
# A sentence is looked at from its beginning alone; from each of its letters takes the square.
_ENTRY = re.compile(
    r"(?<![^.!?;\n])[^.!?;\n]*+\?|\?|(?:tell|give|send|share|provide|need)[^.!?\n]*", re.I
)
_PAYING = re.compile(r"\b(?:visa|mastercard|paypal|card|invoice|account)\b[^,.;]*", re.I)
_BOTH = re.compile(r"\bboth (?:ways|flights|\w+)|\b(?:outbound|return|way back)\b", re.I)
_COUNT = re.compile(
    r"\b(?:one|two|three|four|five|six|\d) (?:\w+ )?(?:bags?|people|passengers?|adults?|persons?"
    r"|items?|boxes|lines)\b",
    re.I,
)
_REASON = re.compile(r"\b(?:because|since) [^,.;]*|\b(?:you are|are) ill\b", re.I)
_LEAST_SHARED = 2
_COMMON = frozenset(
    """a an and any are at be can could did do does for from had has have here how i in is it me my
    name need number of on or our please so tell that the this to was what when where which who
    whether will with would you your exactly give provide share""".split()
)


def points_of(agent: str) -> list[str]:
    """The things that a turn asks for: its bullets, else its questions and requests."""
    plain = agent.replace("**", "")
    return _POINT.findall(plain) or [part.strip() for part in _ENTRY.findall(plain)] or [plain]


def answers_to(point: str, story: Story) -> list[str]:
    """What the story says to one point, shortest form; empty where it says nothing."""
    facts = (fact for fact, pattern in ASKED.items() if re.search(pattern, point, re.I))
    found = [answer for fact in facts for answer in _fact(fact, story)]
    return list(dict.fromkeys(found)) or list(_looked_up(point, story))


def _fact(fact: str, story: Story) -> list[str]:
    """What the story says to a question after a fact, an empty list if nothing."""
    searched = {"payment": _PAYING, "which": _BOTH, "number": _COUNT, "reason": _REASON}
    if fact in searched:
        found = searched[fact].search(story.text)
        return [first_person(found.group())] if found else []
    dated = [date for wish in story.wishes for date in DATE.findall(wish)]
    simple = {
        "code": list(story.codes[:1]),
        "user_id": [story.user_id] if story.user_id else [],
        "date": (dated or list(story.dates))[:1],
        "name": [story.name] if story.name else [],
        "route": list(story.places[-1:]),
    }
    return simple[fact]


def _looked_up(point: str, story: Story) -> Iterator[str]:
    """The clause of the story with most words of the question, in a few words."""
    asked = _telling(point)
    shared = [(len(asked & _telling(clause)), clause) for clause in story.clauses]
    most, clause = max(shared, key=lambda pair: pair[0], default=(0, ""))
    if most > _LEAST_SHARED:
        yield in_few_words(first_person(clause))


def _telling(text: str) -> set[str]:
    found = re.findall(r"[a-z]{3,}", text.lower())
    return {word[:6].rstrip("s") for word in found if word not in _COMMON}
