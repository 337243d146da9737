"""What a careless reader finds wrong in a plan: the one point that story and customer do not know.

    Return: moved to Tuesday June 17        the story has June 19: "the return", "june 17"

A plan is taken apart into its bullets, or its sentences. Days, places, sums over a limit, things
that the story does not want, and extras that nobody has asked for speak against a point.

Not covered: who gets what, keep and cancel that are swapped, hours, and sums without a limit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from usersim_opt.basics.text import sentences
from usersim_opt.models.offline.story import Story

_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+(.*)$", re.M)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DATE = re.compile(rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)\b")
_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|the day after tomorrow|tomorrow)\b"
)
_SUM = re.compile(r"[$£€] ?(\d[\d,]*)|\b(\d[\d,]*) (?:dollars|euros|pounds|[a-z]+ each)\b"
                  r"|\b(?:usd|eur|gbp|dkk|sgd|cad|rs) (\d[\d,]*)")
_LIMIT = re.compile(r"\b(?:up to|at most|no more than|at the most) (\d+)")
_FREE = re.compile(
    r"\b(?:without a fee|at no cost|for free|free of charge|not want to pay|not pay)\b"
)
_NOT_WANTED = re.compile(
    r"\b(?:no|not|without|don't want|do not want|turn down)(?: an?| any| the)? ((?:\w+ )?\w+)"
)
_NONE = re.compile(r"\b(?:no|none|not|without|free|unchanged|stays?|sold out)\b|\b0\b")
_EXTRAS = re.compile(
    r"\b(?:insurance|priority|upgrade|vouchers?|travel credit|store credit|overnight|the night"
    r"|premium|express|protection|membership|subscription|extra \w+|in hold|the hold|counter"
    r"|business class|all three \w+|will be cancelled|removed|behind|sold out|add-on)\b"
)
_LABEL = re.compile(r"\b(?:return|outbound|way back|way there)\b")


@dataclass(frozen=True)
class _Known:
    """What the story and the customer have said, in lower case."""

    story: str
    said: str

    @property
    def text(self) -> str:
        return f"{self.story} {self.said}"


def wrong_point(plan: str, story: Story, own: Iterable[str]) -> str:
    """The point of a plan that is wrong, in a few words; empty where nothing speaks against it."""
    known = _Known(" ".join(story.text.lower().split()), " ".join(own).lower())
    for item in _items(plan.lower()):
        if found := next(_faults(item, known), ""):
            label = _LABEL.search(item)
            return f"the {label.group()}, {found}" if label else found
    return ""


def _items(plan: str) -> list[str]:
    """The bullets without their stars, or the sentences that ask nothing."""
    plain = plan.replace("**", "")
    bullets = _BULLET.findall(plain)
    return bullets or [item for item in sentences(plain) if not item.endswith("?")] or [plain]


def _faults(item: str, known: _Known) -> Iterator[str]:
    """What an item holds against what is known, the surest first."""
    yield from _other_dates(item, known)
    yield from _other_days(item, known)
    yield from _unwanted(item, known)
    yield from _too_dear(item, known)


def _other_dates(item: str, known: _Known) -> Iterator[str]:
    days = {month_day for month_day in _days(known.text)}
    if days:
        yield from (found for found in _dates(item) if _day(found) not in days)


def _dates(text: str) -> Iterator[str]:
    yield from (match.group() for match in _DATE.finditer(text))


def _days(text: str) -> Iterator[str]:
    """Days of the month; a range such as `17 to 24` holds two."""
    yield from map(_day, _dates(text))
    yield from re.findall(r"\bto (\d{1,2})\b", text)


def _day(date: str) -> str:
    found = re.search(r"\d+", date)
    return found.group() if found else ""


def _other_days(item: str, known: _Known) -> Iterator[str]:
    days = set(_DAY.findall(known.text))
    if days:
        yield from (day for day in _DAY.findall(item) if day not in days)


def _unwanted(item: str, known: _Known) -> Iterator[str]:
    """Extras that nobody has named, and things that the story says no to."""
    if _NONE.search(item):
        return
    refused = {word for phrase in _NOT_WANTED.findall(known.story) for word in phrase.split()}
    for extra in _EXTRAS.findall(item):
        if extra.split()[-1] not in known.text or set(extra.split()) & refused:
            yield extra
    yield from (word for word in refused if len(word) > 3 and re.search(rf"\b{word}\b", item))


def _too_dear(item: str, known: _Known) -> Iterator[str]:
    """Sums over the story's limit, or any sum where it is to cost nothing."""
    limits = [int(number) for number in _LIMIT.findall(known.story)]
    limit = 0 if _FREE.search(known.story) else max(limits, default=None)
    if limit is not None and not re.search(r"\b(?:refund|back)\b", item):
        for match in _SUM.finditer(item):
            if int("".join(match.groups(""))[:9].replace(",", "")) > limit:
                yield match.group()
