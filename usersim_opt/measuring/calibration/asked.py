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

from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.parallel import as_finished
from usersim_opt.measuring.calibration.labels import Labelled
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.showing import verdicts_on
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

    With repeats it is asked so many times more, and once with the criteria reversed. Raises
    ModelError, with the scenario, if a call fails.
    """
    answered: dict[int, list[Answered]] = {}
    with ThreadPoolExecutor(workers) as executor:
        asked: dict[Future[list[Answered]], int] = {
            executor.submit(copy_context().run, _answers, judge, example, repeats): number
            for number, example in enumerate(examples)
        }

        def keep(future: "Future[list[Answered]]") -> None:
            answered[asked[future]] = future.result()

        as_finished(list(asked), keep)
    return [answer for number in sorted(answered) for answer in answered[number]]


def _answers(judge: Judge, example: Labelled, repeats: int) -> list[Answered]:
    """All that the judge says of one reply, by criterion."""
    criteria = example.scenario.criteria
    first = _ask(judge, example, criteria)
    again = [_ask(judge, example, criteria) for _ in range(repeats)]
    is_reversed = repeats > 0 and len(criteria) > 1
    backwards = _ask(judge, example, criteria[::-1]) if is_reversed else {}
    return [
        Answered(
            example,
            criterion,
            first[criterion.id],
            again=tuple(answer[criterion.id] for answer in again),
            reversed_order=backwards.get(criterion.id),
        )
        for criterion in criteria
    ]


def _ask(judge: Judge, example: Labelled, criteria: Sequence[Criterion]) -> _ByCriterion:
    """The judge's verdicts on the criteria, by criterion."""
    scenario = example.scenario
    try:
        return verdicts_on(judge, scenario, example.reply, criteria)
    except InputError:
        raise
    except Exception as error:
        raise ModelError(
            f"the judge failed on scenario {scenario.id} ({one_line(error)}); "
            "mend the model connection and ask again"
        ) from error
