"""Deterministic predicates on a reply: exact, free, and deaf to persuasion.

A check is data, one kind and its argument, as it stands in a rubric:

    check: {max_words: 25}
    check: {none_of: ["@thanks", "I appreciate"]}
    check: {any: [{asks: true}, {any_of: [no, not, wrong]}]}

`at_least` and `at_most` count different phrases, `max_times` counts every occurrence; "many thanks"
is one, though "thanks" is in it. `@name` in a list of phrases stands for the lexicon of that name.
Phrases match as whole words whatever the case; a final `*` allows any ending. Stop tokens are no
part of a reply.

Not covered: meaning. "not bad" contains "bad"; what phrases cannot decide belongs to the judge.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import (
    count_phrases,
    find_phrases,
    fold,
    opening_phrase,
    sentences,
    spoken,
    words,
)

Check = dict[str, Any]
"""One kind and its argument."""
_Tally = dict[str, Any]
"""The argument of a kind that counts phrases: `n`, a number, and `of`, a list of phrases."""


LEXICONS: dict[str, tuple[str, ...]] = {
    name: tuple(listed)
    for name, listed in strict_yaml.load(Path(__file__).with_name("lexicons.yaml")).items()
}
"""Named lists of phrases, used in checks as `@name`."""

# People leave out question marks, so the way a sentence opens counts as well: a question word, or
# an auxiliary with its subject. "when" and "where" also open statements ("when i called ..."), so
# they need a verb behind them; "what a mess" asks nothing.
_QUESTION = re.compile(
    r"(?:and |but |so |ok |wait |hi |hello |hey )?"
    r"(?:(?:why|how|which|who|whose)\b|what(?:'s|s)?\b(?! an? )"
    r"|(?:when|where)(?:'s)? (?:is|are|was|were|do|does|did|can|will|would|should)\b"
    r"|(?:can|could|would|will|do|does|did|is|are|am|was|were|should|have|has"
    r"|isn't|aren't|don't|doesn't|can't|couldn't) "
    r"(?:i|you|we|they|he|she|it|this|that|there|the|my|your"
    r"|somebody|someone|anybody|anyone)\b)"
)
"""How a sentence opens that asks without a question mark."""
_LIST_LINE = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_LABEL_LINE = re.compile(r"^\s*\w[\w /]{1,24}:\s+\S", re.MULTILINE)
_INLINE_LIST = re.compile(
    r"(?<!\w)(?:1[.)]|\(1\)|first(?:ly)?,)\s.*(?<!\w)(?:2[.)]|\(2\)|second(?:ly)?,)\s",
    re.DOTALL | re.IGNORECASE,
)
_LEAST_LABELS = 3


class Finding(NamedTuple):
    """Whether a check holds, and what in the reply says so."""

    holds: bool
    evidence: str


@dataclass(frozen=True)
class Moment:
    """What a check may look at beside the reply: the private story and the conversation so far."""

    story: str = ""
    turns: tuple[tuple[str, str], ...] = ()
    """(role, text) of each turn, the role being `agent` or `customer`."""
    may_stop: bool = False
    """Whether the rubric lets the customer leave here with a bare stop token."""

    @property
    def own(self) -> tuple[str, ...]:
        """The customer's own turns so far."""
        return tuple(text for role, text in self.turns if role == "customer")

    @property
    def agent(self) -> tuple[str, ...]:
        """The agent's turns so far."""
        return tuple(text for role, text in self.turns if role == "agent")


ALONE = Moment()
"""A reply with nothing around it."""


@dataclass(frozen=True)
class _Argument:
    """What stands behind a kind of check: what it must be, in a few words and in full."""

    words: str
    expected: str
    accepts: Callable[[Any], bool]


@dataclass(frozen=True)
class _Kind:
    """One kind of check: how it judges a reply, and its argument."""

    judge: Callable[[str, Any], Finding]
    argument: _Argument


def validate(check: Any) -> None:
    """Refuse what is no check: one known kind with a fitting argument, checks inside it included.

    Raises ValueError, which says what was expected.
    """
    if not isinstance(check, dict) or len(check) != 1:
        raise ValueError(
            f"check is {check!r}; expected one kind and its argument, such as {{max_words: 25}}"
        )
    ((name, value),) = check.items()
    if name not in _KINDS:
        kinds = ", ".join(sorted(_KINDS))
        raise ValueError(f"check: unknown kind {name!r}; known kinds are {kinds}")
    for part in _inner_checks(name, value):
        validate(part)
    argument = _KINDS[name].argument
    if not argument.accepts(value):
        raise ValueError(f"check: {name} is {value!r}; expected {argument.expected}")


def _inner_checks(name: str, value: Any) -> list[Any]:
    if name == "not":
        return [value]
    if name in ("all", "any") and isinstance(value, list):
        return value
    return []


def allows_stop(check: Check) -> bool:
    """Whether a check holds `stops: true`, at its top or in one of its `all` and `any` parts."""
    ((name, value),) = check.items()
    if name in ("all", "any"):
        return any(allows_stop(part) for part in value)
    return name == "stops" and value is True


def run(check: Check, reply: str, moment: Moment = ALONE) -> Finding:
    """Judge a reply by a valid check, at a moment of a conversation; stop tokens are no words."""
    return _judge(check, spoken(reply))


def _judge(check: Check, text: str) -> Finding:
    ((name, value),) = check.items()
    return _KINDS[name].judge(text, value)


def asks(text: str) -> bool:
    """Whether a message holds a question mark, or a sentence that opens as a question does."""
    return "?" in text or any(_QUESTION.match(fold(sentence)) for sentence in sentences(text))


def has_list(text: str) -> bool:
    """Whether a message is laid out as a list.

    Bullets, numbers and first/second make a list, and so do three or more `label: value` lines.
    """
    if _LIST_LINE.search(text) or _INLINE_LIST.search(text):
        return True
    return len(_LABEL_LINE.findall(text)) >= _LEAST_LABELS


def _phrases(items: list[str]) -> Iterator[str]:
    """The phrases of a list with each `@name` replaced by its lexicon."""
    for item in items:
        if item.startswith("@"):
            yield from LEXICONS[item[1:]]
        else:
            yield item


def _matches(text: str, items: list[str]) -> list[str]:
    return find_phrases(text, _phrases(items))


def _listing(matches: list[str]) -> str:
    if not matches:
        return "found none of the phrases"
    return "found: " + ", ".join(repr(phrase) for phrase in matches)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _max_words(text: str, most: int) -> Finding:
    number = len(words(text))
    return Finding(number <= most, _counted(number, "word"))


def _min_words(text: str, least: int) -> Finding:
    number = len(words(text))
    return Finding(number >= least, _counted(number, "word"))


def _max_sentences(text: str, most: int) -> Finding:
    number = len(sentences(text))
    return Finding(number <= most, _counted(number, "sentence"))


def _max_questions(text: str, most: int) -> Finding:
    marks = len(re.findall(r"\?+", text))
    number = max(marks, int(asks(text)))
    return Finding(number <= most, _counted(number, "question"))


def _asks(text: str, wanted: bool) -> Finding:
    question = asks(text)
    return Finding(question is wanted, "asks a question" if question else "asks nothing")


def _no_list(text: str, _: Any) -> Finding:
    listed = has_list(text)
    return Finding(not listed, "laid out as a list" if listed else "no list")


def _any_of(text: str, items: list[str]) -> Finding:
    matches = _matches(text, items)
    return Finding(bool(matches), _listing(matches))


def _none_of(text: str, items: list[str]) -> Finding:
    matches = _matches(text, items)
    return Finding(not matches, _listing(matches))


def _opens_with(text: str, items: list[str]) -> Finding:
    opening = opening_phrase(text, _phrases(items))
    beginning = opening or " ".join(words(text)[:4])
    return Finding(opening is not None, f"opens with {beginning!r}")


def _at_least(text: str, rule: _Tally) -> Finding:
    number, least, listing = _tallied(text, rule)
    return Finding(number >= least, f"{number} of {least} wanted; {listing}")


def _at_most(text: str, rule: _Tally) -> Finding:
    number, most, listing = _tallied(text, rule)
    return Finding(number <= most, f"{number}, {most} allowed; {listing}")


def _tallied(text: str, rule: _Tally) -> tuple[int, int, str]:
    """How many of the phrases occur, the number that the rule sets, and which they are."""
    matches = _matches(text, rule["of"])
    return len(matches), rule["n"], _listing(matches)


def _max_times(text: str, rule: _Tally) -> Finding:
    times = count_phrases(text, _phrases(rule["of"]))
    return Finding(times <= rule["n"], f"{times} times, {rule['n']} allowed")


def _all(text: str, parts: list[Check]) -> Finding:
    findings = _findings(text, parts)
    return Finding(all(finding.holds for finding in findings), _evidence(findings))


def _any(text: str, parts: list[Check]) -> Finding:
    findings = _findings(text, parts)
    return Finding(any(finding.holds for finding in findings), _evidence(findings))


def _findings(text: str, parts: list[Check]) -> list[Finding]:
    return [_judge(part, text) for part in parts]


def _evidence(findings: list[Finding]) -> str:
    return "; ".join(finding.evidence for finding in findings)


def _not(text: str, part: Check) -> Finding:
    finding = _judge(part, text)
    return Finding(not finding.holds, finding.evidence)


def _is_count(value: Any) -> bool:
    # True and False are whole numbers to Python, but nobody means them as a count.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_phrases(value: Any) -> bool:
    return _is_filled_list(value) and all(_is_phrase(item) for item in value)


def _is_phrase(item: Any) -> bool:
    if not isinstance(item, str) or not item.strip(" *"):
        return False
    return not item.startswith("@") or item[1:] in LEXICONS


def _is_tally(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"n", "of"}:
        return False
    return _is_count(value["n"]) and _is_phrases(value["of"])


def _is_filled_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


_LEXICON_NAMES = ", ".join("@" + name for name in sorted(LEXICONS))
_COUNT = _Argument("a number", "a whole number, 0 or more", _is_count)
_BOOL = _Argument("true or false", "true or false", lambda value: isinstance(value, bool))
_TRUE = _Argument("true", "true", lambda value: value is True)
_PHRASES = _Argument(
    "a list of phrases",
    f"a list of phrases, each a text or one of {_LEXICON_NAMES}",
    _is_phrases,
)
_TALLY = _Argument("{n, of: phrases}", "{n: a whole number, of: a list of phrases}", _is_tally)
# What these two hold has been validated as checks of their own before the argument is accepted.
_CHECKS = _Argument("a list of checks", "a list of checks", _is_filled_list)
_CHECK = _Argument("a check", "a check", lambda value: isinstance(value, dict))

_KINDS: dict[str, _Kind] = {
    "max_words": _Kind(_max_words, _COUNT),
    "min_words": _Kind(_min_words, _COUNT),
    "max_sentences": _Kind(_max_sentences, _COUNT),
    "max_questions": _Kind(_max_questions, _COUNT),
    "asks": _Kind(_asks, _BOOL),
    "no_list": _Kind(_no_list, _TRUE),
    "any_of": _Kind(_any_of, _PHRASES),
    "none_of": _Kind(_none_of, _PHRASES),
    "opens_with": _Kind(_opens_with, _PHRASES),
    "at_least": _Kind(_at_least, _TALLY),
    "at_most": _Kind(_at_most, _TALLY),
    "max_times": _Kind(_max_times, _TALLY),
    "all": _Kind(_all, _CHECKS),
    "any": _Kind(_any, _CHECKS),
    "not": _Kind(_not, _CHECK),
}

KINDS: Mapping[str, str] = {name: kind.argument.words for name, kind in _KINDS.items()}
"""The kinds of checks; for each, a few words on what its argument is."""
