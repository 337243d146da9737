"""How like a reference some conversations are, in one figure from 0 to 1 that tasks can be set by.

Per feature the two means are alike by 2 min / sum (rows.py), and the likeness is the mean over the
features: the part of the User-Sim Index that needs no survey and no rewards (arXiv 2603.11245).
Means are compared, not conversations, since people differ: a customer who is in each conversation
what people are on average would be unlike them.

A mean over tasks has an interval over tasks only where each task has a value. They are jackknife
values (Quenouille 1956, Notes on bias in estimation, Biometrika 43:353), moved so that their mean
is the likeness S itself:

    value of task i = S + (n - 1) (mean of S without a task - S without task i)

So one value may lie below 0 or above 1; their mean does not.

Not covered: how much conversations vary; a likeness of 1 says that the means are people's.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.realism.card import PEOPLE
from usersim_opt.realism.features import extract_features
from usersim_opt.realism.rows import Array, similarity
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.turns import Conversation

KNOWN = tuple(name for name in FEATURES if name in PEOPLE)
"""The features of which people's mean is published."""
Means = Mapping[str, float]
"""The reference: a mean by the name of a feature."""


def published_means(features: Sequence[str] = ()) -> dict[str, float]:
    """The published means of people, of all known features or of those named.

    InputError for one whose mean is not published: then it takes people's conversations.
    """
    if unknown := [name for name in features if name not in KNOWN]:
        raise InputError(
            f"features: people's mean of {unknown[0]!r} is not published; the known ones are "
            f"{', '.join(KNOWN)}. For another one give people's conversations as the reference"
        )
    return {name: PEOPLE[name].value for name in features or KNOWN}


def means_of(
    conversations: Sequence[Conversation], features: Sequence[str] = (), *, source: str = "human"
) -> dict[str, float]:
    """The mean features of conversations, of all or of those named.

    `source` is that of `extract_features`. InputError for an unknown feature, and where the
    customer says nothing in any of them.
    """
    if unknown := [name for name in features if name not in FEATURES]:
        raise InputError(f"features: {unknown[0]!r} is none; they are {some(list(FEATURES))}")
    found = [each for talk in conversations if (each := extract_features(talk, source))]
    if not found:
        raise InputError(
            "reference: the customer says nothing in it; expected one or more conversations as "
            'lists of messages, such as [[{"role": "user", "content": "hi"}]]'
        )
    wanted = features or tuple(FEATURES)
    return {name: float(np.mean([each[name] for each in found])) for name in wanted}


def likeness_by_task(
    lines: Mapping[str, Sequence[Sequence[float]]], means: Sequence[float]
) -> dict[str, float]:
    """The likeness of conversations to a reference, as a value for each task.

    `lines` holds by task the features of each conversation, in the order of the reference's
    `means`; tasks count alike. The mean of the values is the likeness, 0 to 1.
    """
    tasks = [task for task in lines if len(lines[task])]
    if not tasks:
        return {}
    matrix = np.stack([np.mean(np.array(lines[task], dtype=float), axis=0) for task in tasks])
    reference = np.array(means, dtype=float)
    whole = _likeness(matrix.mean(axis=0), reference)
    if len(tasks) == 1:
        return {tasks[0]: whole}
    without = (matrix.sum(axis=0) - matrix) / (len(tasks) - 1)
    left = np.array([_likeness(each, reference) for each in without])
    values = whole + (len(tasks) - 1) * (left.mean() - left)
    return dict(zip(tasks, map(float, values), strict=True))


def _likeness(row: Array, reference: Array) -> float:
    return float(similarity(row, reference).mean())
