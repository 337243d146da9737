"""Does the judge agree with itself? The same reply judged twice, the criteria in another order.

`judge_twice` asks the judge once more about a random part of an evaluation's replies, with the
criteria in reverse. Verdicts that change are flips; a criterion that flips often is worded so that
the judge has to guess (or the judge is weak). An evaluation that holds the same reply to a scenario
more than once has been judged twice already.

Not covered: a judge that is wrong and sure of it; calibration/agreement.py measures that.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from random import Random

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.items.responses import Key, Responses
from usersim_opt.measuring.items.shrinkage import Counts
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.metric import RubricMetric
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.measuring.showing import verdicts_on
from usersim_opt.scenarios.records import Scenario


@dataclass(frozen=True)
class Rejudged:
    """One criterion of one reply, judged twice."""

    scenario: str
    criterion: str
    reply: str
    first: Verdict
    second: Verdict

    @property
    def flipped(self) -> bool:
        """Whether the verdict changed."""
        return self.first.outcome != self.second.outcome


@dataclass(frozen=True)
class JudgedTwice:
    """The verdicts that a judge gave twice."""

    verdicts: Sequence[Rejudged]
    """Those that are pass or fail both times."""
    replies: int
    """How many replies were judged again."""
    errors: Sequence[str] = ()
    """Why some could not be, a line each."""

    @property
    def flips(self) -> int:
        """Number of verdicts that changed."""
        return sum(each.flipped for each in self.verdicts)

    @property
    def share(self) -> float | None:
        """Flips / verdicts; None without any."""
        return self.flips / len(self.verdicts) if self.verdicts else None

    @visibly
    def __str__(self) -> str:
        found = f"{self.flips} of {many(len(self.verdicts), 'verdict')} ({share_text(self.share)})"
        failed = f"; {many(len(self.errors), 'call')} failed" if self.errors else ""
        return f"{found} changed when {many(self.replies, 'reply')} were judged again{failed}"


@checks_arguments
def judge_twice(
    evaluation: Evaluation,
    judge: Judge | RubricMetric,
    *,
    share: float = 0.05,
    seed: int = 0,
    workers: Count = DEFAULT_WORKERS,
) -> JudgedTwice:
    """Have a random part of the replies judged once more, the criteria in reverse order.

    `judge` is the one that judged them, or the metric that has it; each reply costs its price in
    calls. `share` is the part of the replies that have verdicts of a judge, above 0 and at most 1,
    at least one reply. InputError where there is nothing to judge again.
    """
    asked = judge.judge if isinstance(judge, RubricMetric) else judge
    if asked is None:
        raise InputError("the metric has no judge; expected a RubricMetric(judge), or the judge")
    chosen = _chosen(evaluation, share=share, seed=seed)
    verdicts: list[Rejudged] = []
    errors: list[str] = []
    with ThreadPoolExecutor(workers) as executor:
        futures = {
            executor.submit(
                copy_context().run, _again, asked, evaluation.scenarios[each.scenario], each
            ): each
            for each in chosen
        }

        def keep(future: "Future[list[Rejudged]]") -> None:
            _keep(future, futures[future], verdicts, errors)

        as_finished(list(futures), keep)
    ordered = sorted(verdicts, key=lambda each: (each.scenario, each.reply, each.criterion))
    return JudgedTwice(tuple(ordered), len(chosen) - len(errors), tuple(sorted(errors)))


def _chosen(evaluation: Evaluation, *, share: float, seed: int) -> list[Outcome]:
    if not 0 < share <= 1:
        raise InputError(f"share is {share}; expected a part of the replies, such as 0.05")
    judged = [each for each in evaluation.outcomes if any(map(_by_judge, each.verdicts))]
    if not judged:
        raise InputError(
            "no reply of the evaluation has a verdict of a judge, so none can be judged twice; "
            "evaluate with RubricMetric(judge)"
        )
    number = max(1, math.ceil(share * len(judged)))
    return Random(seed).sample(judged, number)  # noqa: S311 - a sample, no secret


def _by_judge(verdict: Verdict) -> bool:
    return verdict.judged and verdict.scored


def _again(judge: Judge, scenario: Scenario, outcome: Outcome) -> list[Rejudged]:
    """The verdicts of a reply beside those of a second look, the criteria in reverse order."""
    given = (*outcome.verdicts, *outcome.guards)
    first = {verdict.criterion: verdict for verdict in given if _by_judge(verdict)}
    criteria = [criterion for criterion in reversed(scenario.criteria) if criterion.id in first]
    second = verdicts_on(judge, scenario, outcome.reply, criteria)
    return [
        Rejudged(scenario.id, name, outcome.reply, first[name], verdict)
        for name, verdict in second.items()
        if verdict.scored
    ]


def _keep(
    future: "Future[list[Rejudged]]",
    outcome: Outcome,
    verdicts: list[Rejudged],
    errors: list[str],
) -> None:
    """Keep what came of a second look; a call that failed is said, and the others count."""
    error = future.exception()
    if isinstance(error, InputError):
        raise error
    if error is not None:
        errors.append(f"{outcome.scenario}: {one_line(error)}")
    else:
        verdicts += future.result()


def stayed(responses: Responses, twice: JudgedTwice | None) -> dict[Key, Counts]:
    """By item, how many verdicts of a judge stayed and how many were given twice."""
    kept: Counter[Key] = Counter()
    given: Counter[Key] = Counter()
    for scenario, criterion, same in (*_repeated(responses), *_looked_at(twice)):
        given[scenario, criterion] += 1
        kept[scenario, criterion] += same
    return {key: (kept[key], number) for key, number in given.items()}


def _looked_at(twice: JudgedTwice | None) -> list[tuple[str, str, bool]]:
    verdicts = twice.verdicts if twice else ()
    return [(each.scenario, each.criterion, not each.flipped) for each in verdicts]


def _repeated(responses: Responses) -> Iterable[tuple[str, str, bool]]:
    """The judged verdicts on a reply that was given before, and whether they are the same."""
    given: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for response in responses.replies:
        for criterion, passed in response.passed.items():
            if (response.scenario, criterion) in responses.judged:
                given[response.scenario, criterion, response.reply].append(passed)
    for (scenario, criterion, _), verdicts in given.items():
        yield from ((scenario, criterion, each == verdicts[0]) for each in verdicts[1:])
