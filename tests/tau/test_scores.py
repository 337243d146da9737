"""Success, pass^k and the difference between two prompts, on made simulations."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_simulations import runs

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.scores import counts, paired, pass_hat, passes, success

TEXTS = {f"t{number}": number for number in range(9)}


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.data())
def test_pass_k_is_the_share_of_draws_of_k_trials_that_all_succeed(trials, data):
    k = data.draw(st.integers(1, len(trials)))
    draws = [all(draw) for draw in combinations(trials, k)]
    assert pass_hat(len(trials), sum(trials), k) == pytest.approx(sum(draws) / len(draws))


@pytest.mark.parametrize(("n", "c", "k"), [(2, 1, 3), (2, 3, 1), (2, 1, 0)])
def test_more_trials_than_there_are_are_refused(n, c, k):
    with pytest.raises(InputError, match="expected 1 <= k <= trials"):
        pass_hat(n, c, k)


def test_the_example_of_the_reference():
    found = runs(t0=[1, 1, 1, 0], t1=[1, 1, 0, 0], t2=[1, 1, 1, 1])
    assert passes(found) == pytest.approx([0.75, 0.5556, 0.4167, 0.3333], abs=1e-4)


def test_lost_runs_are_no_trials_and_k_ends_at_the_fewest():
    found = runs(t0=[1, None, 1], t1=[0, 1, 1], t2=[None, None, None])
    assert counts(found) == {"t0": (2, 2), "t1": (2, 3)}
    assert passes(found) == pytest.approx([(1 + 2 / 3) / 2, (1 + 1 / 3) / 2])
    assert passes(runs(t0=[None])) == []
    assert success(runs(t0=[None]), TEXTS) is None


def test_the_interval_is_over_texts():
    found = runs(t0=[1], t1=[1], t2=[0], t3=[0])
    assert success(found, TEXTS).low is not None
    assert success(found, dict.fromkeys(TEXTS, 0)).low is None


def test_a_difference_is_over_pairs_of_task_and_trial():
    old = runs(t0=[0, 0], t1=[0, 1], t2=[1, 1])
    new = runs(t0=[1, 1], t1=[1, 1], t2=[1, 1])
    found = paired(old, new, TEXTS)
    assert found.gain.mean == pytest.approx(0.5)
    assert (found.scenarios, found.tasks) == (3, 3)
    assert paired(old, new, dict.fromkeys(TEXTS, 0)).tasks == 1
    assert paired(new, old, TEXTS).gain.mean == pytest.approx(-0.5)


def test_a_lost_run_is_left_out_and_counted_against_the_claim():
    names = [f"t{number}" for number in range(9)]
    old, new = runs(**{name: [0] for name in names}), runs(**{name: [1] for name in names})
    assert paired(old, new, TEXTS).proven
    new[0] = runs(t0=[None])[0]
    found = paired(old, new, TEXTS)
    assert (found.gain.mean, found.missing) == (1.0, 1)
    assert found.lost == pytest.approx(1 / 9)


@pytest.mark.parametrize("sides", [(runs(t0=[1, 0]), runs(t0=[1])), (runs(t0=[1]), runs(t1=[1]))])
def test_a_pair_that_one_side_lacks_is_refused(sides):
    with pytest.raises(InputError, match=r"lacks runs that the other one has \(task t"):
        paired(*sides, TEXTS)
