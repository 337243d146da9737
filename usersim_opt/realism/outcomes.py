"""Outcome calibration: whether an agent succeeds with the simulator where it does with people.

    ECE = sum over bins of (n_bin / n) |mean simulated success - mean human success|

Tasks are binned by difficulty, the mean success over reference simulators, at 0.2, 0.4, 0.6, 0.8;
a value on a cutoff belongs to the upper bin. 0 is the best, 1 the worst (arXiv 2603.11245).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.entries import Entries, EntryFile, entries_of, run_of, task_of
from usersim_opt.realism.rows import Array, Weights

Outcomes = Mapping[str, float]
"""Success, 0 or 1, by task."""
Difficulty = Mapping[str, float]
"""Mean success of reference simulators by task, 0 to 1."""

CUTOFFS = (0.2, 0.4, 0.6, 0.8)
LEAST_SAMPLES = 10
"""A task has a difficulty from so many outcomes on."""


def human_outcomes(batch: Entries) -> Outcomes:
    """The outcomes of a batch of people, of entries that are kept and have a reward."""
    return {
        task_of(name): entry.success
        for name, entry in batch.items()
        if entry.kept and entry.success is not None
    }


def model_outcomes(runs: Sequence[Entries]) -> list[Outcomes]:
    """The outcomes of a simulator, run by run; only `keep: false` drops one here."""
    found: defaultdict[tuple[int, str], dict[str, float]] = defaultdict(dict)
    for number, run in enumerate(runs):
        for name, entry in run.items():
            if not entry.dropped and entry.success is not None:
                found[number, run_of(name)][task_of(name)] = entry.success
    return [found[key] for key in sorted(found)]


def difficulty_of(baselines: Mapping[str, EntryFile]) -> Difficulty:
    """The difficulty of the tasks, pooled over all runs of reference simulators.

    `baselines` has by the name of a simulator its entries; a task needs 10 outcomes.
    """
    files = [entries_of(data, where=f"baselines, {name}") for name, data in baselines.items()]
    return pooled(files)


def pooled(files: Iterable[Entries]) -> Difficulty:
    """The mean success of each task that has enough outcomes."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for entries in files:
        for name, entry in entries.items():
            if not entry.dropped and entry.success is not None:
                found[task_of(name)].append(entry.success)
    return {
        task: sum(values) / len(values)
        for task, values in found.items()
        if len(values) >= LEAST_SAMPLES
    }


def check_difficulty(difficulty: Difficulty) -> Difficulty:
    """The map as it is; InputError for what is no share of 0 to 1 by task."""
    if not isinstance(difficulty, Mapping):
        raise InputError(
            f"difficulty is a {type(difficulty).__name__}; expected a number from 0 to 1 by task, "
            'as in {"airline_0": 0.65}'
        )
    for task, value in difficulty.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise InputError(f"difficulty of {task!r} is {value!r:.40}; expected 0 to 1")
    return difficulty


@dataclass(frozen=True)
class Paired:
    """The outcomes of the tasks that both sides and the map have."""

    tasks: Sequence[str]
    bins: NDArray[np.int_]
    difference: Array
    """Simulated less human success of each task."""


def paired(model: Outcomes, people: Outcomes, difficulty: Difficulty) -> Paired:
    """The common tasks of two sides, with their bins."""
    tasks = sorted(task for task in model if task in people and task in difficulty)
    return Paired(
        tasks=tasks,
        bins=np.digitize([difficulty[task] for task in tasks], CUTOFFS),
        difference=np.array([model[task] - people[task] for task in tasks]),
    )


def calibration_error(
    model: Outcomes, people: Outcomes, difficulty: Difficulty, weights: Weights
) -> Array | None:
    """The ECE of one run against one batch, 0 to 1, a number for each weighting.

    None without a common task; NaN where a weighting has none of them.
    """
    pairs = paired(model, people, difficulty)
    if not pairs.tasks:
        return None
    by_task = weights.of(pairs.tasks)
    # n_bin / n times the difference of the bin's means is its summed difference over n.
    gaps = [
        np.abs((by_task * pairs.difference)[:, pairs.bins == each].sum(axis=1))
        for each in range(len(CUTOFFS) + 1)
    ]
    total = by_task.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        error: Array = np.where(total > 0, np.sum(gaps, axis=0) / total, np.nan)
    return error


def batch_error(
    runs: Sequence[Outcomes], people: Outcomes, difficulty: Difficulty, weights: Weights
) -> Array | None:
    """The mean ECE of a simulator's runs against one batch; None without a common task."""
    errors = [calibration_error(run, people, difficulty, weights) for run in runs]
    known = [error for error in errors if error is not None]
    return np.mean(known, axis=0) if known else None
