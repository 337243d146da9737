"""The table of kinds; a check is validated and run by it.

A kind of its own is a function from a reply and the argument to a finding, in the file of its
family, and one entry here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from usersim_opt.scenarios.checks import (
    arguments,
    counts,
    facts,
    layout,
    leaving,
    own_turns,
    phrases,
    questions,
    story,
    things,
)
from usersim_opt.scenarios.checks.arguments import Argument
from usersim_opt.scenarios.checks.moment import ALONE, Finding, Moment, Reply

Check = dict[str, Any]
"""One kind and its argument."""


@dataclass(frozen=True)
class _Kind:
    """One kind of check: how it judges a reply, and its argument."""

    judge: Callable[[Reply, Any], Finding]
    argument: Argument
    line: str
    """When it holds, in a few words."""


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


def kinds_in(check: Check) -> Iterator[str]:
    """The kinds that a valid check is made of, those inside it included; none for {}."""
    for name, value in check.items():
        yield name
        for part in _inner_checks(name, value):
            yield from kinds_in(part)


def lexicons_in(check: Check) -> set[str]:
    """The names of the lexicons that a valid check needs; none for {}."""
    named = [text for text in _texts_in(check) if text.startswith("@")]
    implied = phrases.COURTESY if "max_courtesies" in kinds_in(check) else ()
    return {name[1:] for name in (*named, *implied)}


def _texts_in(value: Any) -> Iterator[str]:
    """All texts that stand as values in plain data."""
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _texts_in(each)


def allows_stop(check: Check) -> bool:
    """Whether a check holds `stops: true`, at its top or in one of its `all` and `any` parts."""
    ((name, value),) = check.items()
    if name in ("all", "any"):
        return any(allows_stop(part) for part in value)
    return name == "stops" and value is True


def run(check: Check, reply: str, moment: Moment = ALONE) -> Finding:
    """Judge a reply by a valid check, at a moment of a conversation; stop tokens are no words.

    InputError where a kind needs what the moment does not hold.
    """
    return _judge(check, Reply(reply, moment))


def _judge(check: Check, reply: Reply) -> Finding:
    ((name, value),) = check.items()
    return _KINDS[name].judge(reply, value)


def _all(reply: Reply, parts: list[Check]) -> Finding:
    findings = _findings(reply, parts)
    return Finding(all(finding.holds for finding in findings), _evidence(findings))


def _any(reply: Reply, parts: list[Check]) -> Finding:
    findings = _findings(reply, parts)
    return Finding(any(finding.holds for finding in findings), _evidence(findings))


def _findings(reply: Reply, parts: list[Check]) -> list[Finding]:
    return [_judge(part, reply) for part in parts]


def _evidence(findings: list[Finding]) -> str:
    return "; ".join(finding.evidence for finding in findings)


def _not(reply: Reply, part: Check) -> Finding:
    finding = _judge(part, reply)
    return Finding(not finding.holds, finding.evidence)


_RATIO = Argument(
    "{ratio, floor}", "{ratio: a number above 0, floor: a whole number}", own_turns.is_ratio
)
_MARKS = Argument(
    f"a list of {' and '.join(own_turns.MARKS)}",
    f"a list of one or more of {', '.join(own_turns.MARKS)}",
    own_turns.is_marks,
)

_KINDS: dict[str, _Kind] = {
    "max_words": _Kind(counts.max_words, arguments.COUNT, "at most so many words"),
    "min_words": _Kind(counts.min_words, arguments.COUNT, "at least so many words"),
    "max_ratio_to_own": _Kind(
        own_turns.max_ratio_to_own,
        _RATIO,
        "words <= the larger of floor and ratio x the customer's longest turn so far",
    ),
    "max_sentences": _Kind(
        counts.max_sentences, arguments.COUNT, "at most so many sentences; a line of its own is one"
    ),
    "max_questions": _Kind(questions.max_questions, arguments.COUNT, "at most so many questions"),
    "asks": _Kind(questions.asks_or_not, arguments.BOOL, "asks something (true) or nothing"),
    "no_list": _Kind(layout.no_list, arguments.TRUE, "not laid out as a list"),
    "any_of": _Kind(phrases.any_of, arguments.PHRASES, "one of the phrases occurs"),
    "none_of": _Kind(phrases.none_of, arguments.PHRASES, "none of the phrases occurs"),
    "opens_with": _Kind(phrases.opens_with, arguments.PHRASES, "begins with one of the phrases"),
    "at_least": _Kind(phrases.at_least, arguments.TALLY, "n different phrases occur, or more"),
    "at_most": _Kind(phrases.at_most, arguments.TALLY, "n different phrases occur, or fewer"),
    "max_times": _Kind(phrases.max_times, arguments.TALLY, "they occur n times in all, or less"),
    "max_courtesies": _Kind(
        phrases.max_courtesies,
        arguments.COUNT,
        "thanks, please, apologies and polite forms occur so many times in all, or less",
    ),
    "answers_at_most": _Kind(
        things.answers_at_most,
        arguments.THINGS,
        "n of the things are dealt with, or fewer; a thing is, where any of its phrases occurs",
    ),
    "answers_at_least": _Kind(
        things.answers_at_least, arguments.THINGS, "n of the things are dealt with, or more"
    ),
    "story_echo": _Kind(
        story.story_echo,
        arguments.RUN,
        "no run of so many words from the private story, facts aside",
    ),
    "chat_facts_again": _Kind(
        facts.chat_facts_again,
        arguments.COUNT,
        "so many facts of the conversation (codes, dates, sums, names) are said again, or fewer",
    ),
    "only_identifiers": _Kind(
        facts.only_identifiers, arguments.TEXTS, "no code, id, long number or address but these"
    ),
    "manner_of_own": _Kind(
        own_turns.manner_of_own,
        _MARKS,
        "no capital at the beginning, or no full stop, where no own turn has one",
    ),
    "stops": _Kind(leaving.stops, arguments.BOOL, "holds a stop token (true) or none (false)"),
    "all": _Kind(_all, arguments.CHECKS, "all of the checks hold"),
    "any": _Kind(_any, arguments.CHECKS, "one of the checks holds"),
    "not": _Kind(_not, arguments.CHECK, "the check does not hold"),
}

KINDS: Mapping[str, str] = {
    name: f"{kind.argument.words}; holds: {kind.line}" for name, kind in _KINDS.items()
}
"""The kinds of checks; for each, a few words on its argument, and when it holds."""
