"""What a run did not measure, said by rule from what its record has."""

from collections.abc import Iterator

from usersim_opt.basics.figures import many
from usersim_opt.measuring.by_dimension import by_dimension
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.verdicts import dimensions_of
from usersim_opt.models.naming import is_offline
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.pieces import PieceTable
from usersim_opt.results.report.wording import OPTION, clip, share
from usersim_opt.scenarios.kinds import DIMENSIONS, in_order

Gap = tuple[str, str]
"""What is missing, and what follows from that."""
FEW_TASKS = 10
MOST_NAMES = 8
"""Dimensions that are named."""


def gaps(reading: Reading, pieces: PieceTable | None) -> list[Gap]:
    """Everything that a reader might take for measured."""
    return [
        *_models(reading),
        *_split(reading),
        *_judge(reading),
        *_dimensions(reading),
        *_replies(reading),
        *_pieces(pieces),
        *_always(),
    ]


def _models(reading: Reading) -> Iterator[Gap]:
    models = reading.record.models
    if stand_ins := [role for role, model in models.items() if is_offline(model)]:
        yield (
            "Real models",
            f"{', '.join(stand_ins)}: rule-based stand-ins. No figure on this page says anything about a language model.",
        )
    if user := models.get("user"):
        yield (
            "Other models and sampling options",
            f"Every reply was written by {clip(user, OPTION)}; a prompt that wins there may lose elsewhere.",
        )
    if user and models.get("judge") == user:
        yield (
            "An independent judge",
            "Judge and user are the same model; what it does not notice in its own replies, it does not grade.",
        )


def _split(reading: Reading) -> Iterator[Gap]:
    if reading.split != "smoke":
        yield (
            "The gain",
            "The smoke split has not been measured. The search's own figures chose the incumbent and are too high.",
        )
    elif not reading.finished:
        yield (
            "The gain, to its end",
            "The smoke split is measured in part; what is shown of it may change.",
        )
    tasks = len({outcome.task_id for outcome in reading.base_outcomes})
    if reading.split == "smoke" and tasks < FEW_TASKS:
        yield (
            "Many tasks",
            f"The smoke split has {many(tasks, 'task')}; how the gain varies from task to task is known roughly.",
        )
    repeats = (
        max(
            (outcome.repeat for outcome in reading.base_outcomes if outcome.stage == "smoke"),
            default=-1,
        )
        + 1
    )
    if repeats == 1:
        yield "The spread between replies", "Each scenario was answered once."
    yield (
        "The test split",
        "The tasks that the data set keeps for final reports have no part in a run; programs/evaluate.py measures on them.",
    )


def _judge(reading: Reading) -> Iterator[Gap]:
    verdicts: list[Verdict] = [
        v for o in reading.record.outcomes if o.grade for v in o.grade.verdicts
    ]
    judged = sum(verdict.source == "judge" for verdict in verdicts)
    if judged:
        of = f"{share(judged / len(verdicts))} of {len(verdicts):,} verdicts"
        yield (
            "The judge's own errors",
            f"{of} are a judge's. How often it is wrong is not in the record; programs/calibrate_judge.py measures it.",
        )


def _dimensions(reading: Reading) -> Iterator[Gap]:
    scenarios = reading.record.scenarios
    if not scenarios:
        what = "The scenarios of the run are not at hand"
        yield "Dimensions", f"{what}, so that no verdict can be given to a dimension."
        return
    scored = by_dimension(reading.base_outcomes, scenarios)
    if missing := [
        name
        for name in in_order({*DIMENSIONS, *dimensions_of(scenarios.values())})
        if name not in scored
    ]:
        names = ", ".join(missing[:MOST_NAMES])
        more = f" and {len(missing) - MOST_NAMES} more" if len(missing) > MOST_NAMES else ""
        absent = f"No criterion was scored in the comparison for {names}{more}."
        yield many(len(missing), "dimension"), absent


def _replies(reading: Reading) -> Iterator[Gap]:
    errors = sum(outcome.status == "error" for outcome in reading.record.outcomes)
    if errors:
        yield (
            "Failed replies",
            f"{many(errors, 'reply')} failed and have no score; what they would have been is not known.",
        )
    if reading.gain.lost:
        yield (
            "Lost pairs",
            f"{share(reading.gain.lost)} of the smoke split's verdicts have only one side and are left out of the gain.",
        )
    if not any(reading.record.tokens.values()):
        yield "Tokens", "The models reported none."


def _pieces(pieces: PieceTable | None) -> Iterator[Gap]:
    if pieces is None:
        return
    if pieces.always or pieces.never:
        found = f"{many(len(pieces.always), 'piece')} stood in every measured prompt and {len(pieces.never)} in none: nothing is known of what they are worth."
        yield "The worth of some pieces", found
    yield "Pieces that work only together", "The model adds up the worth of pieces."


def _always() -> Iterator[Gap]:
    yield (
        "Whole conversations",
        "Each reply is the next turn of a given conversation; what adds up over many turns is not seen.",
    )
    yield "People", "No reply was compared with what a customer wrote or would say."
    yield (
        "What it is for",
        "Whether an agent that is tested against this customer gets a truer score has not been measured.",
    )
    yield (
        "Prices",
        "The record holds calls, tokens and times, no prices.",
    )
