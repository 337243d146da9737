"""calibrate_judge: puts labelled replies to a judge and makes its card.

What is taken for right, in this order: a person's label, an example's, and beside them the checks.
The error rates by which figures are corrected come from people's labels where there are any, else
from the examples of criteria that the judge will decide (those without a check), and of all where
those lack passes or fails.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from usersim_opt.basics.arguments import AtLeast, Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.measuring.calibration.agreement import calibration_of
from usersim_opt.measuring.calibration.asked import Answered, answers_of
from usersim_opt.measuring.calibration.batched import batch_check
from usersim_opt.measuring.calibration.card import Disagreement, JudgeCard, why_too_weak
from usersim_opt.measuring.calibration.groups import (
    ErrorCounts,
    Group,
    by,
    error_counts,
    group,
)
from usersim_opt.measuring.calibration.labels import PERSON, Labelled, labelled
from usersim_opt.measuring.calibration.leanings import leanings
from usersim_opt.measuring.calibration.people import PersonLabels, labels_of
from usersim_opt.measuring.calibration.stability import changes, stability
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.metric import RubricMetric, models_of
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.measuring.showing import batch_of
from usersim_opt.models.naming import is_offline, model_name
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.material import ScenarioSet, digest

if TYPE_CHECKING:
    import dspy

KEPT = 50
"""Disagreements that a card keeps."""
BY_PEOPLE = "a person's"
BY_EXAMPLES = "the data set's examples"
UNCHECKED = f"{BY_EXAMPLES}, on criteria without a check"


@checks_arguments
def calibrate_judge(
    judge: Judge,
    data: Dataset | Sequence[Any],
    labels: str | Path | Iterable[Any] | None = None,
    *,
    repeats: Annotated[int, AtLeast(0)] = 1,
    workers: Count = DEFAULT_WORKERS,
) -> JudgeCard:
    """Put labelled replies to a judge and say how far it can be trusted, as a card.

    `data` is a data set, of which the training scenarios are taken, or examples of a split, such
    as `data.smoke`. Their example replies are labelled; `labels` are those of people, a file of
    JSON lines or records (people.py). With repeats each reply is judged so many times more, and
    once with the criteria reversed; each time costs the judge's price in calls. A judge that grades
    several replies in a call is asked so, and about each reply alone as well: the card says whether
    it is right as often.

    Raises InputError for useless arguments before anything is spent, ModelError if a call fails.
    """
    lms = models_of(RubricMetric(judge))  # which refuses what is no judge
    material = _material(data)
    given = labels_of(labels, material.scenarios)
    examples = [each for scenario in material.scenarios.values() for each in labelled(scenario)]
    replies = [*examples, *given.replies]
    answers = answers_of(judge, replies, repeats=repeats, workers=workers)
    told = _findings(answers, examples, given, batch=batch_of(judge))
    return JudgeCard(
        judge=name_of(judge),
        models={role: model_name(lm) for role, lm in lms.items()},
        offline=any(map(is_offline, lms.values())),
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        price=judge.price,
        replies=len(replies),
        scenarios=len(material.scenarios),
        tasks=len({scenario.task_id for scenario in material.scenarios.values()}),
        data_sha256=digest(material),
        **told,
    )


def _findings(
    answers: Sequence[Answered],
    examples: Sequence[Labelled],
    given: PersonLabels,
    *,
    batch: int,
) -> dict[str, Any]:
    """What the answers say of the judge, as fields of its card."""
    basis, counts, of_basis = _basis(answers)
    wrong = sorted(_wrong(answers), key=_badness)
    check = batch_check(answers, batch)
    warnings = [*_warnings(answers, examples, counts, given), *(check.warnings if check else ())]
    return {
        "sources": tuple(_sources(answers)),
        "dimensions": tuple(_dimensions(answers)),
        "basis": basis,
        "counts": counts,
        "by_prompt": _by_prompt(answers),
        "stability": tuple(stability(answers)),
        "leanings": tuple(leanings(of_basis, _label)),
        "warnings": tuple(warnings),
        "batch": check,
        "disagreements": tuple(map(_disagreement, wrong[:KEPT])),
        "wrong": len(wrong),
    }


def name_of(judge: Judge) -> str:
    """The name of a judge: the one that it has, else its class."""
    name = getattr(judge, "name", None)
    return name if isinstance(name, str) and name else type(judge).__name__


def _material(data: Dataset | Sequence[Any]) -> ScenarioSet:
    examples: Sequence[dspy.Example] = data.train if isinstance(data, Dataset) else data
    material = ScenarioSet.of(examples, name="data")
    if not material.scenarios:
        raise InputError("there is no scenario to calibrate on; expected a split with scenarios")
    return material


def _label(answer: Answered) -> str:
    return answer.label


def _check(answer: Answered) -> str:
    return answer.by_check


def _is_persons(answer: Answered) -> bool:
    return answer.example.kind == PERSON


def _basis(answers: Sequence[Answered]) -> tuple[str, ErrorCounts, list[Answered]]:
    """Which labels the errors are from: in words, in counts, and the answers themselves."""
    people = [each for each in answers if _is_persons(each) and each.label]
    examples = [each for each in answers if not _is_persons(each)]
    open_ones = [each for each in examples if each.criterion.check is None]
    for words, chosen in ((BY_PEOPLE, people), (UNCHECKED, open_ones)):
        counts = error_counts(chosen, _label)
        if (words == BY_PEOPLE and chosen) or (counts.passes and counts.fails):
            return words, counts, chosen
    return BY_EXAMPLES, error_counts(examples, _label), examples


def _sources(answers: Sequence[Answered]) -> Iterator[Group]:
    """Agreement with the checks, with the examples, with people; those that there are."""
    if any(answer.by_check for answer in answers):
        yield group("the checks", answers, _check)
    for kind, given in by(lambda answer: answer.example.kind, answers).items():
        yield group("people" if kind == PERSON else f"{kind} examples", given, _label)
    examples = [answer for answer in answers if not _is_persons(answer)]
    yield group("all examples", examples, _label)


def _dimensions(answers: Sequence[Answered]) -> list[Group]:
    groups = by(lambda answer: answer.criterion.dimension, answers)
    return [group(name, groups[name], _label) for name in in_order(set(groups))]


def _by_prompt(answers: Sequence[Answered]) -> dict[str, ErrorCounts]:
    named = [answer for answer in answers if answer.example.prompt]
    groups = by(lambda answer: answer.example.prompt, named)
    return {name: error_counts(given, _label) for name, given in groups.items()}


def _warnings(
    answers: Sequence[Answered],
    examples: Sequence[Labelled],
    counts: ErrorCounts,
    given: PersonLabels,
) -> Iterator[str]:
    of_examples = [answer for answer in answers if not _is_persons(answer)]
    yield from calibration_of(examples, of_examples).notes
    if why := why_too_weak(counts):
        yield f"Figures are not corrected: {why}."
    if not any(map(_is_persons, answers)):
        yield (
            "No label is a person's: the examples were written with the rubric, and replies of a "
            "model may be harder to judge. Label some of those by hand."
        )
    if given.contradictions:
        told = many(given.contradictions, "label")
        yield f"{told} of people contradict each other and do not count."
    if given.stale:
        told = many(given.stale, "label")
        yield f"{told} of people are on criteria that were reworded since, and do not count."
    leaning = [each for each in leanings(answers, _label) if each.is_shown]
    yield from (f"The judge leans at equal labels. {each.sentence}" for each in leaning)


# -- disagreements ---------------------------------------------------------------------------------


def _against(answer: Answered) -> list[str]:
    """What says otherwise than the judge."""
    given = answer.verdict.outcome
    source = "a person" if _is_persons(answer) else f"a {answer.example.kind} example"
    truths = {source: answer.label, "its check": answer.by_check}
    return [name for name, right in truths.items() if right and right != given]


def _wrong(answers: Sequence[Answered]) -> list[Answered]:
    return [answer for answer in answers if answer.verdict.scored and _against(answer)]


def _badness(answer: Answered) -> tuple[int, bool, bool, str, str]:
    """The worst come first.

    What more sources speak against; of those what the judge is sure of; of those false passes,
    which let a bad prompt look good.
    """
    return (
        -len(_against(answer)),
        changes(answer) > 0,
        answer.verdict.outcome != "pass",
        answer.example.scenario.id,
        answer.criterion.id,
    )


def _disagreement(answer: Answered) -> Disagreement:
    given = "pass" if answer.verdict.passed else "fail"
    return Disagreement(
        scenario=answer.example.scenario.id,
        criterion=answer.criterion.id,
        reply=answer.example.reply,
        right="fail" if given == "pass" else "pass",
        given="pass" if given == "pass" else "fail",
        against=tuple(_against(answer)),
        wavers=changes(answer) > 0,
        evidence=answer.verdict.evidence,
    )
