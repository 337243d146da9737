"""The airline data set: what it is made of, its recorded replies and the blind choices."""

import re
from statistics import median

import pytest

import usersim_opt as uso
from tests.conftest import ROOT
from usersim_opt.basics.figures import share_text
from usersim_opt.basics.text import words
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules.balance import yes_is_right
from usersim_opt.scenarios.authoring.rules.coverage import Targets

FOLDER = ROOT / "datasets" / "airline"
FORM = re.compile(r"\*\*|^\s*(?:[-*•|]|\d+[.)])\s", re.M)
"""A list or bold words in an agent's turn."""
TARGETS = Targets(scenarios_per_dimension=8, criteria=611, check_share=0.9)


@pytest.fixture(scope="module")
def airline():
    """As it stands on the disk."""
    return uso.load_dataset(FOLDER)


@pytest.fixture(scope="module")
def recorded(airline):
    replies = uso.read_replies(FOLDER / "replies.jsonl")
    examples = [*airline.train, *airline.smoke]
    return uso.grade_replies(replies, examples, uso.RubricMetric()).by_version


def used(airline):
    return [*airline.of("train"), *airline.of("smoke")]


def later_turns(scenario):
    """The agent's turns after the first one."""
    return [turn.text for turn in scenario.history if turn.role == "agent"][1:]


def wants_yes(scenario):
    """Whether the agent's plan is right, or most natural replies begin with a yes."""
    return scenario.type == "agreement" or yes_is_right(scenario)


def word_limits(data):
    for scenario in data.scenarios.values():
        for criterion in scenario.scored_criteria:
            yield from map(int, re.findall(r"'max_words': (\d+)", str(criterion.check)))


def share_passed(airline, reply):
    """The share of all scored criteria that one reply to everything passes."""
    verdicts = [
        checks.run(criterion.check, reply, scenario.moment).holds
        for scenario in airline.scenarios.values()
        for criterion in scenario.scored_criteria
    ]
    return sum(verdicts) / len(verdicts)


def test_the_linter_finds_no_fault(airline):
    assert lint_dataset(airline, TARGETS) == []


def test_splits_are_of_thirty_ten_and_ten_tasks(airline):
    assert [len(airline.splits[name]) for name in ("train", "smoke", "test")] == [30, 10, 10]


def test_the_study_s_split_has_the_same_test_tasks(airline):
    study = uso.load_dataset(FOLDER, splits="study")
    assert [len(study.splits[name]) for name in ("train", "smoke", "test")] == [35, 5, 10]
    assert study.splits["test"] == airline.splits["test"]
    assert set(study.splits["smoke"]) < set(airline.splits["smoke"])


def test_every_scenario_has_replies_of_each_kind(airline):
    for scenario in airline.scenarios.values():
        examples = scenario.examples
        assert len(examples.natural) >= 5, scenario.id
        assert len(examples.near) >= 2, scenario.id
        assert examples.contrary, scenario.id
        assert 1 <= len(scenario.scored_criteria) <= 3, scenario.id
        assert 2 <= len(scenario.criteria) <= 4, scenario.id


def test_many_natural_replies_have_three_words_or_fewer(airline):
    replies = [
        reply for scenario in airline.scenarios.values() for reply in scenario.examples.natural
    ]
    assert sum(len(words(reply)) <= 3 for reply in replies) >= 0.2 * len(replies)


def test_half_of_the_agents_turns_have_the_form_of_language_models(airline):
    """A list, bold words, or forty words and more; greetings are no evidence of either."""
    turns = [turn for scenario in airline.scenarios.values() for turn in later_turns(scenario)]
    formed = sum(bool(FORM.search(turn)) or len(turn.split()) >= 40 for turn in turns)
    assert 0.5 <= formed / len(turns) <= 0.65


def test_customers_write_as_people_do_in_the_chats_so_far(airline):
    own = [
        len(words(turn.text))
        for scenario in airline.scenarios.values()
        for turn in scenario.history
        if turn.role == "customer"
    ]
    assert 6 <= median(own) <= 9


def test_a_yes_is_right_in_a_fifth_and_an_end_in_a_tenth(airline):
    later = [each for each in airline.scenarios.values() if each.type != "initial_request"]
    assert sum(map(wants_yes, later)) >= 0.2 * len(later)
    assert sum(scenario.may_stop for scenario in used(airline)) >= 0.1 * len(used(airline))


def test_no_word_limit_is_loose(airline):
    limits = list(word_limits(airline))
    assert median(limits) <= 25
    assert max(limits) <= 40


def test_neither_ok_nor_no_passes_most_of_it(airline):
    assert share_passed(airline, "ok") < 0.6
    assert share_passed(airline, "no") < 0.6


def test_a_third_of_the_criteria_is_failed_by_a_reply_too_curt_or_too_contrary(airline):
    scored = failed = 0
    for scenario in airline.scenarios.values():
        broken = {name for each in scenario.examples.contrary for name in each.fails}
        scored += len(scenario.scored_criteria)
        failed += sum(criterion.id in broken for criterion in scenario.scored_criteria)
    assert failed >= scored / 3


def test_every_train_and_smoke_scenario_was_answered_twice_under_each_prompt(airline, recorded):
    ids = sorted(scenario.id for scenario in used(airline))
    assert set(recorded) == {"base", "brief", "calibrated"}
    for side in recorded.values():
        assert sorted(outcome.scenario for outcome in side.outcomes) == sorted(ids * 2)


def test_no_test_scenario_was_ever_answered(airline):
    answered = {reply.scenario for reply in uso.read_replies(FOLDER / "replies.jsonl")}
    assert answered.isdisjoint(scenario.id for scenario in airline.of("test"))


def test_a_strong_model_fails_it_with_an_ordinary_prompt_and_less_with_better_ones(recorded):
    rates = {name: side.pass_rate.mean for name, side in recorded.items()}
    assert 0.50 <= rates["base"] <= 0.75
    assert rates["base"] + 0.2 < rates["brief"] < rates["calibrated"] - 0.1
    assert rates["calibrated"] >= 0.85


def test_the_rubric_sides_with_a_blind_reader_at_like_length_too(recorded):
    preferences = uso.read_preferences(FOLDER / "preferences.jsonl")
    assert len(preferences) >= 100
    everything, alike = uso.item_analysis(recorded, preferences=preferences).choices
    assert everything.within > 0.5
    assert alike.pairs >= 100
    assert alike.within > 0.3


def test_the_page_has_the_counts_of_the_data(airline):
    page = " ".join((FOLDER / "README.md").read_text().split())
    scored = sum(len(scenario.scored_criteria) for scenario in used(airline))
    guards = sum(len(scenario.guard_criteria) for scenario in used(airline))
    counts = f"{len(used(airline))} scenarios, {scored + guards} criteria ({scored} score, {guards}"
    assert counts in page


def test_the_page_has_the_figures_of_the_replies(recorded):
    page = (FOLDER / "README.md").read_text()
    for name, side in recorded.items():
        assert f"| `{name}.txt` | {share_text(side.pass_rate.mean)} |" in page
