"""What a judge says of labelled replies: asked once, again, and with the criteria reversed.

A judge that contradicts itself on the same reply guesses there, however often its first answer is
right. So each reply may be put to it more than once, the last time with its criteria in reverse
order, which should not matter and often does.

Raises nothing of its own: what a judge leaves out is an unscored verdict, as everywhere.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from random import Random

from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.calibration.labels import Labelled
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.showing import (
    Answer,
    Asked,
    batch_of,
    verdicts_on,
    verdicts_on_many,
)
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.records import Criterion

_ByCriterion = Mapping[str, Verdict]


@dataclass(frozen=True)
class Answered:
    """One criterion of one labelled reply, with all that the judge said of it."""

    example: Labelled
    criterion: Criterion
    verdict: Verdict
    """Its first answer, which is the one that counts."""
    again: Sequence[Verdict] = ()
    """Its answers to the same question."""
    reversed_order: Verdict | None = None
    """Its answer with the criteria in reverse order."""
    alone: Verdict | None = None
    """Its answer on this reply alone, of a judge that grades several in a call."""

    @property
    def task(self) -> str:
        """The cluster that it belongs to."""
        return self.example.scenario.task_id

    @property
    def label(self) -> str:
        """The right verdict; empty where there is no label."""
        return self.example.label(self.criterion.id)

    @property
    def by_check(self) -> str:
        """The verdict of the criterion's check; empty for a criterion without one."""
        if self.criterion.check is None:
            return ""
        found = checks.run(self.criterion.check, self.example.reply, self.example.scenario.moment)
        return "pass" if found.holds else "fail"


def answers_of(
    judge: Judge, examples: Sequence[Labelled], *, repeats: int = 0, workers: int
) -> list[Answered]:
    """Ask the judge about all criteria of each reply, in the order of the replies.

    With repeats it is asked so many times more, and once with the criteria reversed. One that
    grades several replies in a call is asked so, and once about each reply alone. Raises
    ModelError, with the scenario, if a call fails.
    """
    answered: dict[int, list[Answered]] = {}
    groups = groups_of(len(examples), batch_of(judge))
    with ThreadPoolExecutor(workers) as executor:
        asked: dict[Future[list[list[Answered]]], Sequence[int]] = {
            executor.submit(
                copy_context().run, _answers, judge, [examples[n] for n in group], repeats
            ): group
            for group in groups
        }

        def keep(future: "Future[list[list[Answered]]]") -> None:
            answered.update(zip(asked[future], future.result(), strict=True))

        as_finished(list(asked), keep)
    return [answer for number in sorted(answered) for answer in answered[number]]


def groups_of(number: int, batch: int) -> list[list[int]]:
    """The places of so many replies, by the calls in which they are judged.

    In batches they are drawn at random: a natural reply beside its own near failure would be
    easier to judge than it ever is later.
    """
    places = list(range(number))
    if batch > 1:
        Random(0).shuffle(places)  # noqa: S311 - neighbours, no secret
    return [places[start : start + batch] for start in range(0, number, batch)]


def _answers(judge: Judge, examples: Sequence[Labelled], repeats: int) -> list[list[Answered]]:
    """All that the judge says of each reply of a call, by criterion."""
    first = _ask(judge, examples)
    again = [_ask(judge, examples) for _ in range(repeats)]
    backwards = _ask(judge, examples, step=-1) if repeats else [{} for _ in examples]
    alone = _alone(judge, examples)
    return [
        [
            Answered(
                example,
                criterion,
                first[number][criterion.id],
                again=tuple(answers[number][criterion.id] for answers in again),
                reversed_order=_if_several(example, backwards[number], criterion),
                alone=alone[number].get(criterion.id),
            )
            for criterion in example.scenario.criteria
        ]
        for number, example in enumerate(examples)
    ]


def _if_several(example: Labelled, given: _ByCriterion, criterion: Criterion) -> Verdict | None:
    """A verdict in reverse order; None where there is but one criterion to reverse."""
    return given.get(criterion.id) if len(example.scenario.criteria) > 1 else None


def _alone(judge: Judge, examples: Sequence[Labelled]) -> list[_ByCriterion]:
    """What a judge that grades several replies in a call says of each by itself; else nothing."""
    if batch_of(judge) == 1:
        return [{} for _ in examples]
    return [_ask_one(judge, example, example.scenario.criteria) for example in examples]


def _ask(judge: Judge, examples: Sequence[Labelled], step: int = 1) -> list[_ByCriterion]:
    """The judge's verdicts on the criteria of each reply, by criterion, in one call if it can."""
    if batch_of(judge) == 1:
        return [_ask_one(judge, each, each.scenario.criteria[::step]) for each in examples]
    asked = [Asked(each.scenario, each.reply, each.scenario.criteria[::step]) for each in examples]
    answers = verdicts_on_many(judge, asked).answers
    return [_given(example, answer) for example, answer in zip(examples, answers, strict=True)]


def _given(example: Labelled, answer: Answer) -> _ByCriterion:
    if isinstance(answer, Exception):
        raise _failed(example, answer) from answer
    return answer


def _ask_one(judge: Judge, example: Labelled, criteria: Sequence[Criterion]) -> _ByCriterion:
    """The judge's verdicts on the criteria, by criterion."""
    try:
        return verdicts_on(judge, example.scenario, example.reply, criteria)
    except InputError:
        raise
    except Exception as error:
        raise _failed(example, error) from error


def _failed(example: Labelled, error: Exception) -> ModelError:
    return ModelError(
        f"the judge failed on scenario {example.scenario.id} ({one_line(error)}); "
        "mend the model connection and ask again"
    )
