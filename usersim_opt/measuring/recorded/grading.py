"""Grades for recorded replies: no model plays, the metric says what each reply is worth.

The replies go through the runner as those of a model do: the same grades, the same guards, failures
of a judge kept apart from scores.

Not covered: whether the replies were made with these scenarios. A reply names its scenario by id,
and an id does not say which edition of the data set it is of.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import dspy

from usersim_opt.basics.arguments import Workers, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.bars import reply_bar
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.metric import Metric, check_metric, judge_card_of, models_of
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.measuring.recorded.replies import RecordedReply, as_replies, check_usable
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Progress, Runner, stop_if_hopeless
from usersim_opt.measuring.universal.acting import guards_of
from usersim_opt.models.naming import is_offline, model_name
from usersim_opt.scenarios.material import ScenarioSet, digest

STAGE = "recorded"
_Numbered = list[tuple[int, RecordedReply]]
"""Replies, each with the number of the repeat that it is."""


@checks_arguments
def grade_replies(
    replies: Iterable[Any],
    examples: Sequence[Any],
    metric: Metric,
    *,
    name: str = "replies",
    workers: Workers = DEFAULT_WORKERS,
    progress: Progress | None = None,
) -> Evaluation:
    """Grade recorded replies to the scenarios of a data set.

    `replies` are what `read_replies` gives, or mappings with `scenario` and `reply`, and `prompt`
    and `repeat` if you like. Several replies of one prompt to one scenario are repeats. An
    outcome's version is the reply's prompt, `name` where it has none; `Evaluation.by_version` gives
    an evaluation for each of them. `examples` are those of a split, or of several: `data.train +
    data.smoke`. `RubricMetric()` grades by the checks alone and costs nothing.

    Raises InputError for replies to unknown scenarios, for two that claim to be the same repeat,
    and for none at all; with a model in the metric also what `evaluate` raises.
    """
    data = ScenarioSet.of(examples, name="examples")
    check_metric(metric)
    jobs = _jobs(_checked(replies, data), data, name)
    with Runner(metric, workers=workers) as runner, _bar(jobs, metric, progress) as on_done:
        outcomes = [_unplayed(each) for each in runner.run(jobs, on_done=on_done)]
    models = models_of(metric)
    if models:  # without one, criteria that no check decides are unscored on purpose
        stop_if_hopeless(outcomes)
    return Evaluation(
        {job.scenario.id: job.scenario for job in jobs},
        outcomes,
        offline=any(map(is_offline, models.values())),
        guarded=bool(guards_of(metric)),
        judge_card=judge_card_of(metric),
        origin=Origin(
            name=name,
            data_sha256=digest(data),
            models={role: model_name(lm) for role, lm in models.items()},
        ),
    )


def _checked(replies: Iterable[Any], data: ScenarioSet) -> Sequence[RecordedReply]:
    """The replies as records; InputError where nothing can be graded, or not all of it."""
    records = as_replies(replies)
    if not records:
        raise InputError("there is no reply to grade; expected what read_replies gives")
    check_usable(records, data.scenarios)
    return records


def _bar(jobs: Sequence[Job], metric: Metric, progress: Progress | None) -> Any:
    """What is called with each reply; checks alone are done before a bar could be read."""
    models = models_of(metric)
    if progress is None and models:
        return reply_bar(len(jobs), models.values())
    return nullcontext(progress or (lambda outcome: None))


# -- replies as jobs -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Recording:
    """Gives the reply that was recorded, whatever it is asked."""

    reply: str

    def __call__(self, **_asked: Any) -> dspy.Prediction:
        return dspy.Prediction(reply=self.reply)


def _jobs(replies: Sequence[RecordedReply], data: ScenarioSet, name: str) -> list[Job]:
    """The jobs in the order of the scenarios, then of versions as they came, then of repeats."""
    groups: dict[tuple[str, str], list[RecordedReply]] = defaultdict(list)
    for reply in replies:
        groups[reply.scenario, reply.prompt or name].append(reply)
    place = {scenario: number for number, scenario in enumerate(data.scenarios)}
    keys = sorted(groups, key=lambda key: place[key[0]])
    return [
        _job(reply, data, version=key[1], repeat=repeat)
        for key in keys
        for repeat, reply in _numbered(groups[key])
    ]


def _job(reply: RecordedReply, data: ScenarioSet, *, version: str, repeat: int) -> Job:
    scenario = data.scenarios[reply.scenario]
    return Job(
        simulator=_Recording(reply.reply),
        task=data.tasks[scenario.task_id],
        scenario=scenario,
        version=version,
        stage=STAGE,
        repeat=repeat,
        seed=0,
    )


def _numbered(replies: Sequence[RecordedReply]) -> _Numbered:
    """Replies by repeat: the number that a reply has, the lowest that is free for all others.

    The same line twice, number included, is one reply.
    """
    placed: dict[int, RecordedReply] = {}
    for reply in replies:
        if reply.repeat is not None:
            placed.setdefault(reply.repeat, reply)
    taken = {reply.subject for reply in placed.values()}
    others = [reply for reply in replies if reply.subject not in taken]
    for reply in others:
        placed[next(n for n in range(len(replies)) if n not in placed)] = reply
    return sorted(placed.items())


def _unplayed(outcome: Outcome) -> Outcome:
    """The outcome without the call that no model answered."""
    return outcome.model_copy(update={"calls": {**outcome.calls, "user": 0}})
