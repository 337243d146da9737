"""A reader whose choices were written down, replayed as a judge: lines of `read_preferences`.

    records = read_preferences(path)
    pairs, reader = recorded_choices(records, scenarios, order=["calibrated", "base"])
    print(calibrate_pairwise(reader, pairs))

Each pair was seen in one order, the one of the line, so nothing can be said of order flips.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usersim_opt.basics.arguments import check_fields, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some
from usersim_opt.measuring.recorded.preferences import Preference
from usersim_opt.realism.pairwise.choosing import Answer
from usersim_opt.realism.pairwise.pairs import ONE, OTHER, Pair, Pairs, Side, before, reply_lines
from usersim_opt.scenarios.records import Scenario

_ANSWERS: dict[str, Answer] = {"one": "one", "other": "other", "neither": "tie"}


@dataclass(frozen=True)
class RecordedChooser:
    """Gives the choices that were written down, by the name of the pair."""

    choices: Mapping[str, Answer]
    name: str = "a recorded reader"
    orders: tuple[bool, ...] = (False,)

    def __post_init__(self) -> None:
        check_fields(self)

    def choose(self, pair: Pair, *, swapped: bool) -> Answer:
        """The recorded choice; lost for a pair that nobody saw."""
        return self.choices.get(pair.name, "lost")


@checks_arguments
def recorded_choices(
    records: Iterable[Any],
    scenarios: Mapping[str, Scenario],
    *,
    order: Sequence[str] = (),
    name: str = "a recorded reader",
) -> tuple[Pairs, RecordedChooser]:
    """The pairs of preferences with both replies in them, and their reader.

    `order` are prompts, those most like people first; of two replies the one of the prompt that
    stands further in front counts as the person's. Other lines are left out, and a note says so.
    InputError where no pair is left.
    """
    listed = list(records)
    pairs, choices = [], {}
    for number, record in enumerate(listed):
        if _is_usable(record, scenarios, order):
            pair = _pair(record, scenarios[record.scenario], order, number)
            pairs.append(pair)
            choices[pair.name] = _ANSWERS[record.chosen]
    if not pairs:
        raise InputError(
            f"none of {many(len(listed), 'preference')} has a known scenario, the text of both "
            f"replies{' and prompts of ' + some(order) if order else ''}"
        )
    lost = len(listed) - len(pairs)
    notes = [f"{many(lost, 'preference')} left out: no known scenario, reply or prompt"]
    found = Pairs(pairs, "one", "other", notes=notes if lost else [])
    return found, RecordedChooser(choices, name)


def _is_usable(record: Any, scenarios: Mapping[str, Scenario], order: Sequence[str]) -> bool:
    if not isinstance(record, Preference) or record.scenario not in scenarios:
        return False
    sides = (record.one, record.other)
    return all(side.reply and (not order or side.prompt in order) for side in sides)


def _pair(record: Preference, scenario: Scenario, order: Sequence[str], number: int) -> Pair:
    pair = Pair(
        task=scenario.task_id,
        name=f"preference {number}, scenario {scenario.id}",
        one=reply_lines(record.one.reply),
        other=reply_lines(record.other.reply),
        before=before(scenario),
    )
    return replace(pair, right=_right(record, order))


def _right(record: Preference, order: Sequence[str]) -> Side | None:
    if not order or record.one.prompt == record.other.prompt:
        return None
    return ONE if order.index(record.one.prompt) < order.index(record.other.prompt) else OTHER
