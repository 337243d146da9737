from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import InputError
from usersim_opt.results.standings import Standings, common_families, dominance, front

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


def families_of(record):
    """The families in which the scenarios of a run have criteria."""
    return {
        criterion.dimension.partition(".")[0]
        for scenario in record.scenarios.values()
        for criterion in scenario.scored_criteria
    }


def test_every_measured_version_has_a_rate_in_every_family_of_the_data(small_run):
    standings = small_run.standings
    assert "v000" in standings.rates
    assert small_run.finalist.id in standings.rates
    for rates in standings.families.values():
        assert set(rates) == families_of(small_run.record)
        assert all(0 <= rate.low <= rate.mean <= rate.high <= 1 for rate in rates.values())


def test_the_front_is_beaten_by_nobody_and_all_others_by_somebody(small_run):
    standings = small_run.standings
    beaten = {worse for _, worse in standings.dominance}
    assert {version.id for version in standings.front} == set(standings.rates) - beaten
    assert "front" in str(standings)


def test_weights_choose_the_best_version(small_run):
    standings = small_run.standings
    for family in families_of(small_run.record):
        chosen = small_run.best({family: 2.0})
        assert standings.rates[chosen.id][family] == max(
            rates[family] for rates in standings.rates.values()
        )
    assert small_run.best() == standings.best(standings.criteria)
    assert small_run.best() in standings.front


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ({"clarity": 1}, "'clarity'; the families are"),
        ({"guard": -1}, "0 or more"),
        ({}, "one of them above 0"),
        ({"guard": 0}, "one of them above 0"),
    ],
)
def test_weights_that_mean_nothing_are_refused(small_run, weights, complaint):
    with pytest.raises(InputError, match=complaint):
        small_run.best(weights)


def test_a_family_without_a_verdict_can_carry_no_weight(small_run):
    record, family = small_run.record, "conversation_end"
    kept = {name for name, each in record.scenarios.items() if family not in each.families}
    without = replace(record, outcomes=[o for o in record.outcomes if o.scenario in kept])
    with pytest.raises(InputError, match=f"{family!r}, in which no verdict was given"):
        Standings.of(without).best({"guard": 1, family: 1})


def test_a_run_that_measured_nothing_has_no_best():
    with pytest.raises(InputError, match="no version was measured"):
        Standings({}, {}, {}, {"guard": 1}).best()
