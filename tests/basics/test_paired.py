import numpy as np
import pytest

from usersim_opt.basics.paired import Pair, Paired
from usersim_opt.basics.proof import finding

TASKS, SCENARIOS, VERDICTS = 5, 5, 35


def test_lost_verdicts_are_filled_against_either_side():
    paired = Paired((Pair("001.1", 2, 8, lost=3, worst=-2, best=1),), dropped=0, lost=0.1)
    assert paired.at_worst.pairs == (Pair("001.1", 0, 11),)
    assert paired.at_best.pairs == (Pair("001.1", 3, 11),)
    assert (paired.missing, paired.at_worst.missing) == (3, 0)


def test_where_nothing_is_lost_nothing_changes():
    paired = Paired((Pair("001.1", 2, 8), Pair("001.2", 0, 0)), dropped=1, lost=0.0)
    assert paired.at_worst is paired.at_best is paired
    assert paired.common == [Pair("001.1", 2, 8)]


def equal_prompts(rng, lost):
    """Two equal prompts at .90, of which the new one's fails go lost, as this share of verdicts."""
    pairs = []
    for number in range(TASKS * SCENARIOS):
        old, new = rng.random((2, VERDICTS)) < 0.9
        is_lost = ~new & (rng.random(VERDICTS) < lost / 0.1)
        kept = ~is_lost
        pairs.append(
            Pair(
                f"{number // SCENARIOS:03}.{number % SCENARIOS + 1}",
                int(new[kept].sum()) - int(old[kept].sum()),
                int(kept.sum()),
                lost=int(is_lost.sum()),
                worst=-int(old[is_lost].sum()),
                best=int((~old[is_lost]).sum()),
            )
        )
    return Paired(tuple(pairs), dropped=0, lost=lost)


@pytest.mark.parametrize(("lost", "naive"), [(0.02, 0.1), (0.05, 0.7), (0.088, 0.9)])
def test_a_prompt_whose_fails_go_lost_ships_nothing(lost, naive):
    rng = np.random.default_rng(13)
    drawn = [equal_prompts(rng, lost) for _ in range(200)]
    left_out = [finding(paired.common).better_by_scenario for paired in drawn]
    assert np.mean(left_out) >= naive
    proven = [
        finding(paired.common).better and finding(paired.at_worst.common).better for paired in drawn
    ]
    assert sum(proven) <= 4


def mirrored(paired):
    pairs = [
        Pair(pair.scenario, -pair.difference, pair.criteria, pair.lost, -pair.best, -pair.worst)
        for pair in paired.pairs
    ]
    return Paired(tuple(pairs), paired.dropped, paired.lost)


def test_the_old_prompt_s_lost_fails_call_nothing_worse():
    rng = np.random.default_rng(14)
    drawn = [mirrored(equal_prompts(rng, 0.088)) for _ in range(100)]
    assert np.mean([finding(paired.common).worse for paired in drawn]) >= 0.5
    worse = [finding(paired.at_best.common).worse for paired in drawn]
    assert sum(worse) <= 3
