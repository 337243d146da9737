"""What a run is made from, as short texts to compare: a resumed run must have the same."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import sha256
from usersim_opt.basics.version import __version__
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring import judge
from usersim_opt.measuring.calibration.card import FILE as JUDGE_CARD
from usersim_opt.measuring.calibration.card import JudgeCard
from usersim_opt.measuring.cluster import check_workers
from usersim_opt.measuring.metric import Metric, RubricMetric, models_of
from usersim_opt.measuring.universal.acting import guards_name
from usersim_opt.measuring.universal.table import TABLE
from usersim_opt.models.naming import model_name
from usersim_opt.results.fingerprint import GRADING, GRADING_CODE, LIBRARY
from usersim_opt.results.journal import Journal
from usersim_opt.scenarios.checks.lexicons import FILES, LEXICONS
from usersim_opt.scenarios.languages import ENGLISH, language_of
from usersim_opt.scenarios.material import ScenarioSet, digest
from usersim_opt.tuning.guard import MAX_CHARACTERS

_PACKAGE = Path(__file__).resolve().parents[1]
_GRADES = (
    "basics/text.py",
    "measuring/answers.py",
    "measuring/judge.py",
    "measuring/metric.py",
    "measuring/panel.py",
    "measuring/together.py",
    "measuring/universal/*.py",
    "measuring/universal/*.yaml",
    "scenarios/facts.py",
    "scenarios/identifiers.py",
    "scenarios/kinds.yaml",
    "scenarios/languages.py",
    "scenarios/languages.yaml",
    "scenarios/names.py",
    "scenarios/checks/*.py",
    "scenarios/checks/*.yaml",
)
"""The files of the package that have a part in a verdict."""
TAKEN = ("user", "proposer")
"""Roles that are not the metric's to name."""


def model_names(
    simulator: UserSimulator, metric: Metric, proposer: dspy.BaseLM | None = None
) -> dict[str, str]:
    """The models that take part in a run, by role, with their sampling options.

    InputError for a metric that names a model by the role of another one.
    """
    asked = {
        "user": simulator.lm or dspy.settings.lm,
        **_grading_models(metric),
        "proposer": proposer,
    }
    return {role: model_name(lm) for role, lm in asked.items() if lm is not None}


def metric_name(metric: Metric) -> str:
    """What replies are graded by, as a run's fingerprint has it.

    That is the metric's own `name` if it has one, else its class with the same of its judge:
    replies that two metrics graded are no one run. Universal guards other than the standard ones
    are named as well.
    """
    judge = getattr(metric, "judge", None)
    of_judge = "" if judge is None else f"({_name(judge)})"
    return (_own_name(metric) or f"{_name(metric)}{of_judge}") + guards_name(metric)


def _name(part: object) -> str:
    """The name of a part of the user's own: the one that it has, else its class."""
    return _own_name(part) or type(part).__name__


def _own_name(part: object) -> str:
    name = getattr(part, "name", None)
    return name if isinstance(name, str) else ""


def _grading_models(metric: Metric) -> dict[str, dspy.BaseLM]:
    models = models_of(metric)
    for role in TAKEN:
        if role in models:
            raise InputError(
                f"the metric names a model {role!r}, the role of another one of the run; "
                "expected roles of its own, such as 'judge'"
            )
    return models


def open_run(
    folder: Path,
    prompt: Prompt,
    data: Mapping[str, ScenarioSet],
    *,
    models: Mapping[str, str],
    options: Mapping[str, Any],
    judge_card: JudgeCard | None = None,
    another_grader: bool = False,
) -> Journal:
    """The journal of a run of these inputs in a folder, new or gone on with.

    `data` are the sets of scenarios by what they are for, such as `train` and `smoke`. A judge's
    card is kept in the folder; it is no input, so a run may get a newer one. Raises
    ResumeMismatch for a folder of other inputs, JournalError for one that another process has.
    """
    digests = {name: digest(scenarios) for name, scenarios in data.items()}
    named_models = {f"model.{role}": model for role, model in models.items()}
    inputs = {
        "prompt": prompt.sha256,
        **digests,
        **named_models,
        **grader(data.values()),
        **options,
    }
    journal = Journal.open(folder, inputs, another_grader=another_grader)
    if judge_card is not None:
        judge_card.save(folder / JUDGE_CARD)
    return journal


def grader(data: Iterable[ScenarioSet] = ()) -> dict[str, str]:
    """What of the package grades some scenarios, as a run's fingerprint has it."""
    return {
        GRADING: grading_sha256(data),
        LIBRARY: __version__,
        GRADING_CODE: grading_code_sha256(),
    }


@cache
def grading_code_sha256() -> str:
    """The digest of the package's files that grade a reply: code, phrases, kinds, instructions."""
    files = sorted({file for pattern in _GRADES for file in _PACKAGE.glob(pattern)})
    named = [f"{file.relative_to(_PACKAGE).as_posix()} {_digest(file)}" for file in files]
    return sha256("\n".join(named))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def grading_sha256(data: Iterable[ScenarioSet] = ()) -> str:
    """The digest of the package's own words by which replies to some scenarios are graded.

    Those are the phrases of the checks, the signs of the universal guards and what a judge is told,
    of the private story as well where a criterion of the data needs it. Another edition of the
    package may have others, and then grades otherwise.
    """
    sets = list(data)
    words: list[Any] = [LEXICONS, TABLE.model_dump(mode="json"), judge.JUDGE_INSTRUCTIONS]
    if any(map(_needs_story, sets)):
        words.append(judge.WITH_STORY)
    for language in sorted(_spoken(sets) - {ENGLISH}):
        words += [FILES.get(language, {}), language_of(language).model_dump(mode="json")]
    return sha256(json.dumps(words, sort_keys=True))


def _needs_story(data: ScenarioSet) -> bool:
    """Whether a criterion is decided with the private story."""
    scenarios = data.scenarios.values()
    return any(criterion.sees == "story" for each in scenarios for criterion in each.criteria)


def check_student(student: Any, teacher: Any, *, workers: Any) -> None:
    """InputError for no simulator, a teacher, too long a prompt, or workers that run no job."""
    check_workers(workers)
    if not isinstance(student, UserSimulator):
        raise InputError(f"the student is a {type(student).__name__}; expected a UserSimulator")
    if teacher is not None:
        raise InputError("a teacher was given; this optimizer has no use for one")
    characters = len(student.prompt.text)
    if characters > MAX_CHARACTERS:
        raise InputError(
            f"the prompt has {characters:,} characters; expected at most {MAX_CHARACTERS:,}, "
            "as of every candidate"
        )


def check_scorable(data: ScenarioSet, metric: Metric) -> None:
    """InputError where a rubric metric without a judge leaves criteria to nobody.

    It may where it was told to, as long as something of each scenario can be scored.
    """
    if not isinstance(metric, RubricMetric) or metric.judge is not None:
        return
    for scenario in data.scenarios.values():
        if all(criterion.check is None for criterion in scenario.scored_criteria):
            raise InputError(
                f"scenario {scenario.id} has no check and the metric has no judge; "
                "give RubricMetric a RubricJudge"
            )
    if not metric.checks_only:
        _check_nothing_is_left(data)


def _check_nothing_is_left(data: ScenarioSet) -> None:
    """InputError for criteria without a check: tuning would not see whether they get worse."""
    left = {
        name: criterion.id
        for name, scenario in data.scenarios.items()
        for criterion in scenario.criteria
        if criterion.check is None
    }
    if left:
        name = next(iter(left))
        raise InputError(
            f"{len(left)} of {len(data.scenarios)} scenarios have criteria for a judge, such as "
            f"{left[name]!r} of {name}, and the metric has none; give RubricMetric a RubricJudge, "
            "or say RubricMetric(checks_only=True) to leave them out"
        )


def _spoken(data: Iterable[ScenarioSet]) -> set[str]:
    """The languages of all tasks."""
    return {task.language for scenarios in data for task in scenarios.tasks.values()}
