import pytest
from rubrics import NATURAL, TASK, contrary, criterion, kinds_of, near, rubric

from usersim_opt.scenarios.authoring.rules.examples import example_faults

NO_FRIDAY = criterion("no_friday", {"none_of": ["friday is"]})
SHORT = criterion("short", {"max_words": 12})
NO_THANKS = criterion("no_thanks", {"none_of": ["@thanks"]}, text="The agent gets no thanks.")


def faults(*criteria, **examples):
    return list(example_faults(TASK, rubric(*criteria, **examples)))


def test_natural_near_and_contrary_replies_that_do_what_they_say_are_no_fault():
    found = faults(
        SHORT,
        NO_FRIDAY,
        natural=NATURAL,
        near=[near("no. friday is wrong", "no_friday", fault="restates the date")],
        contrary=[contrary("ok, friday is ok", "no_friday")],
    )
    assert found == []


@pytest.mark.parametrize(
    ("examples", "field"),
    [
        ({"natural": ["no", "friday is not right"]}, "examples.natural[1]"),
        ({"pass": ["no", "friday is not right"]}, "examples.pass[1]"),
        ({"near": [near("no. thursday", "no_friday")]}, "examples.near[0]"),
        ({"contrary": [contrary("ok", "no_friday")]}, "examples.contrary[0]"),
        ({"fail": {"reply": "yes", "fails": ["no_friday"]}}, "examples.fail"),
    ],
)
def test_a_check_that_disagrees_with_a_reply_of_any_form_is_named_with_its_field(examples, field):
    failing = {"contrary": [contrary("friday is ok", "no_friday")]}
    found = faults(NO_FRIDAY, SHORT, **(failing | examples))
    assert [(fault.kind, fault.field) for fault in found] == [("check_disagrees", field)]


def test_a_near_failure_may_be_half_as_long_again_as_the_natural_reply_that_it_is_nearest_to():
    talkative = "no that is wrong, i said thursday when i wrote to you this very morning"
    fits = talkative + " and friday is a bad day"
    long = fits + " as i have work then"
    for reply, kinds in ((fits, []), (long, ["near_too_long"])):
        found = faults(NO_FRIDAY, natural=["no", talkative], near=[near(reply, "no_friday")])
        assert kinds_of(found) == kinds
    assert "has 26 words, and the natural reply that it is nearest to has 15" in found[0].what
    assert found[0].fix.startswith("shorten it to 22")


def test_a_near_failure_of_a_word_limit_is_measured_by_the_limit():
    words = " ".join(["no"] * 18)
    assert faults(SHORT, near=[near(words, "short")]) == []
    assert kinds_of(faults(SHORT, near=[near(words + " no", "short")])) == ["near_too_long"]


@pytest.mark.parametrize(
    ("fault", "kinds"), [("restates the date", ["near_caricature"]), ("thanks for nothing", [])]
)
def test_a_near_failure_has_a_marker_of_old_models_only_if_its_fault_is_about_that(fault, kinds):
    found = faults(NO_FRIDAY, near=[near("thank you, friday is wrong", "no_friday", fault=fault)])
    assert kinds_of(found) == kinds


def test_the_criteria_that_a_near_failure_breaks_say_what_it_is_about_as_well():
    assert faults(NO_THANKS, near=[near("no. thank you", "no_thanks")]) == []


@pytest.mark.parametrize(
    ("reply", "kinds"),
    [
        ("friday is fine", []),
        ("forget it, friday is just as good as any other day", []),
        ("friday is a day on which i could fly to boston", ["not_contrary"]),
    ],
)
def test_a_contrary_reply_is_curt_or_contrary(reply, kinds):
    assert kinds_of(faults(NO_FRIDAY, contrary=[contrary(reply, "no_friday")])) == kinds


def test_a_single_natural_reply_and_a_set_of_long_ones_are_faults():
    long = "no because i said thursday and not friday when i wrote"
    failing = {"contrary": [contrary("friday is ok", "no_friday")]}
    assert kinds_of(faults(NO_FRIDAY, natural=["no"], **failing)) == ["few_natural_replies"]
    (fault,) = faults(NO_FRIDAY, natural=[long, long + " it"], **failing)
    assert (fault.kind, fault.what) == ("few_natural_replies", "no reply has 10 words or fewer")


def test_a_natural_reply_leaves_without_a_word_only_where_a_criterion_lets_it():
    bare, few = "###STOP###", criterion("few", {"max_words": 4})
    leaves = criterion("leaves", {"any": [{"stops": True}, {"any_of": ["bye"]}]})
    failing = {"contrary": [contrary("why on earth did that take so long, useless", "few")]}
    refused = faults(few, natural=[bare, "bye then"], **failing)
    assert [(fault.kind, fault.field) for fault in refused] == [
        ("leaves_unallowed", "examples.natural[0]")
    ]
    failing = {
        "contrary": [contrary("why on earth did that take so long, useless", "few", "leaves")]
    }
    assert faults(few, leaves, natural=[bare, "bye then"], **failing) == []
