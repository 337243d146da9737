"""The noise floors of an index: what two samples of people reach that are as large as these."""

from collections.abc import Sequence

import numpy as np

from usersim_opt.realism.agreement import Agreement
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.floors import (
    Floor,
    Reference,
    Size,
    at_least,
    at_most,
    dimension_draws,
    error_draws,
)
from usersim_opt.realism.lines import Line, agreement_of_entries
from usersim_opt.realism.outcomes import Difficulty
from usersim_opt.realism.resampling import task_weights
from usersim_opt.realism.rows import Array, Vectors
from usersim_opt.realism.sides import Side


def line_floors(
    model: Side, people: Side, difficulty: Difficulty, rated: Agreement, line: Line
) -> dict[str, Floor]:
    """The floors of the figures of a line that people's data can give.

    `model` and `people` hold the common ids only. Eval needs conversations that people rated again.
    """
    drawn = _draws(model, people, difficulty, rated)
    return {
        name: at_most(values) if name == "ece" else at_least(values)
        for name, values in (drawn | _index(drawn, line)).items()
        if name in line
    }


def _draws(model: Side, people: Side, difficulty: Difficulty, rated: Agreement) -> dict[str, Array]:
    reference = Reference.of(people.vectors)
    sizes = [size for vectors in people.vectors if (size := _size([vectors])).tasks]
    ours = _size(model.vectors)
    said = dimension_draws(reference, ours, sizes) if reference and ours.tasks else {}
    error = error_draws(model.outcomes, people.outcomes, difficulty)
    judged = agreement_of_entries(rated, task_weights(map(task_of, rated))) if rated else None
    return {
        **said,
        **({} if error is None else {"ece": error}),
        **({} if judged is None else {"eval_agree": judged.mean}),
    }


def _size(sides: Sequence[Vectors]) -> Size:
    names = [name for side in sides for name, vector in side.items() if vector is not None]
    return Size(len(names), len(set(map(task_of, names))))


def _index(drawn: dict[str, Array], line: Line) -> dict[str, Array]:
    """The floor of the index, where that of each of its parts is known."""
    parts = [name for name in line if name != "usi"]
    if not all(name in drawn and len(drawn[name]) > 1 for name in parts):
        return {}
    draws = min(len(drawn[name]) for name in parts)
    values = [
        100 * (1 - drawn[name][-draws:]) if name == "ece" else drawn[name][-draws:]
        for name in parts
    ]
    return {"usi": np.mean(values, axis=0)}
