import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.realism.likeness import KNOWN, likeness_by_task, means_of, published_means

RATES = st.floats(0, 1)
LINES = st.dictionaries(
    st.text(max_size=3), st.lists(st.tuples(RATES, RATES), min_size=1, max_size=3), max_size=6
)


def test_only_published_features_have_a_mean_without_people():
    assert published_means() == {
        "politeness_rate": 0.153,
        "short_msg_rate": 0.290,
        "id_density": 2.6,
        "uncertainty_rate": 0.073,
        "pivot_rate": 0.084,
    }
    assert published_means(["short_msg_rate"]) == {"short_msg_rate": 0.290}
    assert "success" not in KNOWN


def test_people_s_conversations_give_the_mean_of_any_feature():
    people = [[{"role": "user", "content": "a b"}], [{"role": "user", "content": "a b c d"}], []]
    assert means_of(people, ["user_words_per_turn"]) == {"user_words_per_turn": 3.0}
    assert len(means_of(people)) == 19


def test_means_are_compared_and_not_conversations():
    """People differ: one task above the mean and one below are together what people are."""
    assert likeness_by_task({"a": [[0.2]], "b": [[0.6]]}, [0.4]) == pytest.approx(
        {"a": 1.0, "b": 1.0}, abs=0.5
    )
    values = likeness_by_task({"a": [[0.2]], "b": [[0.6]]}, [0.4])
    assert sum(values.values()) / 2 == pytest.approx(1.0)


def test_the_likeness_is_twice_the_less_over_the_sum():
    assert likeness_by_task({"a": [[60.0], [60.0]]}, [5.0]) == {"a": pytest.approx(10 / 65)}
    assert likeness_by_task({"a": []}, [5.0]) == {}


@given(LINES, RATES, RATES)
def test_the_values_of_tasks_have_the_likeness_as_their_mean(lines, one, other):
    values = likeness_by_task(lines, [one, other])
    assert list(values) == list(lines)
    if values:
        assert -1e-9 <= sum(values.values()) / len(values) <= 1 + 1e-9
