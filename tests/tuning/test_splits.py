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


def retold(old, number, story):
    task = old.task.model_copy(update={"id": number, "story": story})
    return example(task, old.record.model_copy(update={"id": f"{number}.1"}))


@pytest.mark.parametrize("split", ["train", "smoke"])
def test_a_task_told_again_in_nearly_the_same_words_is_not_held_out(checked, split):
    first = getattr(checked, split)[0]
    smoke = [*checked.smoke, retold(first, "901", f"{first.task.story} Today.")]
    complaint = f"task 901 of the smoke split tells nearly the same story as task {first.task.id}"
    with pytest.raises(InputError, match=complaint):
        splits_of(checked.train, smoke, minibatch_size=10)


def test_stories_that_a_template_makes_are_other_customers(checked):
    template = "You are {} of {}. You booked a room for two nights and want to leave a day early."
    who = ["Ann Lee of Hull", "Bo Chan of Bath", "Cy Dow of York", "Di Eke of Ely", "Ed Fox of Ayr"]
    tasks = [
        retold(checked.train[0], f"{number}", template.format(*name.split(" of ")))
        for number, name in enumerate(who * 2, start=900)
    ]
    train, smoke = tasks[:4], [*checked.smoke, tasks[4]]
    assert splits_of(train, smoke, minibatch_size=4).smoke.tasks["904"]


def test_other_customers_are_welcome(checked):
    splits = splits_of(checked.train, checked.smoke, minibatch_size=10)
    assert not splits.train.tasks.keys() & splits.smoke.tasks.keys()
