"""Folds of tasks: what a classifier is measured on must be of no task that it was fitted on.

Tasks with many conversations are dealt first, each to the fold that has the fewest so far, so folds
are about as large as each other (as GroupKFold of scikit-learn deals them). No chance is in it.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.arguments import check_count
from usersim_opt.basics.errors import InputError


def folds_of(tasks: Sequence[str], number: int) -> NDArray[np.int_]:
    """The fold of each conversation, from 0; fewer folds than `number` where there are fewer tasks.

    InputError for fewer than two folds, or fewer than two tasks.
    """
    sizes = Counter(tasks)
    check_count("folds", number, least=2)
    if len(sizes) < 2:
        raise InputError(
            f"there is {len(sizes)} task; expected two or more, since a classifier is measured on "
            "tasks that it was not fitted on"
        )
    filled = [0] * min(number, len(sizes))
    place: dict[str, int] = {}
    for task in sorted(sizes, key=lambda name: (-sizes[name], name)):
        place[task] = filled.index(min(filled))
        filled[place[task]] += sizes[task]
    return np.array([place[task] for task in tasks])
