"""What a run did not measure, said by rule from what its record has."""

from collections.abc import Callable
from typing import NamedTuple

from usersim_opt.basics.figures import many
from usersim_opt.measuring.by_dimension import by_dimension
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.measuring.verdicts import dimensions_of
from usersim_opt.models.naming import is_offline
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.costs import failures
from usersim_opt.results.report.pieces import PieceTable
from usersim_opt.results.report.wording import OPTION, clip, name, share
from usersim_opt.scenarios.kinds import DIMENSIONS, in_order

FEW_TASKS = 10
GRADING = ("judge", "grading")
"""The roles of models that grade, before the dot of a number."""
MOST_NAMES = 8
"""Dimensions that are named."""


class Gap(NamedTuple):
    """What is missing, and what follows from that."""

    what: str
    why: str


_MaybeGap = Gap | None
"""What a rule gives: None where the record lacks nothing."""


def gaps(reading: Reading, pieces: PieceTable | None) -> list[Gap]:
    """Everything that a reader might take for measured."""
    of_the_run = [rule(reading) for rule in _RULES]
    of_the_pieces = [_unknown_pieces(pieces), _ADDED_UP] if pieces else []
    always = _ALWAYS if reading.record.terms is None else _ALWAYS[1:]
    return [gap for gap in [*of_the_run, *of_the_pieces, *always] if gap]


def _real_models(reading: Reading) -> _MaybeGap:
    stand_ins = _stand_ins(reading)
    if not stand_ins:
        return None
    no_figure = "No figure on this page says anything about a language model."
    return Gap("Real models", f"{', '.join(stand_ins)}: rule-based stand-ins. {no_figure}")


def _stand_ins(reading: Reading) -> list[str]:
    """The roles that an offline stand-in plays."""
    models = reading.record.models
    return [name(role) for role, model in models.items() if is_offline(model)]


def _other_models(reading: Reading) -> _MaybeGap:
    user = reading.record.models.get("user")
    if not user:
        return None
    writer = f"Every reply was written by {clip(user, OPTION)}"
    elsewhere = "a prompt that wins there may lose elsewhere."
    return Gap("Other models and sampling options", f"{writer}; {elsewhere}")


def _independent_judge(reading: Reading) -> _MaybeGap:
    models = reading.record.models
    user = models.get("user")
    judges = [model for role, model in models.items() if role.partition(".")[0] in GRADING]
    if not user or user not in judges:
        return None
    return Gap(
        "An independent judge",
        "Judge and user are the same model, or one of several judges is the user's; what it does "
        "not notice in its own replies, it does not grade.",
    )


def _gain(reading: Reading) -> _MaybeGap:
    if reading.split == SMOKE:
        return None
    if reading.record.stopped:
        return _NO_SEARCH
    return Gap(
        "The gain",
        "The smoke split has not been measured. The search's own figures chose the incumbent and "
        "are too high.",
    )


def _gain_to_its_end(reading: Reading) -> _MaybeGap:
    if reading.split != SMOKE or reading.finished:
        return None
    why = "The smoke split is measured in part; what is shown of it may change."
    return Gap("The gain, to its end", why)


def _many_tasks(reading: Reading) -> _MaybeGap:
    tasks = len({outcome.task_id for outcome in reading.base_outcomes})
    if reading.split != SMOKE or tasks >= FEW_TASKS:
        return None
    has = f"The smoke split has {many(tasks, 'task')}"
    return Gap("Many tasks", f"{has}; how the gain varies from task to task is known roughly.")


def _spread(reading: Reading) -> _MaybeGap:
    repeats = {outcome.repeat for outcome in reading.base_outcomes}
    if reading.split != SMOKE or repeats != {0}:
        return None
    return Gap("The spread between replies", "Each scenario was answered once.")


def _test_split(reading: Reading) -> Gap:
    return Gap(
        "The test split",
        "The tasks that the data set keeps for final reports have no part in a run; "
        "usersim-opt evaluate measures on them.",
    )


def _judge_errors(reading: Reading) -> _MaybeGap:
    graded = [(*outcome.verdicts, *outcome.guards) for outcome in reading.record.outcomes]
    sources = [verdict.source for verdicts in graded for verdict in verdicts]
    judged = sources.count("judge")
    if not judged:
        return None
    of = f"{share(judged / len(sources))} of {len(sources):,} verdicts"
    if card := reading.record.judge_card:
        return Gap("The judge's errors on these replies", f"{of} are a judge's. {card.sentence}")
    return Gap(
        "The judge's own errors",
        f"{of} are a judge's. How often it is wrong is not in the record; "
        "usersim-opt calibrate-judge measures it.",
    )


def _dimensions(reading: Reading) -> _MaybeGap:
    if not reading.record.scenarios:
        return _NO_DIMENSIONS
    missing = _missing_dimensions(reading)
    if not missing:
        return None
    why = f"No criterion was scored in the comparison for {_names(missing)}."
    return Gap(many(len(missing), "dimension"), why)


def _missing_dimensions(reading: Reading) -> list[str]:
    """The standard dimensions and the data set's own without a verdict on the seed."""
    scenarios = reading.record.scenarios
    expected = {*DIMENSIONS, *dimensions_of(scenarios.values())}
    scored = by_dimension(reading.base_outcomes, scenarios)
    return in_order(expected - scored.keys())


def _names(dimensions: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(dimensions) - MOST_NAMES
    names = ", ".join(dimensions[:MOST_NAMES])
    return f"{names} and {more} more" if more > 0 else names


def _failed_replies(reading: Reading) -> _MaybeGap:
    errors = failures(reading).errors
    if not errors:
        return None
    failed = f"{many(errors, 'reply')} failed and have no score"
    return Gap("Failed replies", f"{failed}; what they would have been is not known.")


def _lost_pairs(reading: Reading) -> _MaybeGap:
    lost = reading.gain.lost
    if not lost:
        return None
    of = f"{share(lost)} of the smoke split's verdicts"
    return Gap("Lost pairs", f"{of} have only one side and are left out of the gain.")


def _tokens(reading: Reading) -> _MaybeGap:
    if any(reading.record.tokens.values()):
        return None
    return Gap("Tokens", "The models reported none.")


def _prices(reading: Reading) -> _MaybeGap:
    unknown = reading.record.money.unknown
    if not unknown:
        return None
    return Gap("Prices", f"What the tokens of {' and '.join(unknown)} cost is not known.")


def _unknown_pieces(pieces: PieceTable) -> _MaybeGap:
    if not pieces.always and not pieces.never:
        return None
    always = f"{many(len(pieces.always), 'piece')} stood in every measured prompt"
    never = f"{len(pieces.never)} in none"
    return Gap(
        "The worth of some pieces",
        f"{always} and {never}: nothing is known of what they are worth.",
    )


_RULES: tuple[Callable[[Reading], _MaybeGap], ...] = (
    _real_models,
    _other_models,
    _independent_judge,
    _gain,
    _gain_to_its_end,
    _many_tasks,
    _spread,
    _test_split,
    _judge_errors,
    _dimensions,
    _failed_replies,
    _lost_pairs,
    _tokens,
    _prices,
)
"""What a run may lack, in the order of the page."""
_NO_DIMENSIONS = Gap(
    "Dimensions",
    "The scenarios of the run are not at hand, so that no verdict can be given to a dimension.",
)
_NO_SEARCH = Gap(
    "The gain",
    "Nothing was searched and the smoke split was not measured: what the seed prompt leaves is "
    "less than could be proven there.",
)
_ADDED_UP = Gap("Pieces that work only together", "The model adds up the worth of pieces.")
_ALWAYS = (
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
)
"""What no run measures; the first one only a run with realism terms."""
