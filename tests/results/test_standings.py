import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.results.standings import Standings
from usersim_opt.scenarios.kinds import FAMILIES


def test_every_measured_version_has_a_rate_in_every_family(small_run):
    standings = small_run.standings
    assert "v000" in standings.rates
    assert small_run.finalist.id in standings.rates
    for rates in standings.families.values():
        assert set(rates) == set(FAMILIES)
        assert all(0 <= rate.low <= rate.mean <= rate.high <= 1 for rate in rates.values())


def test_the_front_is_beaten_by_nobody_and_all_others_by_somebody(small_run):
    standings = small_run.standings
    beaten = {worse for _, worse in standings.dominance}
    assert {version.id for version in standings.front} == set(standings.rates) - beaten
    assert "front" in str(standings)


def test_weights_choose_the_best_version(small_run):
    standings = small_run.standings
    for family in FAMILIES:
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


def test_a_run_that_measured_nothing_has_no_best():
    with pytest.raises(InputError, match="no version was measured"):
        Standings({}, {}, {}, {"guard": 1}).best()
