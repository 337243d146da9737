"""The second edition of the airline data set, its recorded replies, and the prompt for it."""

import pytest

import usersim_opt as uso
from tests.conftest import ROOT
from tests.test_optimized import runs_of_six, texts_of
from usersim_opt.customer.prompt import PLACEHOLDER, normalise
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules.coverage import Targets
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.tuning.guard import Guard

FOLDER = ROOT / "datasets" / "airline"
PROMPT = ROOT / "optimized" / "airline" / "calibrated.txt"
TARGETS = Targets(scenarios_per_dimension=8, criteria=611, check_share=0.9)


@pytest.fixture(scope="module")
def edition():
    return uso.load_dataset(FOLDER)


@pytest.fixture(scope="module")
def recorded(edition):
    replies = uso.read_replies(FOLDER / "replies.jsonl")
    examples = [*edition.train, *edition.smoke]
    return uso.grade_replies(replies, examples, uso.RubricMetric()).by_version


def used(edition):
    return [*edition.of("train"), *edition.of("smoke")]


def share_passed(edition, reply):
    """The share of all scored criteria that one reply to everything passes."""
    verdicts = [
        checks.run(criterion.check, reply, scenario.moment).holds
        for scenario in edition.scenarios.values()
        for criterion in scenario.scored_criteria
    ]
    return sum(verdicts) / len(verdicts)


def test_the_linter_finds_no_fault(edition):
    assert lint_dataset(edition, TARGETS) == []


def test_splits_are_of_thirty_ten_and_ten_tasks(edition):
    assert [len(edition.splits[name]) for name in ("train", "smoke", "test")] == [30, 10, 10]


def test_every_scenario_has_replies_of_each_kind(edition):
    for scenario in edition.scenarios.values():
        examples = scenario.examples
        assert len(examples.natural) >= 5, scenario.id
        assert len(examples.near) >= 2, scenario.id
        assert examples.contrary, scenario.id
        assert 2 <= len(scenario.scored_criteria) <= 3, scenario.id
        assert len(scenario.guard_criteria) <= 1, scenario.id


def test_neither_ok_nor_no_passes_most_of_it(edition):
    assert share_passed(edition, "ok") < 0.6
    assert share_passed(edition, "no") < 0.6


def test_every_train_and_smoke_scenario_was_answered_twice_under_both_prompts(edition, recorded):
    ids = sorted(scenario.id for scenario in used(edition))
    assert set(recorded) == {"base", "calibrated"}
    for side in recorded.values():
        assert sorted(outcome.scenario for outcome in side.outcomes) == sorted(ids * 2)


def test_a_strong_model_fails_it_with_an_ordinary_prompt_and_not_with_the_calibrated_one(recorded):
    assert 0.50 <= recorded["base"].pass_rate.mean <= 0.75
    assert recorded["calibrated"].pass_rate.mean >= 0.85


def test_the_preferences_are_about_scenarios_of_the_data_set(edition):
    preferences = uso.read_preferences(FOLDER / "preferences.jsonl")
    assert len(preferences) >= 100
    assert {each.scenario for each in preferences} <= set(edition.scenarios)


def test_the_page_has_the_counts_of_the_data(edition):
    page = " ".join((FOLDER / "README.md").read_text().split())
    scored = sum(len(scenario.scored_criteria) for scenario in used(edition))
    guards = sum(len(scenario.guard_criteria) for scenario in used(edition))
    counts = f"{len(used(edition))} scenarios, {scored + guards} criteria ({scored} score, {guards}"
    assert counts in page


def test_the_prompt_is_in_its_form_and_says_nothing_of_the_data(edition, base_prompt):
    text = PROMPT.read_bytes().decode()
    assert normalise(text) == text
    assert len(text) <= 6500
    assert text.endswith(f"<scenario>\n{PLACEHOLDER}\n</scenario>")
    known = set().union(*map(runs_of_six, texts_of(edition)))
    assert runs_of_six(text) & known == set()
    train = ScenarioSet.of(edition.train, name="trainset")
    guard = Guard.of(train.tasks.values(), train.scenarios.values(), base_prompt)
    assert guard.objections(uso.read_prompt(PROMPT)) == []
