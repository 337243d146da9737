from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.sign_flips import exact_p, exact_ps, sum_distribution

DIFFERENCES = st.lists(st.integers(-9, 9), max_size=9)


def enumerated_p(differences):
    """The same by all patterns."""
    total = sum(differences)
    sums = [
        sum(sign * d for sign, d in zip(signs, differences, strict=True))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return sum(s >= total for s in sums) / len(sums)


@given(DIFFERENCES)
def test_the_p_value_is_that_of_all_patterns(differences):
    assert exact_p(differences) == pytest.approx(enumerated_p(differences), abs=1e-12)


@given(DIFFERENCES)
def test_the_probabilities_add_up_to_one_and_are_symmetric(differences):
    probabilities = sum_distribution(differences)
    assert probabilities.sum() == pytest.approx(1.0)
    assert probabilities == pytest.approx(probabilities[::-1])


@given(DIFFERENCES)
def test_no_signs_give_less_than_the_smallest_p(differences):
    best = [abs(difference) for difference in differences]
    assert exact_p(best) == pytest.approx(0.5 ** sum(map(bool, differences)))


def test_one_lucky_criterion_among_many_proves_nothing():
    assert exact_p([1] + [0] * 24) == 0.5
    assert exact_p([-1] + [0] * 24) == 1.0


def test_units_that_all_win_by_one_halve_the_p_value_each():
    assert exact_p([1] * 10) == pytest.approx(2**-10)


def test_nothing_to_compare_proves_nothing():
    assert exact_p([]) == 1.0
    assert exact_p([0, 0]) == 1.0


def test_a_difference_that_is_no_whole_number_is_refused():
    with pytest.raises(InputError, match="expected whole numbers of verdicts"):
        exact_p([0.5, 1])


def rows_of(width):
    return st.lists(st.tuples(*[st.integers(-60, 60)] * width), min_size=1)


@given(st.integers(1, 9).flatmap(rows_of))
def test_many_rows_at_a_time_have_the_p_values_of_each_row(rows):
    together = exact_ps(np.array(rows))
    assert together == pytest.approx([exact_p(row) for row in rows], abs=1e-12)


def test_rows_of_many_verdicts_are_looked_at_in_parts():
    rows = np.random.default_rng(1).integers(-5000, 5001, (3, 30))
    assert exact_ps(rows) == pytest.approx([exact_p(row.tolist()) for row in rows], abs=1e-12)


def test_a_row_without_a_difference_proves_nothing():
    assert exact_ps(np.zeros((2, 3), dtype=int)) == pytest.approx([1.0, 1.0])
