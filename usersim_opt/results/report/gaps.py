"""What a run did not measure, said by rule from what its record has."""

from collections.abc import Iterator
from typing import NamedTuple

from usersim_opt.basics.figures import many
from usersim_opt.measuring.by_dimension import by_dimension
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.measuring.verdicts import dimensions_of
from usersim_opt.models.naming import is_offline
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.pieces import PieceTable
from usersim_opt.results.report.wording import OPTION, clip, name, share
from usersim_opt.scenarios.kinds import DIMENSIONS, in_order


class Gap(NamedTuple):
    """What is missing, and what follows from that."""

    what: str
    why: str


FEW_TASKS = 10
MOST_NAMES = 8
"""Dimensions that are named."""


def gaps(reading: Reading, pieces: PieceTable | None) -> list[Gap]:
    """Everything that a reader might take for measured."""
    return [
        *_models(reading),
        *_gain(reading),
        *_smoke_split(reading),
        TEST_SPLIT,
        *_judge(reading),
        *_dimensions(reading),
        *_replies(reading),
        *_pieces(pieces),
        *ALWAYS,
    ]


TEST_SPLIT = Gap(
    "The test split",
    "The tasks that the data set keeps for final reports have no part in a run; "
    "programs/evaluate.py measures on them.",
)
ALWAYS = (
    Gap(
        "Whole conversations",
        "Each reply is the next turn of a given conversation; what adds up over many turns is not "
        "seen.",
    ),
    Gap("People", "No reply was compared with what a customer wrote or would say."),
    Gap(
        "What it is for",
        "Whether an agent that is tested against this customer gets a truer score has not been "
        "measured.",
    ),
    Gap("Prices", "The record holds calls, tokens and times, no prices."),
)
"""What no run measures."""


def _models(reading: Reading) -> Iterator[Gap]:
    models = reading.record.models
    stand_ins = [role for role, model in models.items() if is_offline(model)]
    if stand_ins:
        no_figure = "No figure on this page says anything about a language model."
        roles = ", ".join(map(name, stand_ins))
        yield Gap("Real models", f"{roles}: rule-based stand-ins. {no_figure}")
    user = models.get("user")
    if not user:
        return
    yield Gap(
        "Other models and sampling options",
        f"Every reply was written by {clip(user, OPTION)}; "
        "a prompt that wins there may lose elsewhere.",
    )
    if models.get("judge") == user:
        yield Gap(
            "An independent judge",
            "Judge and user are the same model; what it does not notice in its own replies, it "
            "does not grade.",
        )


def _gain(reading: Reading) -> Iterator[Gap]:
    if reading.split != SMOKE:
        yield Gap(
            "The gain",
            "The smoke split has not been measured. The search's own figures chose the incumbent "
            "and are too high.",
        )
    elif not reading.finished:
        yield Gap(
            "The gain, to its end",
            "The smoke split is measured in part; what is shown of it may change.",
        )


def _smoke_split(reading: Reading) -> Iterator[Gap]:
    """What the size of the smoke split leaves open."""
    if reading.split != SMOKE:
        return
    tasks = len({outcome.task_id for outcome in reading.base_outcomes})
    if tasks < FEW_TASKS:
        yield Gap(
            "Many tasks",
            f"The smoke split has {many(tasks, 'task')}; how the gain varies from task to task is "
            "known roughly.",
        )
    repeats = {outcome.repeat for outcome in reading.base_outcomes}
    if repeats == {0}:
        yield Gap("The spread between replies", "Each scenario was answered once.")


def _judge(reading: Reading) -> Iterator[Gap]:
    grades = [outcome.grade for outcome in reading.record.outcomes if outcome.grade]
    sources = [verdict.source for grade in grades for verdict in grade.verdicts]
    judged = sources.count("judge")
    if judged:
        of = f"{share(judged / len(sources))} of {len(sources):,} verdicts"
        yield Gap(
            "The judge's own errors",
            f"{of} are a judge's. How often it is wrong is not in the record; "
            "programs/calibrate_judge.py measures it.",
        )


def _dimensions(reading: Reading) -> Iterator[Gap]:
    scenarios = reading.record.scenarios
    if not scenarios:
        what = "The scenarios of the run are not at hand"
        yield Gap("Dimensions", f"{what}, so that no verdict can be given to a dimension.")
        return
    expected = in_order({*DIMENSIONS, *dimensions_of(scenarios.values())})
    scored = by_dimension(reading.base_outcomes, scenarios)
    missing = [dimension for dimension in expected if dimension not in scored]
    if missing:
        why = f"No criterion was scored in the comparison for {_names(missing)}."
        yield Gap(many(len(missing), "dimension"), why)


def _names(dimensions: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(dimensions) - MOST_NAMES
    names = ", ".join(dimensions[:MOST_NAMES])
    return f"{names} and {more} more" if more > 0 else names


def _replies(reading: Reading) -> Iterator[Gap]:
    errors = sum(outcome.status == "error" for outcome in reading.record.outcomes)
    if errors:
        failed = f"{many(errors, 'reply')} failed and have no score"
        yield Gap("Failed replies", f"{failed}; what they would have been is not known.")
    lost = reading.gain.lost
    if lost:
        of = f"{share(lost)} of the smoke split's verdicts"
        yield Gap("Lost pairs", f"{of} have only one side and are left out of the gain.")
    if not any(reading.record.tokens.values()):
        yield Gap("Tokens", "The models reported none.")


def _pieces(pieces: PieceTable | None) -> Iterator[Gap]:
    if pieces is None:
        return
    if pieces.always or pieces.never:
        always = f"{many(len(pieces.always), 'piece')} stood in every measured prompt"
        unknown = (
            f"{always} and {len(pieces.never)} in none: nothing is known of what they are worth."
        )
        yield Gap("The worth of some pieces", unknown)
    yield Gap("Pieces that work only together", "The model adds up the worth of pieces.")
