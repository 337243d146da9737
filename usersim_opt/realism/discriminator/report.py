"""Tells real conversations from simulated ones by their figures, and says how well that goes.

    told = discriminate(people, talks)
    print(told)

The figures are the 19 features and the corrected ones. A classifier is fitted on some tasks and
measured on the others, so it cannot know a conversation by its topic. The interval of the AUC
resamples tasks, with the classifiers as they are. The null band is what the same procedure reaches
when real and simulated are dealt out at random among the conversations of each task.

Not covered: whatever the figures do not see (grammar, content, typing errors): a classifier that
fails says that the figures are alike, not that the conversations are. Conversations of one person
about several tasks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many
from usersim_opt.realism.discriminator.auc import auc_of, wins_of
from usersim_opt.realism.discriminator.forest import Forest, check_forest
from usersim_opt.realism.discriminator.held_out import Data, Kind, importances
from usersim_opt.realism.discriminator.logistic import Logistic
from usersim_opt.realism.discriminator.record import Discrimination, Sign, Told
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.figures import NAMES, Sample
from usersim_opt.realism.folds import folds_of
from usersim_opt.realism.recordings import Recorded, in_common, result_set_of
from usersim_opt.realism.resampling import SEED, interval, task_weights
from usersim_opt.realism.result_sets import Talk
from usersim_opt.realism.rows import Array

FOLDS = 5
PERMUTATIONS = 200
REPEATS = 10
"""How often a group of figures is shuffled."""
LEAST_TASKS = 4
"""With fewer no classifier can be fitted on some tasks and measured on others."""
LEAST_PERMUTATIONS = 19
_BAND = (2.5, 97.5)
_ROUNDING = 1e-9
_KINDS: dict[str, Kind] = {"logistic": Logistic, "forest": Forest}
Model = Literal["logistic", "forest"]


@checks_arguments
def discriminate(
    real: Recorded,
    simulated: Recorded,
    *,
    model: Model = "logistic",
    folds: Count = FOLDS,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
) -> Discrimination:
    """Tell real conversations from simulated ones, in the tasks that both have.

    `model` is a logistic regression, or the random forest of the extra [discriminator]; it is
    fitted `folds` times, and so often again for each of the `permutations`.

    InputError for a side without conversations, no common task, fewer than four common tasks, and
    for a forest without scikit-learn.
    """
    _check(model, permutations)
    ours, theirs = in_common(
        result_set_of(real, name="real"), result_set_of(simulated, name="simulated")
    )
    talks = [*ours.talks, *theirs.talks]
    tasks = [task_of(talk.task) for talk in talks]
    _check_tasks(tasks)
    is_real = np.arange(len(talks)) < len(ours.talks)
    data = Data(Sample.of(talks, source="").matrix, is_real, folds_of(tasks, folds))
    classifiers = data.fitted(_KINDS[model])
    scores = data.scores(classifiers)
    auc = _auc(data, scores, tasks)
    null = _null(data, tasks, _KINDS[model], draws=permutations, seed=seed)
    return Discrimination(
        real=ours.name,
        simulated=theirs.name,
        model=model,
        auc=auc,
        null=_band(null),
        p=_p_of(auc.mean, null),
        conversations=_told(talks, tasks, data, scores),
        signs=_signs(data, importances(data, classifiers, repeats=REPEATS, seed=seed)),
        tasks=len(set(tasks)),
        folds=len(classifiers),
        notes=[*ours.notes, *theirs.notes],
    )


def _p_of(auc: float, null: Array) -> float:
    """The share of the null that is as large, what was found counted with it."""
    as_large = np.sum(null >= auc - _ROUNDING)
    return float((1 + as_large) / (1 + len(null)))


def _check(model: str, permutations: int) -> None:
    if model not in _KINDS:
        raise InputError(f"model is {model!r}; expected one of {', '.join(_KINDS)}")
    if not isinstance(permutations, int) or permutations < LEAST_PERMUTATIONS:
        raise InputError(
            f"permutations is {permutations!r}; expected a whole number of {LEAST_PERMUTATIONS} or "
            "more, since fewer can never give p = .05"
        )
    if model == "forest":
        check_forest()


def _check_tasks(tasks: Sequence[str]) -> None:
    number = len(set(tasks))
    if number < LEAST_TASKS:
        raise InputError(
            f"both sides have {many(number, 'task')} in common; expected {LEAST_TASKS} or more, "
            "since the classifier is measured on tasks that it was not fitted on"
        )


def _auc(data: Data, scores: Array, tasks: Sequence[str]) -> Interval:
    """The AUC with its interval over tasks."""
    weights = task_weights(tasks)
    numbers = np.array([weights.tasks[task] for task in tasks])
    wins = wins_of(scores, data.is_real, folds=data.folds, tasks=numbers)
    return interval(wins.auc(weights.values), most=1.0)


def _null(data: Data, tasks: Sequence[str], kind: Kind, *, draws: int, seed: int) -> Array:
    """AUCs of the same procedure with the sides dealt out at random within each task."""
    rng = np.random.default_rng(seed)
    names = np.array(tasks)
    places = [np.flatnonzero(names == name) for name in sorted(set(tasks))]

    def dealt() -> float:
        is_real = data.is_real.copy()
        for rows in places:
            is_real[rows] = is_real[rng.permutation(rows)]
        shuffled = replace(data, is_real=is_real)
        return auc_of(shuffled.scores(shuffled.fitted(kind)), is_real, data.folds)

    return np.array([dealt() for _ in range(draws)])


def _band(null: Array) -> tuple[float, float]:
    low, high = np.percentile(null, _BAND)
    return float(low), float(high)


def _told(talks: Sequence[Talk], tasks: Sequence[str], data: Data, scores: Array) -> list[Told]:
    return [
        Told(task, talk.run, bool(is_real), float(chance))
        for talk, task, is_real, chance in zip(talks, tasks, data.is_real, scores, strict=True)
    ]


def _signs(data: Data, losses: Mapping[str, float]) -> list[Sign]:
    """The groups of figures, the most telling first."""
    real, simulated = data.matrix[data.is_real], data.matrix[~data.is_real]
    signs = [
        Sign(name, loss, float(real[:, place].mean()), float(simulated[:, place].mean()))
        for name, loss in losses.items()
        for place in [NAMES.index(name)]
    ]
    return sorted(signs, key=lambda sign: -sign.loss)
