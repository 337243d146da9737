"""The check of traits, on made conversations: it passes, and each part of it can fail."""

import pytest
from conftest import AIRLINE, BASE_PROMPT
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.tau.trait_check import check_traits
from usersim_opt.tau.trait_measures import told
from usersim_opt.tau.traits import TRAITS, traits_of

IMPATIENT = traits_of("impatience=high")
NAMES = [f"{number:03}" for number in range(8)]
STORIES = dict.fromkeys(NAMES, "You are called Mia Kim. Your code is K3VQ8T, and you have 2 bags.")
OPENING = "hi, move K3VQ8T, this is for Mia"
PLAIN = (OPENING, "kim, with 2 bags")
HASTY = (OPENING, "kim, with 2 bags, and this takes too long")


def talks(texts, **fields):
    """A conversation for each task in which the customer says these."""
    turns = [turn for text in texts for turn in ("And then?", text)]
    return [talk(*turns, task=name, **fields) for name in NAMES]


def checked(played, traits=IMPATIENT):
    return check_traits(traits, talks(PLAIN), talks(played), STORIES)


def verdicts(check):
    return {row.name: row.verdict for row in check.rows if row.kind != "beside"}


def test_it_passes_where_the_trait_shows_and_the_facts_stay():
    check = checked(HASTY)
    assert check.passed
    assert verdicts(check) == {
        "signs of impatience": "moved",
        "facts_kept": "stayed",
        "guards_kept": "stayed",
        "told_early": "stayed",
        "told_in_all": "stayed",
    }
    assert "Passed: moved as meant, facts stay." in str(check)
    assert "8 tasks, 8 conversations without it, 8 with it" in str(check)
    assert "stand-in" in str(check)
    assert check.rows[0].change.mean == 0.5


def test_a_trait_that_does_not_show_fails_it():
    check = checked(PLAIN)
    assert (check.moved, check.facts_stay, check.passed) == (False, True, False)
    assert "Not passed: signs of impatience not shown." in str(check)


def test_another_trait_than_the_one_that_was_meant_fails_it():
    check = checked((OPENING, "kim, with 2 bags, are you sure?"))
    assert verdicts(check)["signs of impatience"] == "not shown"
    (beside,) = [row for row in check.rows if row.name == "signs of skepticism"]
    assert (beside.kind, beside.verdict) == ("beside", "up")


def test_a_customer_who_grows_patient_goes_the_other_way():
    check = check_traits(IMPATIENT, talks(HASTY), talks(PLAIN), STORIES)
    assert verdicts(check)["signs of impatience"] == "less"


def test_invented_facts_fail_it():
    check = checked((OPENING, "kim, 2 bags on June 17, this takes too long"))
    assert check.moved
    assert verdicts(check)["facts_kept"] == "moved"
    assert not check.passed


def test_keeping_things_back_fails_it_as_tau_trait_s_own_rule_would():
    check = checked(("hi, this takes too long", *HASTY), IMPATIENT)
    assert verdicts(check)["told_early"] == "stayed"
    later = checked(("hi, hurry up", "hurry", "why?", *HASTY))
    assert verdicts(later)["told_early"] == "moved"
    assert verdicts(later)["told_in_all"] == "stayed"
    assert not later.facts_stay


def test_telling_more_fails_it_as_well():
    plain, played = talks(("hi", "kim")), talks(("hi, hurry up", "K3VQ8T, 2 bags, mia kim"))
    check = check_traits(IMPATIENT, plain, played, STORIES)
    assert verdicts(check)["told_in_all"] == "moved"


def test_a_mix_has_to_show_each_of_its_traits():
    mix = traits_of("impatience=high,skepticism=low")
    assert not checked(HASTY, mix).moved
    assert checked((OPENING, "kim, 2 bags, too long, are you sure?"), mix).passed


def test_few_tasks_show_nothing_and_it_says_so():
    five = [talks(each)[:5] for each in (PLAIN, HASTY)]
    check = check_traits(IMPATIENT, *five, STORIES)
    assert not check.passed
    assert "Nothing can be shown on fewer than 6 tasks." in str(check)


def test_conversations_that_broke_off_are_left_out_and_counted():
    broken = {"end": "failed", "fault": "customer_error", "why": "timed out", "token": ""}
    played = [*talks(HASTY), *talks(("hi",), seed=1, **broken)]
    check = check_traits(IMPATIENT, talks(PLAIN), played, STORIES)
    assert check.passed
    assert (check.talks, check.left_out) == ((8, 8), 8)
    assert "Left out, for a failed call: 8 conversations." in str(check)


def test_only_common_tasks_count():
    check = check_traits(IMPATIENT, talks(PLAIN), talks(HASTY)[1:], STORIES)
    assert (check.tasks, check.talks) == (7, (7, 7))


def test_what_cannot_be_compared_is_refused():
    plain, played = talks(PLAIN), talks(HASTY)
    with pytest.raises(InputError, match="no task was played both with the traits and without"):
        check_traits(IMPATIENT, plain[:4], played[4:], STORIES)
    with pytest.raises(InputError, match="the tasks 000, 001, 002 .* have no story"):
        check_traits(IMPATIENT, plain, played, {})
    with pytest.raises(InputError, match="each one a Conversation"):
        check_traits(IMPATIENT, "plain", played, STORIES)


def test_a_notebook_shows_it_and_a_repr_is_short():
    assert repr(checked(HASTY)) == "<TraitCheck: impatience high, passed>"
    assert repr(checked(PLAIN)) == "<TraitCheck: impatience high, not passed>"
    assert checked(HASTY)._repr_html_().startswith("<pre>")


def test_what_is_told_is_told_in_any_case_and_a_story_without_facts_has_none():
    story = STORIES["000"]
    assert told(story, "K3VQ8T, MIA KIM, 2") == 1.0
    assert told(story, "k3vq8t") == 0.25
    assert told(story, "12 bags") == 0.0
    assert told("you want your money back.", "money") is None


SAID = {
    "skepticism": ["are you sure?", "how do you know that", "is that really true?"],
    "confusion": ["i don't understand", "what does that mean?", "im lost"],
    "impatience": ["how long is this going to take", "i'm in a hurry", "this takes too long"],
    "incoherence": ["anyway, the bag", "where was i", "no, scratch that"],
}
NEUTRAL = ["yes", "my code is K3VQ8T", "i want the morning flight", "thanks, that is all"]


@pytest.mark.parametrize("trait", SAID)
def test_each_trait_has_its_own_signs(trait):
    for other, texts in SAID.items():
        played = [talk("And?", text, task=name) for name in NAMES for text in texts]
        plain = [talk("And?", text, task=name) for name in NAMES for text in NEUTRAL]
        check = uso.tau.check_traits(traits_of(f"{trait}=high"), plain, played, STORIES)
        row = check.rows[0]
        assert (row.plain, row.played) == (0.0, float(trait == other)), other
    assert set(SAID) == set(TRAITS.traits)


def rolled_out(steering=None):
    """Six tasks with the stand-ins, two turns each."""
    data = uso.load_dataset(AIRLINE)
    tasks = [data.tasks[name] for name in data.splits["train"][:6]]
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), uso.connect("offline/user"))
    desk = uso.LMAgent(uso.connect("offline/agent"))
    return uso.rollout(sim, desk, tasks, max_turns=2, steering=steering), data.tasks


def test_the_stand_in_shows_a_trait_that_it_is_told_and_none_that_it_is_not():
    plain, tasks = rolled_out()
    told_so, _ = rolled_out(IMPATIENT)
    assert {each.steering for each in told_so} == {IMPATIENT.name}
    assert check_traits(IMPATIENT, plain, told_so, tasks).moved
    silent = TRAITS.traits["impatience"].model_copy(update={"high": "You are as you are."})
    table = TRAITS.model_copy(update={"traits": TRAITS.traits | {"impatience": silent}})
    mute = traits_of("impatience=high", table)
    assert not check_traits(mute, plain, rolled_out(mute)[0], tasks).moved
