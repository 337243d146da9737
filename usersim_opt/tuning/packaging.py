"""Packaging: what a proposer writes about its answer, left inside the answer.

A fence of code, "the rest stays as it is", "Changes made:", a number of the material, `&amp;`: such
a text is no instruction, but it would be measured and shipped as one. The signs of it are data, in
`packaging.yaml`.

Measured on tests/corpus/guard.yaml and the prompts in `optimized/`: no clean candidate is refused.
Not covered: packaging in another language than English, or in words of its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sentences
from usersim_opt.basics.validation import parse
from usersim_opt.customer.places import placeholders
from usersim_opt.customer.prompt import Part, is_bullet, is_heading

STRAY = "it carries a number of the material"
UNFILLED = "it holds a placeholder that nothing fills"
QUOTED = 80
"""Characters that a reason quotes."""
_FILE = Path(__file__).with_name("packaging.yaml")
_FENCE = re.compile(r"(`{3,}|~{3,}|\"{3}|'{3})[\w-]*")
_NUMBERED = re.compile(r"\s*(?:[-*•]\s+)?(\d{1,3})[.)]\s")
_AROUND = re.compile(r"^(?:[\s>*_#•+-]|\d{1,3}[.)]\s)+|(?<![\s*_])[\s*_]+$")
"""What may stand around the words of a line: bullet, number, hashes, stars, blanks."""


class _Kind(BaseModel):
    """One kind of packaging; see the head of packaging.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    says: str
    where: Literal["begins", "sentence", "anywhere"]
    patterns: list[str]
    note: bool = False


class _Table(BaseModel):
    """The shape of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    words: dict[str, list[str]]
    signs: list[_Kind]


@dataclass(frozen=True)
class Finding:
    """What speaks against a part of a prompt."""

    part: Part
    says: str
    quote: str
    is_note: bool = False
    """Whether the part speaks of the editing, and so do the lines that go with it."""

    @visibly
    def __str__(self) -> str:
        quote = " ".join(self.quote.split())
        return f"{self.says}: {quote[:QUOTED]!r}"


@dataclass(frozen=True)
class _Sign:
    """A pattern, ready to be looked for."""

    kind: _Kind
    pattern: re.Pattern[str]

    def quotes_in(self, text: str) -> Iterator[str]:
        """The lines, sentences or stretches of a text that the pattern is about."""
        if self.kind.where == "anywhere":
            yield from (match.group() for match in self.pattern.finditer(text))
        elif self.kind.where == "begins":
            yield from filter(self.pattern.match, map(_bare, text.splitlines()))
        else:
            yield from filter(self.pattern.fullmatch, map(_bare, sentences(text)))


def _bare(line: str) -> str:
    return _AROUND.sub("", line)


def _read() -> Iterator[_Sign]:
    table = parse(strict_yaml.load(_FILE), _Table, where=_FILE.name)
    words = {name: "|".join(each) for name, each in table.words.items()}
    for kind in table.signs:
        for pattern in kind.patterns:
            full = _with_words(pattern, words)
            yield _Sign(kind, re.compile(full, re.IGNORECASE | re.MULTILINE))


def _with_words(pattern: str, words: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Za-z]+)", lambda name: f"(?:{words[name[1]]})", pattern)


_SIGNS = tuple(_read())


def without_fence(text: str) -> str:
    """A text without the fence of a code block around all of it."""
    lines = text.strip().splitlines()
    opening = _FENCE.fullmatch(lines[0].strip()) if len(lines) > 2 else None
    if opening is None or lines[-1].strip() != opening[1]:
        return text
    return "\n".join(lines[1:-1])


def packaging(parts: Sequence[Part], *, free: str = "") -> list[Finding]:
    """What of the parts of a prompt is packaging; signs that stand in the text `free` are none."""
    findings: list[Finding] = []
    note: Finding | None = None
    for part in parts:
        own = _sign_of(part.text, part, free)
        note = own if own and own.is_note else _note_after(part, note)
        finding = own or (note and _carried(note, part)) or _titled(part, free)
        if finding:
            findings.append(finding)
    return findings


def _sign_of(text: str, part: Part, free: str) -> Finding | None:
    """The first sign of packaging in a text."""
    for kind, quote in _quotes(text):
        if quote not in free:
            return Finding(part, kind.says, quote, is_note=kind.note)
    for _, quote in placeholders(text):
        if quote not in free:
            return Finding(part, UNFILLED, quote)
    return None


@lru_cache(maxsize=4096)
def _quotes(text: str) -> tuple[tuple[_Kind, str], ...]:
    """All signs in a text, each with its quotation; proposals bring the same parts again."""
    return tuple((sign.kind, quote) for sign in _SIGNS for quote in sign.quotes_in(text))


def _note_after(part: Part, note: Finding | None) -> Finding | None:
    """The note that a part without a sign of its own goes on with, if there is one.

    A note goes on to the end of its paragraph; one that ends with a colon takes in its list.
    """
    if note is None or is_heading(part.text):
        return None
    if note.quote.rstrip("* _").endswith(":"):
        return note
    is_apart = not part.text.strip() or is_bullet(part.text)
    return None if is_apart else note


def _carried(note: Finding, part: Part) -> Finding | None:
    """What a note makes of a part that goes with it; nothing of a blank line."""
    return Finding(part, note.says, part.text) if part.text.strip() else None


def _titled(part: Part, free: str) -> Finding | None:
    """What the heading of a piece says against it: `Changes made` has no guidance below it."""
    title = _sign_of(part.section, part, free) if part.is_piece else None
    return title if title and title.is_note else None


# -- numbers -------------------------------------------------------------------------------------


def stray_number(parts: Sequence[Part]) -> str:
    """The first number of an item that does not count on from the one before, such as `7.`.

    A list of its own counts from 1 under its heading; pieces that carry the numbers of the material
    do not. Empty if there is none.
    """
    section, expected = "", 1
    for part in parts:
        if part.section != section:
            section, expected = part.section, 1
        number = number_of(part)
        if number and number not in (1, expected):
            return f"{number}."
        expected = number + 1 if number else expected
    return ""


def number_of(part: Part) -> int:
    """The number that a piece begins with; 0 if it has none."""
    number = _NUMBERED.match(part.text) if part.is_piece else None
    return int(number[1]) if number else 0
