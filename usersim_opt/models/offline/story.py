"""What rules can read out of a private story: who, codes, wishes, doubts, conditions, payment.

    "Your user id is mia_4410. You want to move flight K3VQ8T to Friday. Only if Friday is full do
    you take Monday."

Not covered: everything that takes understanding. A story that says it in an unusual way is read
poorly, as by a careless reader; nothing is made up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import sentences
from usersim_opt.scenarios.identifiers import BOOKING_CODE, USER_ID

_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
DATE = re.compile(rf"\b(?:{_DAY}(?:,? )?)?{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b|\b{_DAY}\b")
_PLACE_NAME = r"(?:[A-Z][a-z]+|[A-Z]{3})"
PLACE = re.compile(rf"\b(?:from|to|in|via|at|into|for) ({_PLACE_NAME}(?: {_PLACE_NAME})*)")
_WISH = re.compile(
    r"\byou (?:\w+ )?(?:want|would like|wish|need|have to|would rather|hope|ask|are trying|intend"
    r"|prefer)\b|\byou'd (?:like|rather)\b|\b(?:has|have) to (?:be|go)\b"
    r"|\byou (?:don't|do not) need\b|^(?:cancel|change|move|book|add|remove|get|find|return)\b",
    re.I,
)
_AVERSION = re.compile(r"\bdo not want\b|\bdon't want\b")
_CONDITION = re.compile(
    r"^(?:only |but )?(?:if|when|once|after|unless|in case|should)\b"
    r"|\bonly (?:if|when|once|after|then)\b|\bif (?:that|this|it|the|there|only|not|basic)\b",
    re.I,
)
_DOUBT = re.compile(
    r"\b(?:not sure|unsure|not certain|without being certain|no idea|cannot tell|can't tell"
    r"|don't remember|do not remember|don't recall|do not recall|don't know|do not know"
    r"|forg[eo]t|you think|you believe|you guess|may be|might be|perhaps|not remembered"
    r"|do not have|don't have|not with you|at hand)\b",
    re.I,
)
_TROUBLE = re.compile(
    r"\b(?:did not|didn't|was (?:late|cancelled|charged|delayed|lost|broken|damaged)|missed|missing"
    r"|can't|cannot|twice|never (?:came|got|arrived)|has to be|broken|stopped|are ill"
    r"|(?:hours?|days?) late|wrong|expires?|does not work|doesn't work)\b",
    re.I,
)
_FEW = 3
_NOUN = re.compile(r"\b(?:[Aa]n?|[Tt]he|[Yy]our|one) ([a-z]{3,})\b")
_LONG_WORD = re.compile(r"(?<![\w-])[a-z]{4,}(?![\w-])")
_NO_TOPIC = frozenset(
    """about after again also another answer anybody anything back because been before between both
    call came come could customer day days does dollars each else euros every everything first five
    four from have home hour into just keep know last late less like mind money month more morning
    most much name need never next nine nothing number once only other over paid pays pay people
    pounds price pays really reservation said same second seven should some somebody still stay take
    tell than that their them then there they think this three time today told tomorrow took travel
    under until user very want wanted wants week were what when where whether which while whole will
    with without would write writes year your yourself evening afternoon name one""".split()
)
_PIECE = re.compile(r"(?:,|:| because| and(?= (?:you|the|now)))\s+")
_PAYMENT = re.compile(
    r"\b(?:card|visa|mastercard|paypal|gift card|certificate|voucher|pay|payment|credit)\b", re.I
)
_MANNER = re.compile(
    r"\b(?:you (?:write|text|type|answer|talk)|you are (?:\w+ )?"
    r"(?:calm|curt|anxious|angry|polite|impatient|relaxed|reserved|chatty|blunt|emotional|reactive)"
    r"|messages|mood|lower case|typos|insist|stubborn|patient|formal)\b",
    re.I,
)
_NAME = re.compile(
    r"\b[Yy]ou are ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)+)"
    r"|\b[Yy]our name is ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)"
)
_SWAPS = (
    (r"\byou are\b", "i am"),
    (r"\byou have\b", "i have"),
    (r"\byou were\b", "i was"),
    (r"\byou do not\b", "i don't"),
    (r"\byou don't\b", "i don't"),
    (r"\byours\b", "mine"),
    (r"\byourself\b", "myself"),
    (r"\byour\b", "my"),
    (r"\b(to|for|with|from|of|at|tells|told) you\b", r"\1 me"),
    (r"\byou\b", "i"),
)
_WISH_OF_MINE = re.compile(
    r"\bi (?:\w+ )?(?:want|would like|wish|need|have to|would rather|hope|ask|intend|prefer)\b.*",
    re.I,
)
_NEXT_CLAUSE = re.compile(r",? (?:because|so that|since|as you|but|and want|for your)\b|, ")
_LOOSE_ENDS = frozenset(
    "on reservation with under the a and of to for from my at in instead booking".split()
)
"""Words that end no clause: what they belonged to was cut off."""

_DROPPED = frozenset("a an the my that i am have".split())
"""What people leave out who type fast."""


@dataclass(frozen=True)
class Story:
    """The readable parts of a story, sentences in the story's own words."""

    text: str
    clauses: tuple[str, ...]
    name: str
    user_id: str
    codes: tuple[str, ...]
    dates: tuple[str, ...]
    places: tuple[str, ...]
    wishes: tuple[str, ...]
    doubts: tuple[str, ...]
    conditions: tuple[str, ...]
    payments: tuple[str, ...]
    topic: str
    """The thing that it names most often."""
    trouble: str
    """What went wrong, in a few words; empty if nothing did."""


@lru_cache(maxsize=1024)
def read_story(text: str) -> Story:
    """Sort a story's sentences and find its codes, dates and places."""
    parts = _clauses(text)
    conditions = _matching(_CONDITION, parts)
    plain = [part for part in parts if part not in conditions and not _MANNER.search(part)]
    doubts = _matching(_DOUBT, plain)
    wishes = [part for part in _matching(_WISH, plain) if part not in doubts]
    wishes = [part for part in wishes if not _AVERSION.search(part)]
    user_id = USER_ID.search(text)
    return Story(
        text=text,
        clauses=tuple(part for part in parts if not _MANNER.search(part)),
        name=_name(text),
        user_id=user_id.group() if user_id else "",
        codes=_distinct(BOOKING_CODE, text),
        dates=_distinct(DATE, text),
        places=_distinct(PLACE, text),
        wishes=tuple(wishes or plain[-1:]),
        doubts=doubts,
        conditions=conditions,
        payments=_matching(_PAYMENT, plain),
        topic=_topic(text),
        trouble=_trouble(plain),
    )


def _trouble(parts: Iterable[str]) -> str:
    """The first piece of a sentence that tells of something gone wrong."""
    pieces = (piece for part in parts for piece in _PIECE.split(part))
    told = (piece for piece in pieces if _TROUBLE.search(piece) and len(piece.split()) > _FEW)
    return in_few_words(first_person(next(told, "")), 9)


def _topic(text: str) -> str:
    """What it is about: the longer word that stands most often, else the commonest noun."""
    often = Counter(word for word in _LONG_WORD.findall(text) if word not in _NO_TOPIC)
    nouns = Counter(word for word in _NOUN.findall(text) if word not in _NO_TOPIC)
    word, number = max(often.items(), key=lambda pair: pair[1], default=("", 0))
    noun = max(nouns, key=nouns.__getitem__, default="order")
    return word if number > 1 else noun


def _clauses(text: str) -> list[str]:
    """Sentences, and what semicolons part."""
    in_one_line = " ".join(text.split())
    return [part for line in sentences(in_one_line) for part in re.split(r";\s+", line)]


def _matching(pattern: re.Pattern[str], parts: Sequence[str]) -> tuple[str, ...]:
    return tuple(part for part in parts if pattern.search(part))


def _distinct(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pattern.findall(text)))


def _name(text: str) -> str:
    match = _NAME.search(text)
    return next((part for part in match.groups() if part), "") if match else ""


def is_about_payment(sentence: str) -> bool:
    """Whether a sentence speaks of how the customer pays."""
    return _PAYMENT.search(sentence) is not None


def first_person(sentence: str) -> str:
    """A story's sentence as the customer would say it."""
    for pattern, replacement in _SWAPS:
        sentence = re.sub(pattern, replacement, sentence, flags=re.I)
    return sentence.strip().rstrip(".")


def core(sentence: str, most: int = 14) -> str:
    """What a wish comes to: in the first person, at most `most` words, no codes and ids."""
    said = first_person(sentence)
    wish = _WISH_OF_MINE.search(said)
    clause = _NEXT_CLAUSE.split(wish.group() if wish else said)[0]
    words = [word for word in clause.split() if not _is_identifier(word)]
    while len(words) > 2 and (len(words) > most or _is_loose(words[-1])):
        words.pop()
    return " ".join(words).strip(" ,.;")


def in_few_words(clause: str, most: int = 7) -> str:
    """A clause as people type it: no articles, no identifiers, at most `most` words."""
    words = [word for word in clause.split() if not _is_identifier(word)]
    words = [word for word in words if word.lower() not in _DROPPED][:most]
    while len(words) > 2 and _is_loose(words[-1]):
        words.pop()
    return " ".join(words).strip(" ,.;:")


def _is_identifier(word: str) -> bool:
    return bool(USER_ID.search(word) or BOOKING_CODE.search(word))


def _is_loose(word: str) -> bool:
    return word.lower().strip(".,") in _LOOSE_ENDS
