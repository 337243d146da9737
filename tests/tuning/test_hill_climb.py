import pytest

import usersim_opt as uso
from usersim_opt.results import journal


@pytest.fixture(scope="module")
def climbed(airline, tmp_path_factory):
    """One run by the study's rule, for the tests that only look."""
    from conftest import BASE_PROMPT  # noqa: PLC0415 - the fixture's own

    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge"))),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path_factory.mktemp("climbed"),
        max_calls=2000,
        seed=6,
        search=uso.HillClimb(),
    )
    simulator = uso.UserSimulator(
        uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9)
    )
    return optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke).result


def test_every_candidate_has_a_decision_and_what_was_measured_its_evidence(climbed):
    for version in climbed.versions.values():
        if version.parent is not None:
            assert any(d.candidate == version.id for d in climbed.decisions)
    for measured in (
        d for d in climbed.decisions if d.rule not in ("guard", "collapse") and d.candidate != "-"
    ):
        assert measured.evidence is not None


def test_a_new_incumbent_was_better_on_the_minibatch_and_no_worse_on_the_one_before(climbed):
    assert len(climbed.accepted) > 1
    for version in climbed.accepted[1:]:
        rulings = {d.rule: d for d in climbed.decisions if d.candidate == version.id}
        assert rulings["improvement"].accepted
        assert rulings["improvement"].evidence.gain > 0
        assert "regression" not in rulings or rulings["regression"].accepted


def test_the_guard_turned_something_away_before_it_cost_a_reply(climbed):
    turned_away = {d.candidate for d in climbed.decisions if d.rule == "guard"}
    assert turned_away
    _, log = journal.read(climbed.run_dir)
    assert not turned_away & {event["version"] for event in log if event["event"] == "outcome"}
