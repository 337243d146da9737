import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios.dataset import example
from usersim_opt.tuning.splits import splits_of


def renamed(old, number):
    """The example under the number of another task, its story spaced otherwise."""
    story = old.task.story.upper().replace(" ", "  ")
    task = old.task.model_copy(update={"id": number, "story": story})
    return example(task, old.record.model_copy(update={"id": f"{number}.1"}))


def test_a_training_task_under_another_name_is_not_held_out(checked):
    smoke = [*checked.smoke, renamed(checked.train[0], "901")]
    complaint = (
        f"task 901 of the smoke split tells the same story as task {checked.train[0].task.id}"
    )
    with pytest.raises(InputError, match=complaint):
        splits_of(checked.train, smoke, minibatch_size=10)


def test_a_smoke_task_does_not_count_twice(checked):
    smoke = [*checked.smoke, renamed(checked.smoke[0], "901")]
    with pytest.raises(InputError, match="tells the same story"):
        splits_of(checked.train, smoke, minibatch_size=10)


def test_other_customers_are_welcome(checked):
    splits = splits_of(checked.train, checked.smoke, minibatch_size=10)
    assert not splits.train.tasks.keys() & splits.smoke.tasks.keys()
