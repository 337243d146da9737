"""What the customer says that cannot be, found by code: no model is asked.

    against_story  a fact that is unknown, where the story has another one of the sort
    against_self   a fact that is another one than an earlier own message gave
    from_nowhere   a fact that stands in neither the story nor the conversation so far
    too_early      a fact that the story holds back, told before its condition came up

What follows from known facts is known (known.py; for codes and names the guard on facts decides,
measuring/universal/facts.py). What the agent said is known. A correction ("no wait, 14 May") is no
contradiction.

Not covered: what is known but wrong here, except days of the way out and back; see facts.py.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import fold, spoken
from usersim_opt.customer.conversation import Conversation
from usersim_opt.measuring.universal.facts import unknown_facts
from usersim_opt.realism.contradictions.facts import Fact, facts_in
from usersim_opt.realism.contradictions.hidden import hidden_in
from usersim_opt.realism.contradictions.known import is_known
from usersim_opt.realism.contradictions.table import FACTS
from usersim_opt.scenarios.checks import Moment
from usersim_opt.scenarios.identifiers import NUMBER_WORDS

Kind = Literal["against_story", "against_self", "from_nowhere", "too_early"]
KINDS: tuple[Kind, ...] = ("against_story", "against_self", "from_nowhere", "too_early")
_WEEKDAY = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_MOST_SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """A fact that cannot be, in a customer's turn; `turn` counts the customer's turns from 1."""

    kind: Kind
    turn: int
    fact: str
    about: str
    """The kind of the fact: date, sum, booking, name, ..."""
    evidence: str

    @visibly
    def __str__(self) -> str:
        return f"turn {self.turn}, {self.kind}: {self.fact} ({self.evidence})"


def findings_in(conversation: Conversation, story: str) -> tuple[Finding, ...]:
    """The findings of a conversation about a story, in the order of the customer's turns."""
    found: list[Finding] = []
    so_far: list[tuple[str, str]] = []
    number = 0
    for turn in conversation.turns:
        if turn.role == "customer":
            number += 1
            # A fact that is said twice in a message is one fault.
            found += dict.fromkeys(_Look(story, tuple(so_far), number).at(spoken(turn.text)))
        so_far.append((turn.role, turn.text))
    return tuple(found)


@dataclass(frozen=True)
class _Look:
    """A look at one message of the customer, with all that was said before it."""

    story: str
    turns: tuple[tuple[str, str], ...]
    number: int

    def at(self, text: str) -> Iterator[Finding]:
        """The findings of the message."""
        told = _last_words(text)
        unknown = [fact for fact in told if not is_known(fact, self._moment)]
        for fact in told:
            yield from self._about(fact, text, is_unknown=fact in unknown)
        for words in unknown_facts(text, self._moment):
            if not _is_covered(words, facts_in(text)):
                yield self._found("from_nowhere", words, _about(words), "nobody has said it")
        yield from self._too_early(text)

    def _about(self, fact: Fact, text: str, *, is_unknown: bool) -> Iterator[Finding]:
        in_story = self._of_the_sort(fact) if is_unknown else self._opposed(fact)
        if in_story:
            known = ", ".join(dict.fromkeys(each.words for each in in_story[:_MOST_SHOWN]))
            yield self._found("against_story", fact.words, fact.kind, f"the story has {known}")
        earlier = self._other_value(fact, text, is_unknown=is_unknown)
        if earlier:
            words = f"the customer said {earlier.words} before"
            yield self._found("against_self", fact.words, fact.kind, words)
        if is_unknown and not in_story and not earlier:
            yield self._found("from_nowhere", fact.words, fact.kind, "nobody has said it")

    def _found(self, kind: Kind, fact: str, about: str, evidence: str) -> Finding:
        return Finding(kind, self.number, fact, about, evidence)

    @property
    def _moment(self) -> Moment:
        return Moment(self.story, self.turns)

    def _said_by(self, role: str) -> str:
        return "\n".join(spoken(text) for who, text in self.turns if who == role)

    def _of_the_sort(self, fact: Fact) -> list[Fact]:
        """Facts of the story in whose place this one stands."""
        slots = _slots_like(fact)
        return [each for each in facts_in(self.story) if each.slot in slots]

    def _opposed(self, fact: Fact) -> list[Fact]:
        """Days of the story of the way that is meant, where this one is of the other way alone."""
        for kind, one, other in FACTS.opposed:
            if fact.kind != kind or fact.label not in (one, other):
                continue
            story = [each for each in facts_in(self.story) if each.kind == kind]
            same_way = [each for each in story if each.label == fact.label]
            places = {each.label for each in story if each.is_same(fact)}
            by_agent = any(each.is_same(fact) for each in facts_in(self._said_by("agent")))
            if same_way and places and not by_agent and places <= {one, other} - {fact.label}:
                return same_way
        return []

    def _other_value(self, fact: Fact, text: str, *, is_unknown: bool) -> Fact | None:
        """An earlier own fact in the same slot with another value, if a slot has but one."""
        if not _is_single(fact) or FACTS.correction.search(fold(text)):
            return None
        own = [each for each in facts_in(self._said_by("customer")) if each.slot == fact.slot]
        if not own or any(each.is_same(fact) for each in own):
            return None
        earlier = own[-1]
        return earlier if is_unknown or not self._is_given(earlier) else None

    def _is_given(self, fact: Fact) -> bool:
        """Whether a fact stands in the story or in what the agent said."""
        given = "\n".join([self.story, self._said_by("agent")])
        return any(fact.is_same(each) for each in facts_in(given))

    def _too_early(self, text: str) -> Iterator[Finding]:
        agent = [spoken(said) for role, said in self.turns if role == "agent"]
        own = self._said_by("customer")
        for hidden in hidden_in(self.story):
            is_news = hidden.is_told_in(text) and not hidden.is_told_in(own)
            if is_news and not hidden.may_be_told_after(agent):
                evidence = f"the story holds it back: {hidden.sentence}"
                yield self._found("too_early", hidden.fact.words, hidden.fact.kind, evidence)


def _last_words(text: str) -> Sequence[Fact]:
    """The facts of a message without those that it takes back itself further on."""
    facts = facts_in(text)
    marks = [match.start() for match in FACTS.correction.finditer(text)]

    def is_taken_back(fact: Fact) -> bool:
        behind = [mark for mark in marks if mark >= fact.start]
        return any(
            other.kind == fact.kind and not other.is_same(fact) and other.start > mark
            for mark in behind
            for other in facts
        )

    return [fact for fact in facts if not is_taken_back(fact)]


def _is_covered(words: str, facts: Sequence[Fact]) -> bool:
    """Whether what the guard on facts objects to is one of the facts, in other words, or none."""
    if fold(words) in NUMBER_WORDS:
        return True
    covered = " ".join(fact.words for fact in facts).replace(",", "")
    same = (fact.is_same(each) for fact in facts_in(words) for each in facts)
    return fold(words) in fold(covered) or any(same)


def _slots_like(fact: Fact) -> set[str]:
    """The slots that hold facts of the same sort."""
    for group in FACTS.groups.get(fact.kind, []):
        if fact.label in group:
            return {f"{fact.kind} {label}".strip() for label in group}
    return {fact.slot}


def _is_single(fact: Fact) -> bool:
    return fact.slot in FACTS.single or fact.kind in FACTS.single


def _about(words: str) -> str:
    if _WEEKDAY.fullmatch(words):
        return "date"
    return "number" if any(map(str.isdigit, words)) else "name"
