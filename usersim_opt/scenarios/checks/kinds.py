"""The table of kinds; a check is validated and run by it.

A kind of its own is a function from a reply and the argument to a finding, in the file of its
family, and one entry here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from usersim_opt.scenarios.checks import arguments, counts, layout, phrases, questions
from usersim_opt.scenarios.checks.arguments import Argument
from usersim_opt.scenarios.checks.moment import ALONE, Finding, Moment, Reply

Check = dict[str, Any]
"""One kind and its argument."""


@dataclass(frozen=True)
class _Kind:
    """One kind of check: how it judges a reply, and its argument."""

    judge: Callable[[Reply, Any], Finding]
    argument: Argument


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


_KINDS: dict[str, _Kind] = {
    "max_words": _Kind(counts.max_words, arguments.COUNT),
    "min_words": _Kind(counts.min_words, arguments.COUNT),
    "max_sentences": _Kind(counts.max_sentences, arguments.COUNT),
    "max_questions": _Kind(questions.max_questions, arguments.COUNT),
    "asks": _Kind(questions.asks_or_not, arguments.BOOL),
    "no_list": _Kind(layout.no_list, arguments.TRUE),
    "any_of": _Kind(phrases.any_of, arguments.PHRASES),
    "none_of": _Kind(phrases.none_of, arguments.PHRASES),
    "opens_with": _Kind(phrases.opens_with, arguments.PHRASES),
    "at_least": _Kind(phrases.at_least, arguments.TALLY),
    "at_most": _Kind(phrases.at_most, arguments.TALLY),
    "max_times": _Kind(phrases.max_times, arguments.TALLY),
    "all": _Kind(_all, arguments.CHECKS),
    "any": _Kind(_any, arguments.CHECKS),
    "not": _Kind(_not, arguments.CHECK),
}

KINDS: Mapping[str, str] = {name: kind.argument.words for name, kind in _KINDS.items()}
"""The kinds of checks; for each, a few words on what its argument is."""
