"""The data of the universal guards, from guards.yaml: lines for readers, signs, words, thresholds.

Patterns take the words of a list by its name: `@labels` stands for any word of `labels`. Two
lists are of the conversation: `@self` are the names of the customer, `@agents` what the agent may
be called in the chat.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse

_FILE = Path(__file__).with_name("guards.yaml")
_WORDS = re.compile(r"@([a-z_]+)")
_NOTHING = "(?!)"
"""A pattern that matches nowhere."""


class _Data(BaseModel):
    """Base of the records of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Sign(_Data):
    """Patterns and where they count; see the head of guards.yaml."""

    where: Literal["begins", "line", "later_line", "later", "anywhere"]
    patterns: list[str]


class Facts(_Data):
    """What a reply may say though nobody has said it."""

    free_names: list[str]
    free_numbers: list[str]
    aliases: dict[str, str]


class Recital(_Data):
    """How many words in a row make a recital of the story, and an echo of the agent."""

    words: int
    echo: int


class Table(_Data):
    """The shape of the file."""

    lines: dict[str, str]
    words: dict[str, list[str]]
    signs: dict[str, list[Sign]]
    may_quote: list[str]
    facts: Facts
    recital: Recital


TABLE = parse(strict_yaml.load(_FILE), Table, where=_FILE.name)


Names = tuple[tuple[str, tuple[str, ...]], ...]
"""Lists of the conversation by name; hashable, since patterns are kept with what fills them."""


def expression(pattern: str, names: Names) -> re.Pattern[str]:
    """A pattern with its lists of words filled in; `names` are the lists of the conversation."""
    return _compiled(pattern, tuple(each for each in names if f"@{each[0]}" in pattern))


@lru_cache(maxsize=8192)
def _compiled(pattern: str, names: Names) -> re.Pattern[str]:
    return re.compile(_linear(_filled(pattern, dict(names))), re.IGNORECASE | re.MULTILINE)


_LINE_BEGIN = re.compile(r"(?<!\[)\^\\s\*")
_LONG_BEFORE = r"\w[^\n]{12,}[,!] "


def _linear(pattern: str) -> str:
    """A pattern in a form that takes time as the text is long, not its square; it finds the same.

    The plain form looks through the rest of the text from each of its places. A line is found where
    it begins, so the blank lines before it need no look. The table keeps the plain form, which is
    an input of every run.
    """
    pattern = _LINE_BEGIN.sub(lambda _: r"^[^\S\n]*", pattern)
    return pattern.replace(_LONG_BEFORE, r"(?<=[^\n]{13})[,!] ")


def _filled(pattern: str, names: Mapping[str, tuple[str, ...]]) -> str:
    def words(name: re.Match[str]) -> str:
        if name[1] in names:
            return f"(?:{'|'.join(map(re.escape, names[name[1]])) or _NOTHING})"
        return f"(?:{'|'.join(_filled(each, names) for each in TABLE.words[name[1]])})"

    return _WORDS.sub(words, pattern)
