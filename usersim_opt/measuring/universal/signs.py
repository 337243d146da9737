"""Guards that patterns decide: labels, markup, placeholders, leaked thoughts and the like.

Not covered: other languages than English but for a few words; what has none of the signs, such as
a second turn in the same paragraph that could be the customer's own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.basics.text import spoken
from usersim_opt.measuring.universal.guard import said_at
from usersim_opt.measuring.universal.table import TABLE, Names, Sign, expression
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.identifiers import names_in_user_ids

_OWN_NAME = re.compile(r"\b(?:You are|[Yy]our name is) ((?:[A-ZÀ-Þ][\w'\u2019-]+(?: |\b)){1,4})")
_CAPITALISED = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]{2,}\b")
_NEXT_PARAGRAPH = re.compile(r"\n\s*\n|^\W*-{3,}\W*$|<\|[^<>|]*\|>", re.MULTILINE)
_MOST = 20_000
"""Characters of a reply that are looked at; an endless reply is as faulty at its beginning."""
_LONG_BLANK = re.compile(r"\s{40,}")
_BLANK = 40
"""Blanks in a row that are looked at: patterns that allow for any take the square of their time."""


@dataclass(frozen=True)
class Signs:
    """The objection that the signs of one guard in guards.yaml make, by the guard's name."""

    name: str

    def __call__(self, reply: str, moment: Moment) -> str:
        """The first words that a sign matches; empty if none does."""
        text = _LONG_BLANK.sub(lambda run: run[0][:_BLANK], spoken(reply)[:_MOST])
        names = _names(moment)
        free = said_at(moment) if self.name in TABLE.may_quote else ""
        quotes = (quote for sign in TABLE.signs[self.name] for quote in _quotes(sign, text, names))
        return next((quote for quote in quotes if quote.strip() not in free), "")


def _quotes(sign: Sign, text: str, names: Names) -> Iterator[str]:
    """The words of a text that the sign's patterns match where they count."""
    for pattern in sign.patterns:
        sought = expression(pattern, names)
        for stretch in _STRETCHES[sign.where](text):
            if sign.where in _SOUGHT:
                yield from (match.group() for match in sought.finditer(stretch))
            elif match := sought.match(stretch):
                yield match.group()


def _later_paragraphs(text: str) -> Iterator[str]:
    first, *later = _NEXT_PARAGRAPH.split(text)
    if first.strip():
        yield from (paragraph.strip() for paragraph in later)


_STRETCHES: Mapping[str, Callable[[str], Iterator[str]]] = {
    "begins": lambda text: iter([text]),
    "line": lambda text: iter(text.splitlines()),
    "later_line": lambda text: iter(text.splitlines()[1:]),
    "later": _later_paragraphs,
    "anywhere": lambda text: iter([text]),
}
"""The stretches of a text that a pattern is held against, by `where`."""
_SOUGHT = ("later", "anywhere")
"""Where a pattern may stand anywhere in its stretch."""


@lru_cache(maxsize=1024)
def _names(moment: Moment) -> Names:
    return (("self", _own_names(moment.story)), ("agents", _agent_names(moment)))


def _own_names(story: str) -> tuple[str, ...]:
    """The names of the customer that the story is about, in full and one by one."""
    full = [match[1].strip() for match in _OWN_NAME.finditer(story)]
    single = [name for each in full for name in each.split()]
    by_id = [name for names in names_in_user_ids(story)[:1] for name in names]
    return tuple(dict.fromkeys([*full, *single, *by_id]))


def _agent_names(moment: Moment) -> tuple[str, ...]:
    """What may be the agent's name: the capitalised words of the first turn, the story's aside."""
    first = moment.agent[0] if moment.agent else ""
    return tuple(
        word for word in dict.fromkeys(_CAPITALISED.findall(first)) if word not in moment.story
    )
