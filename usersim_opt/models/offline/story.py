"""What rules can read out of a private story: who, codes, wishes, doubts, conditions, payment.

    "Your user id is mia_4410. You want to move flight K3VQ8T to Friday. Only if Friday is full do you take Monday."

Not covered: everything that takes understanding. A story that says it in an unusual way is read poorly, as by a
careless reader; nothing is made up.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import sentences

USER_ID = re.compile(r"\b[a-z]+_[a-z]+_\d+\b")
CODE = re.compile(r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6}\b|\b(?=[A-Z]{6}\b)[A-Z]{6}\b")
DATE = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:,? )?)?(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:st|nd|rd|th)?\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
PLACE = re.compile(
    r"\b(?:from|to|in|via|at|into|for) ((?:[A-Z][a-z]+|[A-Z]{3})(?: (?:[A-Z][a-z]+|[A-Z]{3}))*)"
)
_WISH = re.compile(
    r"\byou (?:\w+ )?(?:want|would like|wish|need|would rather|hope|ask|are trying|intend|prefer)\b|\byou'd (?:like|rather)\b",
    re.I,
)
_CONDITION = re.compile(
    r"^(?:only |but )?(?:if|when|once|after|unless|in case|should)\b|\bonly (?:if|when|once|after|then)\b|\bif (?:that|this|it|the|there|only|not|basic)\b",
    re.I,
)
_DOUBT = re.compile(
    r"\b(?:not sure|unsure|not certain|without being certain|no idea|cannot tell|can't tell|don't remember|do not remember|don't recall|do not recall|don't know|do not know"
    r"|forg[eo]t|you think|you believe|you guess|may be|might be|perhaps|not remembered|do not have|don't have|not with you|at hand)\b", re.I,
)  # fmt: skip
_PAYMENT = re.compile(
    r"\b(?:card|visa|mastercard|paypal|gift card|certificate|voucher|pay|payment|credit)\b", re.I
)
_MANNER = re.compile(r"\b(?:you write|you are (?:\w+ )?(?:calm|curt|anxious|angry|polite|impatient|relaxed|reserved|chatty|blunt|emotional|reactive)|messages|mood|lower case|typos|insist|stubborn|patient|formal)\b", re.I)  # fmt: skip
_NAME = re.compile(
    r"\b[Yy]ou are ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)+)|\b[Yy]our name is ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)"
)
_SWAPS = (
    (r"\byou are\b", "i am"), (r"\byou have\b", "i have"), (r"\byou were\b", "i was"), (r"\byou do not\b", "i don't"), (r"\byou don't\b", "i don't"), (r"\byours\b", "mine"),
    (r"\byourself\b", "myself"), (r"\byour\b", "my"), (r"\b(to|for|with|from|of|at|tells|told) you\b", r"\1 me"), (r"\byou\b", "i"),
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """The readable parts of a story, sentences in the story's own words."""

    name: str
    user_id: str
    codes: tuple[str, ...]
    dates: tuple[str, ...]
    places: tuple[str, ...]
    wishes: tuple[str, ...]
    doubts: tuple[str, ...]
    conditions: tuple[str, ...]
    payments: tuple[str, ...]


@lru_cache(maxsize=1024)
def read_story(text: str) -> Story:
    """Sort a story's sentences and find its codes, dates and places."""
    parts = [s for line in sentences(" ".join(text.split())) for s in re.split(r";\s+", line)]
    conditions = tuple(s for s in parts if _CONDITION.search(s))
    plain = [s for s in parts if s not in conditions and not _MANNER.search(s)]
    doubts = tuple(s for s in plain if _DOUBT.search(s))
    wishes = tuple(
        s
        for s in plain
        if _WISH.search(s)
        and s not in doubts
        and not re.search(r"\bdo not want\b|\bdon't want\b", s)
    )
    name = _NAME.search(text)
    return Story(
        name=next((part for part in name.groups() if part), "") if name else "",
        user_id=(USER_ID.findall(text) or [""])[0],
        codes=tuple(dict.fromkeys(CODE.findall(text))),
        dates=tuple(dict.fromkeys(DATE.findall(text))),
        places=tuple(dict.fromkeys(PLACE.findall(text))),
        wishes=wishes or tuple(plain[-1:]),
        doubts=doubts,
        conditions=conditions,
        payments=tuple(s for s in plain if _PAYMENT.search(s)),
    )


def first_person(sentence: str) -> str:
    """A story's sentence as the customer would say it."""
    for pattern, replacement in _SWAPS:
        sentence = re.sub(pattern, replacement, sentence, flags=re.I)
    return sentence.strip().rstrip(".")


def core(sentence: str, most: int = 14) -> str:
    """What a wish comes to, in the first person and at most `most` words, without codes and ids."""
    said = first_person(sentence)
    wish = re.search(
        r"\bi (?:\w+ )?(?:want|would like|wish|need|would rather|hope|ask|intend|prefer)\b.*",
        said,
        re.I,
    )
    clause = re.split(
        r",? (?:because|so that|since|as you|but|and want|for your)\b|, ",
        wish.group() if wish else said,
    )[0]
    kept = [word for word in clause.split() if not USER_ID.search(word) and not CODE.search(word)]
    while len(kept) > 2 and (
        len(kept) > most
        or kept[-1].lower().strip(".,")
        in {
            "on",
            "reservation",
            "with",
            "under",
            "the",
            "a",
            "and",
            "of",
            "to",
            "for",
            "from",
            "my",
            "at",
            "in",
            "instead",
            "booking",
        }
    ):
        kept.pop()
    return " ".join(kept).strip(" ,.;")
