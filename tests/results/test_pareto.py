from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.results.standings import common_families, dominance, front

RATES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.fixed_dictionaries(
        {family: st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0)) for family in ("x", "y", "z")}
    ),
)


def test_a_version_is_beaten_by_one_that_is_nowhere_worse_and_somewhere_better():
    rates = {"a": {"x": 0.9, "y": 0.2}, "b": {"x": 0.1, "y": 0.8}, "c": {"x": 0.1, "y": 0.2}}
    assert front(rates) == ["a", "b"]
    assert dominance(rates) == [("a", "c"), ("b", "c")]


def test_equals_do_not_beat_each_other():
    assert front({"a": {"x": 0.5}, "b": {"x": 0.5}}) == ["a", "b"]


def test_families_that_one_lacks_are_left_out_for_all():
    rates = {"a": {"x": 0.9, "y": 0.1}, "b": {"x": 0.5}}
    assert common_families(rates) == ["x"]
    assert front(rates) == ["a"]
    assert front({"a": {"x": 0.9}, "b": {"y": 0.1}}) == ["a", "b"]
    assert front({}) == []


@given(RATES)
def test_the_front_is_what_nothing_beats_and_beats_all_the_rest(rates):
    chosen, pairs = front(rates), dominance(rates)
    assert bool(chosen) == bool(rates)
    assert not any(worse in chosen for _, worse in pairs)
    for version in set(rates) - set(chosen):
        assert any((better, version) in pairs for better in chosen)


@given(RATES)
def test_beating_is_a_strict_order(rates):
    pairs = set(dominance(rates))
    assert not any((worse, better) in pairs for better, worse in pairs)
    assert all((a, d) in pairs for a, b in pairs for c, d in pairs if b == c)


@given(RATES, st.randoms())
def test_the_order_of_the_versions_does_not_matter(rates, random):
    names = list(rates)
    random.shuffle(names)
    assert set(front({name: rates[name] for name in names})) == set(front(rates))
