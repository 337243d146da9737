import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.folds import folds_of

TASKS = st.lists(st.sampled_from("abcdefgh"), min_size=2).filter(lambda names: len(set(names)) > 1)


@given(TASKS, st.integers(2, 6))
def test_no_task_stands_in_two_folds_and_none_is_empty(tasks, number):
    folds = folds_of(tasks, number)
    places = {task: set(folds[np.array(tasks) == task]) for task in tasks}
    assert all(len(each) == 1 for each in places.values())
    assert set(folds) == set(range(min(number, len(places))))


def test_folds_are_about_as_large_as_each_other():
    sizes = np.bincount(folds_of([*"aaaa", *"bbb", *"cc", "d", "e", "f"], 3))
    assert sizes.tolist() == [4, 4, 4]


@pytest.mark.parametrize(
    ("tasks", "number", "says"), [("ab", 1, "folds is 1"), ("aa", 5, "there is 1 task")]
)
def test_one_fold_or_task_is_too_few(tasks, number, says):
    with pytest.raises(InputError, match=says):
        folds_of(list(tasks), number)
