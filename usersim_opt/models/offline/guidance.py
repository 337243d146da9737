"""Which kinds of guidance a prompt gives, in any wording that says it.

A kind is found in a sentence or bullet in which all its groups of words occur. A sentence that says
the opposite counts against it. What a prompt contradicts, or says on too many pages, is followed
less.

Not covered: irony, and guidance spread over several sentences.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.customer.prompt import PLACEHOLDER, parts_of
from usersim_opt.models.offline.wordings import KINDS, Kind

_DENIAL = re.compile(
    r"(?:\bnot|n't|\bnever|\bavoid|\bno need to|\bstop|\bwithout|\bnobody)"
    r"(?:[^\w,;:.]+\w+){0,3}[^\w,;:.]+\Z"
)
"""A denial within the few words before a match, in the same clause."""
_STARTS_DENYING = re.compile(r"(?:do(?:es)? not|do(?:es)?n't|never|no\b|not\b|avoid|refus)")

_OPENING = re.compile(r"<(scenario|story|task)>\s*", re.I)
_CLOSING = re.compile(r"</(scenario|story|task)>", re.I)
_HEADED = re.compile(
    r"(?:^|\n)[#* ]*(?:your )?(?:private )?(?:scenario|story|instruction|task)s?[*]*:?\s*\n(.*)\Z",
    re.DOTALL | re.I,
)

_ATTENTION = 0.94
"""How far a short prompt without contradictions is followed."""
_LEAST_ATTENTION = 0.3
_LONG = 5_000
"""Characters from which a prompt is followed less."""
_IDLE = 30
"""Pieces that guide nothing, headings included, from which a prompt is followed less."""


@dataclass(frozen=True)
class Guidance:
    """What a prompt asks for, and how far it is followed at all.

    By kind from -1 (the opposite) over 0 (nothing) to 1.
    """

    kinds: Mapping[str, float]
    attention: float

    def strength(self, kind: str) -> float:
        """How strongly a kind of behaviour is asked for and followed."""
        return self.kinds[kind] * self.attention


@dataclass(frozen=True)
class _Finding:
    """Whether a piece of the prompt asks for a kind, and whether one asks for the opposite."""

    asks: bool
    opposes: bool

    @property
    def contradicts_itself(self) -> bool:
        return self.asks and self.opposes

    @property
    def strength(self) -> float:
        if self.asks:
            return 0.4 if self.opposes else 1.0
        return -1.0 if self.opposes else 0.0


@dataclass(frozen=True)
class _Said:
    """The kinds that a piece of the prompt asks for, those that it opposes."""

    asks: frozenset[str]
    opposes: frozenset[str]
    guides: bool
    """Whether it says anything about how to play."""


@lru_cache(maxsize=512)
def read_guidance(text: str) -> Guidance:
    """Read an instruction text without its private scenario."""
    parts = parts_of(text) if text.strip() else []
    said = [_said(part.words.lower()) for part in parts if part.words]
    findings = {name: _found(name, said) for name in KINDS}
    strengths = {name: finding.strength for name, finding in findings.items()}
    contradictions = sum(finding.contradicts_itself for finding in findings.values())
    idle = sum(not piece.guides for piece in said)
    return Guidance(strengths, _attention(len(text), idle, contradictions=contradictions))


def _attention(characters: int, idle: int, *, contradictions: int) -> float:
    """How far a prompt is followed: less with each contradiction, and if it is long or padded."""
    too_long = max(0.0, characters - _LONG) / 20_000
    too_many = 0.004 * max(0, idle - _IDLE)
    return max(_LEAST_ATTENTION, _ATTENTION - 0.06 * contradictions - too_long - too_many)


def _found(name: str, said: Sequence[_Said]) -> _Finding:
    """What all pieces together say of a kind."""
    return _Finding(
        asks=any(name in piece.asks for piece in said),
        opposes=any(name in piece.opposes for piece in said),
    )


@lru_cache(maxsize=4096)  # the prompts of a search are made of the same pieces
def _said(piece: str) -> _Said:
    """What one piece says; a denied wish counts as the opposite."""
    asking = {name for name, kind in KINDS.items() if _has_all(kind.needs, piece)}
    denied = {name for name in asking if _denies(KINDS[name], piece)}
    opposed = {name for name, kind in KINDS.items() if _opposes(kind, piece)}
    against = denied | opposed
    return _Said(frozenset(asking - against), frozenset(against), guides=bool(asking))


def _has_all(groups: Iterable[str], piece: str) -> bool:
    return all(re.search(group, piece) for group in groups)


def _opposes(kind: Kind, piece: str) -> bool:
    return any(_affirmed(pattern, piece) for pattern in kind.against)


def _affirmed(pattern: str, piece: str) -> bool:
    """Whether a pattern occurs and no denial stands before it."""
    match = re.search(pattern, piece)
    return match is not None and not _is_denied(match)


def _denies(kind: Kind, piece: str) -> bool:
    """Whether a sentence with all the words of a kind says not to do it.

    Where the kind is a denial itself, or the words begin with one, "not" is part of the wish.
    """
    found = [list(re.finditer(group, piece)) for group in kind.needs]
    if kind.is_denial or any(_begins_with_denial(match) for matches in found for match in matches):
        return False
    return any(all(map(_is_denied, matches)) for matches in found)


def _begins_with_denial(match: re.Match[str]) -> bool:
    return _STARTS_DENYING.match(match.group()) is not None


def _is_denied(match: re.Match[str]) -> bool:
    return _DENIAL.search(match.string[: match.start()]) is not None


def split_system(system: str) -> tuple[str, str]:
    """A system message as (instructions, private story).

    The story is set apart by tags, else by a heading, else it is the paragraph with most digits.
    """
    if tags := _tags_in(system):
        opening, closing = tags
        before, after = system[: opening.start()], system[closing.end() :]
        return before + PLACEHOLDER + after, system[opening.end() : closing.start()]
    if headed := _HEADED.search(system):
        return system[: headed.start(1)] + PLACEHOLDER, headed.group(1)
    paragraphs = system.split("\n\n")
    story = max(paragraphs, key=_digits)
    place = paragraphs.index(story)
    paragraphs[place] = PLACEHOLDER
    return "\n\n".join(paragraphs), story


def _tags_in(system: str) -> tuple[re.Match[str], re.Match[str]] | None:
    """The first opening tag that is closed somewhere behind it, and the last that closes it."""
    last = {closing[1].casefold(): closing for closing in _CLOSING.finditer(system)}
    for opening in _OPENING.finditer(system):
        closing = last.get(opening[1].casefold())
        if closing and closing.start() >= opening.end():
            return opening, closing
    return None


def _digits(text: str) -> int:
    return len(re.findall(r"\d", text))
