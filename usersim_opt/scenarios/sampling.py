"""The minibatch: ten tasks, one scenario each, without replacement.

Tasks come from a shuffled pool that is reloaded when it is empty, so at any moment every task has
been drawn k or k+1 times. Each task has a pool of its own scenarios, treated alike. A batch never
holds a task twice: where the pool runs out in the middle of a batch, the rest comes from the new
pool, and tasks already in the batch are left for later. The draws are a function of the seed alone,
so a resumed run draws what it drew before.
"""

from collections.abc import Mapping, Sequence
from random import Random

from usersim_opt.basics.errors import InputError

Pools = Mapping[str, Sequence[str]]
"""The ids of each task's scenarios."""


class MinibatchSampler:
    """Draws minibatches from `scenarios`: task id -> ids of its scenarios.

    Fewer tasks than `size` make smaller batches. InputError for a task without scenarios, for no
    task at all, and for a size below 1.
    """

    def __init__(self, scenarios: Pools, *, size: int = 10, seed: int = 0) -> None:
        _check(scenarios, size)
        self.size = min(size, len(scenarios))
        self._scenarios = {task: list(ids) for task, ids in sorted(scenarios.items())}
        self._random = Random(f"minibatch:{seed}")  # noqa: S311 - a reproducible draw, nothing secret
        self._task_pool: list[str] = []
        self._scenario_pools: dict[str, list[str]] = {task: [] for task in scenarios}

    def draw(self) -> list[str]:
        """The scenario ids of the next minibatch, one per task."""
        batch: list[str] = []
        while len(batch) < self.size:
            if not self._task_pool:
                self._task_pool = self._shuffled(list(self._scenarios))
            task = next(task for task in self._task_pool if task not in batch)
            self._task_pool.remove(task)
            batch.append(task)
        return [self._draw_scenario(task) for task in batch]

    def _draw_scenario(self, task: str) -> str:
        pool = self._scenario_pools[task]
        if not pool:
            pool.extend(self._shuffled(self._scenarios[task]))
        return pool.pop(0)

    def _shuffled(self, items: list[str]) -> list[str]:
        return self._random.sample(items, len(items))


def _check(scenarios: Pools, size: int) -> None:
    if size < 1:
        raise InputError(f"minibatch_size is {size}; expected 1 or more")
    bare = [task for task, ids in scenarios.items() if not ids]
    if bare:
        raise InputError(
            f"task {min(bare)} has no scenario; "
            "expected at least one for every task of the training set"
        )
    if not scenarios:
        raise InputError("there is no training task; expected at least one")
