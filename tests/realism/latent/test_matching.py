import json
import math

import numpy as np
import pytest
from helpers import scripted
from hypothesis import given
from hypothesis import strategies as st
from talks import talk

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import LatentJudge, compare_labels, name_latents
from usersim_opt.realism.latent.matching import entropy, total_variation


def labels(*names, tasks=60):
    return [(f"t{n}", names[n % len(names)]) for n in range(tasks)]


def test_equal_shares_have_no_distance_and_a_small_one_is_within_the_floor():
    found = compare_labels(labels("a", "b"), labels("b", "a"), what="mood")
    assert (found.distance, found.differs) == (0.0, False)
    assert found.entropy == pytest.approx((math.log(2), math.log(2)))
    assert "spread as in the real" in str(found)


def test_other_shares_differ():
    found = compare_labels(labels("a", "b"), labels("a", "a", "a", "b"))
    assert found.distance == pytest.approx(0.25)
    assert found.differs
    assert found.entropy[1] < found.entropy[0]
    assert "spread otherwise" in found.verdict
    assert json.loads(json.dumps(found.fields, allow_nan=False))["differs"]


def test_the_floor_covers_two_samples_of_the_same_source():
    rng = np.random.default_rng(3)

    def sample():
        return [(f"t{n}", str(name)) for n, name in enumerate(rng.choice(["a", "b", "c"], 50))]

    found = [compare_labels(sample(), sample()).differs for _ in range(20)]
    assert sum(found) <= 3


def test_few_tasks_only_describe():
    found = compare_labels(labels("a", tasks=5), labels("b", tasks=5))
    assert (found.distance, found.differs) == (1.0, None)
    assert "5 tasks: descriptive only" in str(found)


def test_lost_labels_are_counted_and_a_side_without_any_is_an_error():
    assert compare_labels([*labels("a"), ("t1", "")], labels("a")).lost == 1
    with pytest.raises(InputError, match="the simulated side has no mood"):
        compare_labels(labels("a"), [("t", "")], what="mood")


SHARES = st.lists(st.integers(1, 9), min_size=4, max_size=4).map(lambda n: np.array(n) / sum(n))


@given(SHARES, SHARES)
def test_total_variation_is_a_distance_of_shares(one, other):
    assert 0 <= total_variation(one, other) <= 1
    assert total_variation(one, one) == 0
    assert 0 <= entropy(one) <= math.log(4) + 1e-9


def test_a_judge_names_any_recorded_conversations():
    lm, _ = scripted(json.dumps({"profile": "plain", "intents": {"1": "drift"}}))
    named = name_latents([talk(task="001"), talk(task="002")], LatentJudge(lm))
    assert named.profiles == [("001", "plain"), ("002", "plain")]
    assert named.intents == [("001", "drift"), ("002", "drift")]
