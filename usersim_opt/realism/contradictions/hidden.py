"""What a story holds back: facts that stand in a condition alone, and when they may be told.

    "Only if the agent asks for a card, say the one ending in 1234."   told when the agent asks
    "If Thursday is full, June 13 will do."                            told when Thursday comes up

A fact that stands elsewhere in the story as well is held back by a secret sentence alone. A
condition counts as met generously: the agent said a word of it, or the fact, asked for such a
fact, or, for a fallback, said that something cannot be had.

Not covered: what is held back without a fact ("you turn down the first voucher"), conditions that
another sentence states, whether the condition was truly met.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from usersim_opt.basics.text import find_phrases, fold, sentences, word_set
from usersim_opt.realism.contradictions.facts import Fact, facts_in
from usersim_opt.realism.contradictions.table import HIDDEN
from usersim_opt.scenarios.identifiers import NAME

_STEM = 5
"""Letters by which two words are the same here: `cancel` and `cancelled`."""
_SUMS = ("sum", "number")
"""Kinds that may be sums: who keeps a sum to itself often writes it without its currency."""


@dataclass(frozen=True)
class Hidden:
    """A fact that is held back, with the sentence that holds it and the words of its condition."""

    fact: Fact
    sentence: str
    condition: frozenset[str]
    is_fallback: bool

    def is_told_in(self, text: str) -> bool:
        """Whether a text tells the fact."""
        if self.fact.kind in ("name", "number"):
            return bool(find_phrases(text, [self.fact.words]))
        return any(each.is_same(self.fact) for each in facts_in(text))

    def may_be_told_after(self, agent: Sequence[str]) -> bool:
        """Whether what the agent has said so far meets the condition."""
        if self.is_fallback and not self.condition:
            # "If so, ..." says nothing by itself: the agent's first answer may have met it.
            return len(agent) > 1
        return any(map(self._is_met_by, agent))

    def _is_met_by(self, text: str) -> bool:
        asks = HIDDEN.asked.get(self.fact.kind, [])
        return (
            self.is_told_in(text)
            or bool(self.condition & _stems(text))
            or (self.is_fallback and bool(HIDDEN.refusal.search(fold(text))))
            or (not self.is_fallback and self._is_met_by_kind(text))
            or (("?" in text or not self.is_fallback) and bool(find_phrases(text, asks)))
        )

    def _is_met_by_kind(self, text: str) -> bool:
        kinds = _SUMS if self.fact.kind in _SUMS else (self.fact.kind,)
        return any(each.kind in kinds for each in facts_in(text))


@lru_cache(maxsize=1024)
def hidden_in(story: str) -> tuple[Hidden, ...]:
    """The facts that a story holds back."""
    clauses = [each for sentence in sentences(story) for each in _clauses(sentence)]
    open_text = story
    for clause in clauses:
        if clause.is_fallback:
            open_text = open_text.replace(clause.text, " ")
    return tuple(_hidden(clauses, open_text))


@dataclass(frozen=True)
class _Clause:
    text: str
    condition: str
    is_fallback: bool


def _clauses(sentence: str) -> Iterator[_Clause]:
    """The parts of a sentence that hold something back."""
    if HIDDEN.secrets.search(sentence):
        when = re.search(HIDDEN.told_when, sentence, re.IGNORECASE)
        yield _Clause(sentence, sentence[when.end() :] if when else "", is_fallback=False)
        return
    for part in sentence.split(";"):
        begins = [match.end() for match in HIDDEN.clause.finditer(part)]
        for begin, end in pairwise([*begins, len(part)]):
            condition, told = _parted(part[begin:end])
            yield _Clause(told, condition, is_fallback=True)


def _parted(clause: str) -> tuple[str, str]:
    """The condition of a clause, and what is told then."""
    comma = re.search(r",\s| then ", clause)
    at = comma.end() if comma else len(clause)
    return (clause[:at], clause[at:]) if clause[at:].strip() else ("", clause)


def _hidden(clauses: Iterable[_Clause], open_text: str) -> Iterator[Hidden]:
    elsewhere = facts_in(open_text)
    for clause in clauses:
        condition = frozenset(_stems(clause.condition) - _stems(" ".join(HIDDEN.everyday)))
        for fact in _facts_of(clause, open_text):
            if clause.is_fallback and any(fact.is_same(each) for each in elsewhere):
                continue
            yield Hidden(fact, clause.text.strip(), condition, clause.is_fallback)


def _facts_of(clause: _Clause, open_text: str) -> Iterator[Fact]:
    yield from facts_in(clause.text)
    if clause.is_fallback:
        for name in dict.fromkeys(NAME.findall(clause.text)):
            if not find_phrases(open_text, [name]) and not _is_within_fact(name, clause.text):
                yield Fact("name", fold(name), "", name, 0)
    else:
        for number in re.findall(r"(?<![\d.,:])\d{2,}(?![\d.,:]\d)", clause.text):
            if not _is_within_fact(number, clause.text):
                yield Fact("number", number, "", number, 0)


def _is_within_fact(name: str, text: str) -> bool:
    """Whether a name is a part of a date or another fact: `June` of `June 13`."""
    return any(name in fact.words for fact in facts_in(text))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in word_set(text) if not word.isdigit()}
