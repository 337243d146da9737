"""What a careless reader finds wrong in a plan: the one point that story and customer do not know.

    Return: moved to Tuesday June 17        the story has June 19: "the return", "june 17"

A plan is taken apart into its bullets, or its sentences. Days, hours, sums over a limit, things
that the story does not want, and extras that nobody has asked for speak against a point. Failing
these, the point with most words that nobody has said yet does, if there are many.

Not covered: who gets what, keep and cancel that are swapped, and sums without a limit.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from usersim_opt.basics.text import sentences
from usersim_opt.models.offline.story import Story
from usersim_opt.scenarios.identifiers import UNITS

_WORD = re.compile(r"[a-z][a-z'-]{2,}")
_BULLET = re.compile(r"^[^\S\n]*(?:[-*•]|\d+[.)])\s+(.*)$", re.M)
_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_DATE = re.compile(
    rf"\b({'|'.join(_MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b|\b(\d{{1,2}})(?:st|nd|rd|th)\b"
)
_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|the day after tomorrow|tomorrow)\b"
)
_SUM = re.compile(
    r"[$£€] ?(\d[\d,]*)|\b(\d[\d,]*) (?:dollars|euros|pounds|[a-z]+ each)\b"
    r"|\b(?:usd|eur|gbp|dkk|sgd|cad|rs) (\d[\d,]*)"
)
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
    r"|business class|behind|add-on|addition|warranty)\b"
)
_LABEL = re.compile(r"(?<![a-z])([a-z]+(?: [a-z]+)?):")
_WAY = re.compile(r"\b(return|outbound|way back|way there)\b")


_ENDING_IT = re.compile(r"\b(?:cancel|remov|delet|terminat)\w*")
"""What ends something for good."""
_ENDS = re.compile(r"\b(?:cancel|refund|money back|remov|taken? off|end|undo|undone|delet)")
_BEFORE = re.compile(
    r"\b(?:before|by) (noon|midnight|\d{1,2}|[a-z]+)( (?:pm|in the (?:evening|afternoon)))?"
)
_CLOCK = re.compile(r"\b(\d{1,2}):(\d{2})\b")
_HOURS = {"noon": 12, "midnight": 24, **UNITS}
_OPPOSITES: Sequence[tuple[str, str]] = (
    ("one way", "round trip|return flight"),
    ("aisle", "window|middle seat"),
    ("window", "aisle|middle seat"),
    ("money|refund|cash|card", "vouchers?|travel credit|store credit|gift card"),
    ("cabin", "hold"),
    ("next to", "behind|apart"),
    ("economy", "business|first class"),
    (r"deliver\w*|brought|courier", "pick(?:ed)? up|collect(?:ed)?"),
    ("today", "tomorrow"),
    ("monthly", "yearly|annual"),
    (r"repair\w*", r"replace\w*|exchange\w*"),
    ("direct|nonstop", "stopover|layover|one stop"),
    ("morning", "evening|night"),
    ("evening", "morning"),
    ("single", "double|twin"),
    ("phone|by e-mail|by email|online", "by post|in person|at the counter"),
)
"""What excludes what: where the customer speaks of the first only, the second is wrong."""
_NUMBERED = re.compile(
    rf"\b(\d|{'|'.join(UNITS)}) (?:[a-z-]+ )?(bag|suitcase|seat|room|night|ticket|passenger"
    r"|adult|child|person|people|line|item|box|copy|copies|charge|month|piece|unit)(?:s|es|ren)?\b"
)
_MANY_NEW = {True: 5, False: 7}
"""New words from which a plan is doubted: in a list, and in running text."""
_STEM = 5
_ENDING = "eds"
_COMMON = frozenset(
    """a about after again all also an and any are as at be been being but by can could did do does
    for from get go going good great had has have here how if in into is it its just let like make
    me more my need no not note now of off okay one only or other our out over per please ready
    right same see set shall she should some such take than thank that the their them then there
    these they this those two use want was way we well were what when which will with would yes you
    your
    agreed booked booking changed charged checked confirm cost correct currently departure arrival
    because both charge child difference done email outbound return seat summarize fare fee flight
    following found free happen hour included itinerary
    minutes option original nothing number passenger payment plan price prepared proceed receive
    refund remain request reservation review send stays step summary system today total unchanged
    service landing valid until months sold usd eur gbp understand update available working business
    days details""".split()
)
"""Words that are new in every plan."""


@dataclass(frozen=True)
class _Known:
    """What story and customer have said, in lower case, and the words of the whole chat."""

    story: str
    said: str
    words: frozenset[str]

    @property
    def text(self) -> str:
        return f"{self.story} {self.said}"


def wrong_point(plan: str, story: Story, chat: Sequence[str]) -> str:
    """The point of a plan that is wrong, in a few words; empty where nothing speaks against it.

    `chat` are all turns before the plan, the agent's first.
    """
    sure = [part for part in story.clauses if part not in story.conditions]
    text = " ".join(" ".join(sure).lower().split())
    known = _Known(text, " ".join(chat[1::2]).lower(), _telling(" ".join([story.text, *chat])))
    items = _items(plan.lower())
    found = next(_faults(items, known), None)
    if found:
        return _named(*found)
    return _new_words(items, known, is_list=_BULLET.search(plan) is not None)


def _named(item: str, fault: str) -> str:
    """A fault with what its item is about."""
    label = _LABEL.match(item) or _WAY.search(item)
    return f"{label.group(1)}, {fault}" if label and fault not in label.group(1) else fault


def ends_something(point: str) -> bool:
    """Whether a wrong point is that something is ended which the customer wants to keep."""
    return _ENDING_IT.search(point) is not None


def _new_words(items: Sequence[str], known: _Known, *, is_list: bool) -> str:
    """The first new words of the point with most of them; empty where there are few in all."""
    new = [[word for word in _WORD.findall(item) if _is_new(word, known)] for item in items]
    most = max(new, key=len, default=[])
    return " ".join(most[:2]) if sum(map(len, new)) >= _MANY_NEW[is_list] else ""


def _is_new(word: str, known: _Known) -> bool:
    return word not in _COMMON and _stem(word) not in known.words


def _telling(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _WORD.findall(text.lower())))


def _stem(word: str) -> str:
    return word[:_STEM].rstrip(_ENDING)


def _items(plan: str) -> list[str]:
    """The bullets without their stars, or the sentences that ask nothing."""
    plain = plan.replace("**", "")
    bullets = _BULLET.findall(plain)
    return bullets or [item for item in sentences(plain) if not item.endswith("?")] or [plain]


def _faults(items: Sequence[str], known: _Known) -> Iterator[tuple[str, str]]:
    """Items with what they hold against what is known, the surest first."""
    rules = (
        _ended,
        _other_dates,
        _other_days,
        _opposite,
        _other_numbers,
        _unwanted,
        _too_late,
        _too_dear,
    )
    yield from ((item, fault) for rule in rules for item in items for fault in rule(item, known))


def _ended(item: str, known: _Known) -> Iterator[str]:
    """What is to be ended, where the customer has never spoken of ending anything."""
    if not _ENDS.search(known.text) and not _NONE.search(item):
        yield from _ENDING_IT.findall(item)


def _other_dates(item: str, known: _Known) -> Iterator[str]:
    days = set(_days(known.text))
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


def _opposite(item: str, known: _Known) -> Iterator[str]:
    """The contrary of what the customer speaks of."""
    for wanted, other in _OPPOSITES:
        found = re.search(rf"\b(?:{other})\b", item)
        if found and not _NONE.search(item) and _is_only(wanted, other, known.text):
            yield found.group()


def _is_only(wanted: str, other: str, text: str) -> bool:
    told = re.search(rf"\b(?:{wanted})\b", text)
    return told is not None and re.search(rf"(?<!no )(?<!not )\b(?:{other})\b", text) is None


def _other_numbers(item: str, known: _Known) -> Iterator[str]:
    """A number of things that is not the customer's number of these things."""
    wanted = dict(map(_count, _NUMBERED.finditer(known.text)))
    for match in _NUMBERED.finditer(item):
        noun, number = _count(match)
        if wanted.get(noun, number) != number:
            yield match.group()


def _count(match: re.Match[str]) -> tuple[str, int]:
    number, noun = match.group(1), match.group(2)
    return noun, int(number) if number.isdigit() else UNITS[number]


def _unwanted(item: str, known: _Known) -> Iterator[str]:
    """Extras that nobody has named, and things that the story says no to."""
    if _NONE.search(item):
        return
    refused = dict.fromkeys(_refused(known))  # a set has another order in each process
    for extra in _EXTRAS.findall(item):
        if extra.split()[-1] not in known.text or refused.keys() & extra.split():
            yield extra
    yield from (word for word in refused if len(word) > 3 and re.search(rf"\b{word}\b", item))


def _refused(known: _Known) -> Iterator[str]:
    """Things that the story says no to and speaks of nowhere else."""
    for phrase in _NOT_WANTED.findall(known.story):
        for word in phrase.split():
            if known.text.count(word) == 1 and word not in _COMMON:
                yield word


def _too_late(item: str, known: _Known) -> Iterator[str]:
    """A last hour that is past the hour by which the customer wants it."""
    wanted, hours = _BEFORE.search(known.text), _CLOCK.findall(item)
    if wanted and hours and (limit := _hour(*wanted.groups(""))):
        hour, minute = map(int, hours[-1])
        if hour * 60 + minute > limit * 60:
            yield ":".join(hours[-1])


def _hour(word: str, half: str) -> int:
    """The hour of the day, 0 if it is none."""
    hour = int(word) if word.isdigit() else _HOURS.get(word, 0)
    return hour + 12 if half and 0 < hour < 12 else hour


def _too_dear(item: str, known: _Known) -> Iterator[str]:
    """Sums over the story's limit, or any sum where it is to cost nothing."""
    limits = [int(number) for number in _LIMIT.findall(known.story)]
    limit = 0 if _FREE.search(known.story) else max(limits, default=None)
    if limit is not None and not re.search(r"\b(?:refund|back)\b", item):
        for match in _SUM.finditer(item):
            if int("".join(match.groups(""))[:9].replace(",", "")) > limit:
                yield match.group()
