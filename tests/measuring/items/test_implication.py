"""Criteria of a scenario that say the same."""

import numpy as np

from usersim_opt.measuring.items.implication import are_twins, implies, ties
from usersim_opt.measuring.items.responses import Response


def pairs(both, first, second, neither):
    """So many replies that pass both, only the first, only the second, neither."""
    return (
        [(True, True)] * both
        + [(True, False)] * first
        + [(False, True)] * second
        + [(False, False)] * neither
    )


def test_an_implication_needs_replies_that_could_have_broken_it():
    # 10 pass A, 10 fail B: were they independent, C(10, 10) / C(20, 10) = 1 / 184,756.
    assert implies(pairs(10, 0, 0, 10))
    # One reply fails B: the chance that it is none of the ten is one half.
    assert not implies(pairs(10, 0, 9, 1))
    assert not implies(pairs(10, 1, 0, 10))
    # Is one in C(2n, n) at most one in a thousand? 1 / 70, 1 / 924 and 1 / 3,432.
    assert not implies(pairs(4, 0, 0, 4))
    assert not implies(pairs(6, 0, 0, 6))
    assert implies(pairs(7, 0, 0, 7))
    assert not implies([])
    assert not implies(pairs(0, 0, 10, 10))


def test_twins_have_a_phi_of_nine_tenths():
    # phi = (n11 n00 - n10 n01) / sqrt(...): 20 and 20 with one exception is 19 / 20 = .951.
    assert are_twins(pairs(20, 0, 1, 20))
    assert not are_twins(pairs(20, 2, 2, 16))
    assert not are_twins(pairs(9, 0, 0, 2))
    assert not are_twins(pairs(18, 0, 0, 2))
    assert not are_twins([])


def test_the_ties_of_a_scenario_name_both_sides():
    rows = [{"a": n < 16, "b": n < 16, "c": n < 24, "d": n % 2 == 0} for n in range(40)]
    found = ties(["a", "b", "c", "d"], [Response("v", "001.3", "", row) for row in rows])
    assert found.implies == {"a": ["b", "c"], "b": ["a", "c"]}
    assert found.implied_by == {"a": ["b"], "b": ["a"], "c": ["a", "b"]}
    assert found.twins == {"a": ["b"], "b": ["a"]}


def test_independent_criteria_are_seldom_tied():
    rng = np.random.default_rng(3)
    found = 0
    for _ in range(300):
        rows = rng.random((25, 2)) < (0.5, 0.7)
        tied = ties(
            ["a", "b"], [Response("v", "s", "", dict(zip("ab", r, strict=True))) for r in rows]
        )
        found += bool(tied.implies or tied.twins)
    assert found <= 3
