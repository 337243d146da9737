"""The guard on facts: what stands in neither story nor chat has been made up.

Facts are codes, addresses of mail and web, figures, dates, times of the day, and names within a
sentence. A number counts as known if it follows from known ones (see scenarios/facts.py), a day of
the month only if it stands there, lies in a range, or is a day or a week away where somebody spoke
of that: nearly every day would follow from two dates. A name counts as known by its first four
letters ("Philly").

Not covered: facts without a figure or a capital letter ("my sister's wedding", "frankfurt"), and
what is known but wrong here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import fold, spoken
from usersim_opt.measuring.universal.guard import said_at
from usersim_opt.measuring.universal.table import TABLE
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.facts import (
    in_ranges,
    new_codes,
    new_names,
    numbers,
    unsaid,
    with_arithmetic,
)
from usersim_opt.scenarios.identifiers import IDENTIFIER
from usersim_opt.scenarios.languages import ENGLISH

_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{0,64}\w|(?:https?://|www\.)[^\s<>()]+",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,}\b"
    r"|\b[A-Z]{1,3}-?\d{2,}\b|\b\d{1,2}[A-K]\b"
    r"|\b(?=[a-z0-9]{0,12}\d[a-z]{1,9}\d|[a-z]{1,9}\d{3}|[a-z]{1,9}\d{2}[a-z])[a-z0-9]{5,12}\b"
)
"""Codes of any length, seats, and codes in small letters."""
_LONG = re.compile(r"\+?\d(?:[ .()/-]{0,2}\d){6,}")
"""Numbers of telephones and cards: seven figures or more, with blanks or hyphens between them."""
_SPELLED = re.compile(r"\b\d(?:[ -]\d){2,}\b")
"""Figures one by one: `0 4 7`."""
_DECIMAL = re.compile(r"\b(\d{1,6})[.,](\d{2})\b")
_ENDLESS = re.compile(r"\d{19,}")
"""Figures that are no number; Python reads none of thousands of digits."""
_TIME = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_ISO_DATE = re.compile(r"\b\d{4}-(\d{2})-(\d{2})\b")
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_AFTER_COLON = re.compile(r": +(?=[A-ZÀ-Þ])")
"""A sentence begins there."""
_NEXT_DAY = re.compile(r"\b(?:next|one|a|previous) day\b|\bday (?:before|earlier|later|after)\b")
_NEXT_WEEK = re.compile(r"\b(?:next|one|a|the) week\b")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may(?! (?:be|have|not|i)\b)|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = re.compile(
    rf"\b{_MONTH}\.? (?:the )?(\d{{1,2}})(?!\d)|\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"
    r"|\b(\d{1,2})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_MOST = 20_000
"""Characters of a reply that are looked at."""


@dataclass(frozen=True)
class _Known:
    """What story and chat hold, ready to be compared."""

    said: str
    digits: str
    plain: frozenset[int]
    """The numbers as they stand there."""
    days: frozenset[int]
    numbers: frozenset[int]

    def has_word_with(self, beginning: str) -> bool:
        """Whether a word begins so."""
        return re.search(rf"\b{re.escape(beginning)}", fold(self.said)) is not None

    def has_time(self, time: re.Match[str]) -> bool:
        """Whether hour (by either clock) and minute stand there; a full hour needs no minute."""
        hour, minute = int(time[1]), int(time[2])
        by_either_clock = {hour, hour + 12, hour - 12} & self.plain
        return bool(by_either_clock) and (minute == 0 or minute in self.plain)

    def has_day(self, date: re.Match[str]) -> bool:
        """Whether the day of the month stands there, and the month if the date has one."""
        month = re.search(_MONTH, date.group(), re.IGNORECASE)
        is_day = int(next(filter(None, date.groups()))) in self.days
        return is_day and (month is None or self.has_word_with(fold(month.group()[:3])))

    @classmethod
    @lru_cache(maxsize=1024)
    def at(cls, moment: Moment) -> "_Known":
        """Of a moment of a conversation."""
        said = _THOUSANDS.sub("", _with_aliases(said_at(moment)))
        figures = _ENDLESS.sub(" ", said)
        plain = numbers(IDENTIFIER.sub(" ", figures))
        ranges = in_ranges(said)
        return cls(
            said=said,
            digits=re.sub(r"[ .()/-]", "", said),
            plain=frozenset(plain),
            days=frozenset(_days(plain | ranges, said)),
            numbers=frozenset(
                with_arithmetic(plain) | ranges | numbers(figures) | _from_sums(said)
            ),
        )


def _with_aliases(said: str) -> str:
    """What was said with the other names of what is in it, and with its dates in words."""
    words = set(re.findall(r"\w+", said.casefold()))
    aliases = [alias for name, alias in TABLE.facts.aliases.items() if name in words]
    return "\n".join([said, *aliases, *map(_in_words, _ISO_DATE.finditer(said))])


def _in_words(date: re.Match[str]) -> str:
    """A date such as 2025-06-10 as `june 10`."""
    month, day = int(date[1]), int(date[2])
    return f"{_MONTHS[month - 1]} {day}" if 0 < month <= len(_MONTHS) else date.group()


def _days(known: set[int], said: str) -> set[int]:
    """Known days of the month, with those a day or a week away where somebody spoke of that."""
    day = 1 if _NEXT_DAY.search(said) else 0
    week = 7 if _NEXT_WEEK.search(said) else 0
    return {number + step for number in known for step in (0, day, -day, week, -week)}


def _from_sums(said: str) -> set[int]:
    """The figures of sums such as 38.50, and of what follows from them: twice 38.50 makes 77."""
    cents = {int(units) * 100 + int(rest) for units, rest in _DECIMAL.findall(said)}
    following = with_arithmetic(cents) if cents else set()
    return {figure for number in following for figure in divmod(number, 100)}


def unknown_fact(reply: str, moment: Moment) -> str:
    """The first fact of the reply that stands in neither story nor chat."""
    return next(unknown_facts(reply, moment), "")


def unknown_facts(reply: str, moment: Moment) -> Iterator[str]:
    """All facts of the reply that stand in neither story nor chat."""
    known = _Known.at(moment)
    text = _AFTER_COLON.sub(". ", _ISO_DATE.sub(_in_words, spoken(reply)[:_MOST]))
    text = _THOUSANDS.sub("", text)
    for free in TABLE.facts.free_numbers:
        text = text.replace(free, " ")
    yield from unsaid(_ADDRESS.findall(text), known.said)
    text = _ADDRESS.sub(" ", text)
    yield from new_codes(text, known.said)
    text = IDENTIFIER.sub(" ", text)
    yield from unsaid(_CODE.findall(text), known.said)
    text = _CODE.sub(" ", text)
    if moment.language != ENGLISH:
        # Dates, times and names are told from other words by English rules.
        yield from _new_long_figures(text, known)
        return
    yield from _new_figures(text, known)
    yield from (name for name in new_names(text, known.said) if not _is_free(name, known))


def _is_free(name: str, known: _Known) -> bool:
    folded = fold(name)
    return folded in TABLE.facts.free_names or known.has_word_with(folded[:4])


def _new_long_figures(text: str, known: _Known) -> Iterator[str]:
    """Long numbers that nobody has said."""
    for match in _LONG.finditer(text):
        if re.sub(r"\D", "", match.group()) not in known.digits:
            yield match.group()


def _new_figures(text: str, known: _Known) -> Iterator[str]:
    """Long numbers, days and other numbers that nobody has said."""
    text = _SPELLED.sub(lambda figures: re.sub(r"\D", "", figures.group()), text)
    yield from _new_long_figures(text, known)
    text = _LONG.sub(" ", text)
    yield from (time.group() for time in _TIME.finditer(text) if not known.has_time(time))
    yield from (day.group() for day in _DAY.finditer(text) if not known.has_day(day))
    text = _DAY.sub(" ", text)
    yield from (figure for figure in re.findall(r"\d+", text) if int(figure) not in known.numbers)
