"""A second opinion on graded replies: all criteria put to a judge, those that code decides as well.

What code and a reader see differently is most often a criterion that says less or more than its
check. A judge that is asked twice and answers differently guesses. Criteria are put in reverse
order, so that the same judge is asked another question.
"""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from random import Random

from usersim_opt.basics.errors import InputError, one_line
from usersim_opt.basics.figures import many
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.text import is_blank, spoken
from usersim_opt.measuring.calibration.calibrating import name_of
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.metric import RubricMetric, models_of
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.measuring.showing import verdicts_on
from usersim_opt.models.naming import is_offline, model_name
from usersim_opt.results.review.sources import Source
from usersim_opt.scenarios.records import Scenario

_Reply = tuple[str, str]
"""Scenario and reply."""


@dataclass(frozen=True)
class Opinions:
    """What a second judge says of some replies."""

    by: str = ""
    """The name of its model."""
    verdicts: Mapping[_Reply, Mapping[str, Verdict]] = field(default_factory=dict)
    """By reply, then by criterion."""
    notes: tuple[str, ...] = ()
    offline: bool = False

    def on(self, scenario: str, reply: str, criterion: str) -> Verdict | None:
        """Its pass or fail, if it gave one."""
        verdict = self.verdicts.get((scenario, reply), {}).get(criterion)
        return verdict if verdict is not None and verdict.scored else None


def second_opinions(
    source: Source,
    judge: Judge,
    *,
    share: float = 1.0,
    seed: int = 0,
    workers: int = DEFAULT_WORKERS,
) -> Opinions:
    """Put a random part of the different replies to a judge; each costs its price in calls.

    A call that fails is told in the notes, and the others count. InputError for a share that is
    none, and for what is no judge.
    """
    if not 0 < share <= 1:
        raise InputError(f"share is {share}; expected a part of the replies, such as 0.2")
    lms = models_of(RubricMetric(judge))
    chosen = _chosen(source, share=share, seed=seed)
    found, errors = _asked(judge, chosen, source.scenarios, workers)
    names = [model_name(lm) for lm in lms.values()]
    failed = f"the second judge failed on {many(len(errors), 'reply')}, the last: {errors[-1:]}"
    return Opinions(
        by=" + ".join(dict.fromkeys(names)) or name_of(judge),
        verdicts=found,
        notes=(failed,) if errors else (),
        offline=any(map(is_offline, lms.values())),
    )


def _chosen(source: Source, *, share: float, seed: int) -> list[_Reply]:
    given = dict.fromkeys((each.scenario, each.reply) for _, each in source.outcomes)
    replies = [each for each in given if not is_blank(spoken(each[1]))]
    number = math.ceil(share * len(replies))
    return Random(seed).sample(replies, number)  # noqa: S311 - a sample, no secret


def _asked(
    judge: Judge, replies: Sequence[_Reply], scenarios: Mapping[str, Scenario], workers: int
) -> tuple[dict[_Reply, Mapping[str, Verdict]], list[str]]:
    """The verdicts by reply, and why others failed."""
    found: dict[_Reply, Mapping[str, Verdict]] = {}
    errors: list[str] = []
    with ThreadPoolExecutor(workers) as executor:
        asked: dict[Future[dict[str, Verdict]], _Reply] = {
            executor.submit(copy_context().run, _ask, judge, scenarios[name], reply): (name, reply)
            for name, reply in replies
        }

        def keep(future: "Future[dict[str, Verdict]]") -> None:
            error = future.exception()
            if isinstance(error, InputError):
                raise error
            if error is None:
                found[asked[future]] = future.result()
            else:
                errors.append(one_line(error))

        as_finished(list(asked), keep)
    return found, errors


def _ask(judge: Judge, scenario: Scenario, reply: str) -> dict[str, Verdict]:
    return verdicts_on(judge, scenario, reply, scenario.criteria[::-1])
