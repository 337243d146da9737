"""Who was ever seen to fail an item: versions, people, robots, and the examples of its scenario."""

from collections.abc import Iterable, Iterator, Mapping

from usersim_opt.measuring.items.responses import Response
from usersim_opt.scenarios.records import Examples

CARICATURE = "failing example"
"""The failing example of a scenario's first form."""
_SILENCE = "silence"
"""Saying nothing is no evidence: it fails whatever asks for anything."""


def failed_by(
    criterion: str,
    replies: Iterable[Response],
    robots: Mapping[str, bool],
    examples: Examples,
) -> tuple[str, ...]:
    """Their names, each once: `base`, `people`, `robot ok`, `near failure`, ..."""
    respondents = [each.respondent for each in replies if each.passed.get(criterion) is False]
    failing = [name for name, holds in robots.items() if not holds and name != _SILENCE]
    named = [
        *respondents,
        *(f"robot {name}" for name in failing),
        *_by_example(criterion, examples),
    ]
    return tuple(dict.fromkeys(named))


def _by_example(criterion: str, examples: Examples) -> Iterator[str]:
    if any(criterion in failure.fails for failure in examples.near):
        yield "near failure"
    if any(criterion in failure.fails for failure in examples.contrary):
        yield "contrary example"
    if examples.failing and criterion in examples.failing.fails:
        yield CARICATURE
