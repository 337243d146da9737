"""How often each answer of the survey was given: by a simulator, and by people where they are.

It shows what the agreement of the index hides: a customer who is content with everything.

Not covered: answers that were not read; they are missing here, and counted as `asked` alone.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from usersim_opt.realism.entries import EntryFile, entries_of
from usersim_opt.realism.questions import SURVEY

Shares = Mapping[str, float]
"""The share of each answer among those that were given, 0 to 1; empty where there are none."""


@dataclass(frozen=True)
class Answered:
    """The answers to one question."""

    field: str
    question: str
    given: int
    """Answers of the simulator that could be read."""
    asked: int
    """Conversations that it was asked about."""
    shares: Shares
    people: Shares


def answered(survey: EntryFile, human: EntryFile | None) -> list[Answered]:
    """The answers of a simulator by question, in the order of the survey."""
    ours = [entry.answers for entry in entries_of(survey, where="survey").values()]
    theirs = [
        entry.answers for entry in entries_of(human or {}, where="human").values() if entry.kept
    ]
    return [
        Answered(
            field=field,
            question=question.question,
            given=len(list(_given(field, ours))),
            asked=len(ours),
            shares=_shares(field, ours),
            people=_shares(field, theirs),
        )
        for field, question in SURVEY.items()
    ]


def _given(field: str, entries: list[Mapping[str, str]]) -> Iterator[str]:
    """The valid answers to a question."""
    for answers in entries:
        if answers.get(field) in SURVEY[field].answers:
            yield answers[field]


def _shares(field: str, entries: list[Mapping[str, str]]) -> Shares:
    counts = Counter(_given(field, entries))
    total = counts.total()
    return {answer: counts[answer] / total for answer in SURVEY[field].answers} if total else {}
