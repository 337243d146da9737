"""Which tasks are played, by position and in a shuffled order."""

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.selection import selection

IDS = [str(number) for number in range(10)]


def test_positions_are_counted_from_0_with_both_ends():
    assert selection(IDS, positions=(2, 4)) == ["2", "3", "4"]
    assert selection(IDS) == IDS


def test_a_seed_shuffles_always_alike_and_before_the_positions_are_counted():
    shuffled = selection(IDS, shuffle=10)
    assert shuffled == selection(IDS, shuffle=10) != IDS
    assert sorted(shuffled) == IDS
    assert selection(IDS, shuffle=11) != shuffled
    assert selection(IDS, shuffle=10, positions=(0, 3)) == shuffled[:4]


@pytest.mark.parametrize("positions", [(3, 2), (0, 10), (-1, 2)])
def test_positions_beyond_the_tasks_are_refused(positions):
    with pytest.raises(InputError, match="expected a first and a last one from 0 to 9"):
        selection(IDS, positions=positions)
