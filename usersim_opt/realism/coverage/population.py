"""Conversations as points: a feature is a dimension, scaled to the unit cube by stated bounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.customer.conversation import Conversation
from usersim_opt.realism.corrected import CORRECTIONS, corrected_features
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.features import Features, extract_features
from usersim_opt.realism.result_sets import ResultSet, Talk, plain, result_set
from usersim_opt.realism.rows import Array
from usersim_opt.realism.table import FEATURES

_FILE = Path(__file__).with_name("bounds.yaml")
Bounds = dict[str, tuple[float, float]]
"""By feature, the values that become 0 and 1."""
_SHARE = (0.0, 1.0)
_KINDS: dict[str, tuple[tuple[str, ...], Callable[..., Features | None]]] = {
    "published": (tuple(FEATURES), extract_features),
    "corrected": (tuple(CORRECTIONS), corrected_features),
}
"""Names and function of the features, as published and with their quirks mended."""
FEATURE_SETS = tuple(_KINDS)
"""Sets of features by name."""


def read_bounds(path: str | Path) -> Bounds:
    """The bounds of a file in the form of bounds.yaml; InputError for a line that has none."""
    data = strict_yaml.load(Path(path))
    if not isinstance(data, dict):
        raise InputError(f"{path}: expected lines such as words_per_turn: [0, 60]")
    return {name: _bounds(value, where=f"{path}, {name}") for name, value in data.items()}


def _bounds(value: Any, *, where: str) -> tuple[float, float]:
    is_pair = isinstance(value, list) and [type(each) in (int, float) for each in value] == [1, 1]
    if not is_pair or value[0] >= value[1]:
        raise InputError(f"{where}: is {value!r:.40}; expected two numbers, such as [0, 60]")
    return float(value[0]), float(value[1])


BOUNDS = read_bounds(_FILE)
"""The standard bounds."""


@dataclass(frozen=True)
class Population:
    """Simulated customers, or people: a row for each of their conversations."""

    name: str
    names: tuple[str, ...]
    """The features, in the order of the columns."""
    values: Array
    """As they are."""
    bounds: Bounds
    tasks: tuple[str, ...]
    """The task of each conversation."""
    notes: tuple[str, ...] = ()

    @cached_property
    def unit(self) -> Array:
        """The values scaled to 0 and 1 and cut there."""
        low, high = np.array([self.bounds.get(name, _SHARE) for name in self.names]).T
        scaled: Array = ((self.values - low) / (high - low)).clip(0, 1)
        return scaled

    @property
    def cut(self) -> int:
        """How many conversations have a value beyond its bounds."""
        low, high = np.array([self.bounds.get(name, _SHARE) for name in self.names]).T
        return int(((self.values < low) | (self.values > high)).any(axis=1).sum())

    def of_tasks(self, tasks: Sequence[str]) -> "Population":
        """The conversations of some tasks."""
        wanted = set(tasks)
        return self.only([number for number, task in enumerate(self.tasks) if task in wanted])

    def only(self, kept: Sequence[int]) -> "Population":
        """The conversations in some rows."""
        names = tuple(self.tasks[number] for number in kept)
        return Population(
            self.name, self.names, self.values[list(kept)], self.bounds, names, notes=self.notes
        )


def population_of(
    conversations: Any,
    *,
    features: str | Sequence[str] = "published",
    bounds: Bounds | None = None,
    source: str = "llm",
    name: str = "conversations",
) -> Population:
    """The features of conversations as points.

    `conversations` are those of a rollout, a ResultSet, or plain data as result_sets.py reads them.
    `features` is `published` (19), `corrected` (13), or names of one of them. `source` is whose
    meta messages are dropped (features.py). InputError for what is none of these.
    """
    names, measure = _features(features)
    results = _results(conversations, name, source)
    found = [(talk, measure(talk.messages, source)) for talk in results.talks]
    lines = [(talk, values) for talk, values in found if values]
    if not lines:
        raise InputError(f"{results.name}: no conversation has a word of the customer")
    return Population(
        name=results.name,
        names=names,
        values=np.array([[values[each] for each in names] for _, values in lines]),
        bounds={**BOUNDS, **(bounds or {})},
        tasks=tuple(task_of(talk.task) for talk, _ in lines),
        notes=tuple(results.notes),
    )


def _features(wanted: str | Sequence[str]) -> tuple[tuple[str, ...], Callable[..., Any]]:
    """The names of features, and what measures them."""
    if isinstance(wanted, str) and wanted in _KINDS:
        return _KINDS[wanted]
    names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    for known, measure in _KINDS.values():
        if names and set(names) <= set(known):
            return names, measure
    raise InputError(
        f"features {some(names) or 'none'}: expected published, corrected, or names of one of them,"
        " such as user_words_per_turn"
    )


def _results(conversations: Any, name: str, source: str) -> ResultSet:
    if isinstance(conversations, ResultSet):
        return conversations
    if isinstance(conversations, Sequence) and not isinstance(conversations, str | bytes):
        conversations = [_plain(each) for each in conversations]
    return result_set(conversations, name=name, where=name, source=source)


def _plain(each: Any) -> Any:
    """A conversation as plain data; what is none stays as it is."""
    if isinstance(each, Conversation):
        return plain(each)
    if isinstance(each, Talk):
        return {"task_id": each.task, "run": each.run, "messages": each.messages}
    return each
