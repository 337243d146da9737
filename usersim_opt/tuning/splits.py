"""The two sets of scenarios of a run, seen to be fit for one before anything is spent."""

from collections.abc import Sequence
from dataclasses import dataclass

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.basics.text import fold
from usersim_opt.scenarios.authoring.families import told_again
from usersim_opt.scenarios.dataset import MIN_SMOKE, MIN_TRAIN
from usersim_opt.scenarios.material import ScenarioSet


@dataclass(frozen=True)
class Splits:
    """The scenarios of a run: those that the search sees, and those that decide at the end."""

    train: ScenarioSet
    smoke: ScenarioSet

    @property
    def together(self) -> ScenarioSet:
        """All scenarios of the run."""
        return self.train | self.smoke


def splits_of(
    trainset: Sequence[dspy.Example], valset: Sequence[dspy.Example] | None, *, minibatch_size: int
) -> Splits:
    """The scenarios of both splits; InputError where no run could come to an end with them."""
    if not trainset or not valset:
        name, split = ("valset", "smoke") if trainset else ("trainset", "train")
        raise InputError(
            f"the {name} is empty (the {split} split); expected data.train and data.smoke: "
            "the gain is measured on held-out tasks"
        )
    train = ScenarioSet.of(trainset, name="trainset")
    smoke = ScenarioSet.of(valset, name="valset")
    _check_held_out(train, smoke)
    _check_train(len(train.tasks), minibatch_size)
    _warn_of_test(trainset, name="trainset", meant="data.train")
    _warn_of_test(valset, name="valset", meant="data.smoke")
    return Splits(train, smoke)


def _warn_of_test(examples: Sequence[dspy.Example], *, name: str, meant: str) -> None:
    """A warning where the test split is used up for a run."""
    if any(example.get("split") == "test" for example in examples):
        message = (
            f"{name} is of the test split; after this run nothing is left to report on that no "
            f"decision has seen; expected {meant}"
        )
        warn_visibly(message, stacklevel=6)


def _check_held_out(train: ScenarioSet, smoke: ScenarioSet) -> None:
    """InputError for a smoke split that shares a task with the other one, or is too small."""
    if shared := sorted(train.tasks.keys() & smoke.tasks.keys()):
        raise InputError(
            f"task {shared[0]} is in trainset and valset; the smoke split must be held out by task"
        )
    _check_copies(train, smoke)
    if len(smoke.scenarios) < MIN_SMOKE:
        raise InputError(
            f"the smoke split has {len(smoke.scenarios)} scenario(s); "
            f"with fewer than {MIN_SMOKE} no gain can be proven: hold out more tasks "
            "(usersim-opt build-dataset --smoke), or write more types for them (--types)"
        )


def _check_copies(train: ScenarioSet, smoke: ScenarioSet) -> None:
    """InputError for a smoke task that is another one under a new name.

    It would not be held out, or would count as two. Nor would one of nearly the same words.
    """
    told = {fold(task.story): task.id for task in train.tasks.values()}
    for task in smoke.tasks.values():
        other = told.setdefault(fold(task.story), task.id)
        if other != task.id:
            raise InputError(
                f"task {task.id} of the smoke split tells the same story as task {other}; "
                "expected other customers there: leave one of them out"
            )
    retold = told_again([*smoke.tasks.values()], [*train.tasks.values()])
    for number, other in retold:
        raise InputError(
            f"task {number} of the smoke split tells nearly the same story as task {other}; "
            "expected other customers there: leave one of them out"
        )


def _check_train(tasks: int, minibatch_size: int) -> None:
    """InputError for too few training tasks; a warning where they do not fill a minibatch."""
    if tasks < MIN_TRAIN or minibatch_size < MIN_TRAIN:
        raise InputError(
            f"{tasks} training task(s) and minibatch_size={minibatch_size}; "
            f"expected at least {MIN_TRAIN} of both, better 10"
        )
    if tasks < minibatch_size:
        message = (
            f"{tasks} training tasks, fewer than the {minibatch_size} of a minibatch; "
            f"each minibatch holds {tasks}"
        )
        warn_visibly(message, stacklevel=6)
