"""Which of the tasks, and in what order: positions in a split, a shuffled order.

tau-bench and tau-trait take tasks by their positions in a split and shuffle them by a seed; here
that gives the ids that `evaluate` takes. An order changes no run, since the seed of a trial is the
same for all tasks; it decides what is played where the budget ends, and which tasks are the first.
"""

from collections.abc import Sequence
from random import Random

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many


def selection(
    ids: Sequence[str], *, positions: tuple[int, int] | None = None, shuffle: int | None = None
) -> list[str]:
    """The ids at some positions, the first and the last one counted from 0 and both included.

    With `shuffle`, a seed, they are shuffled before. InputError for positions beyond the ids.
    """
    chosen = list(ids)
    if shuffle is not None:
        Random(shuffle).shuffle(chosen)  # noqa: S311 - nothing secret
    if positions is None:
        return chosen
    first, last = positions
    if not 0 <= first <= last < len(chosen):
        raise InputError(
            f"positions {first} to {last} of {many(len(chosen), 'task')}; expected a first and a "
            f"last one from 0 to {len(chosen) - 1}"
        )
    return chosen[first : last + 1]
