import pytest
from hypothesis import given
from hypothesis import strategies as st
from rubrics import TASK, contrary, criterion, near, rubric

from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.rules.implied import follows, implied_faults
from usersim_opt.scenarios.checks import Moment

FOLLOWING = [
    ({"max_words": 30}, {"max_words": 20}),
    ({"min_words": 2}, {"min_words": 3}),
    ({"none_of": ["sorry"]}, {"none_of": ["sorry", "thanks"]}),
    ({"none_of": ["sorry"]}, {"none_of": ["@apology"]}),
    ({"any_of": ["no", "wait"]}, {"any_of": ["no"]}),
    ({"opens_with": ["no", "wait"]}, {"opens_with": ["no"]}),
    ({"at_most": {"n": 1, "of": ["a", "b"]}}, {"none_of": ["a", "b", "c"]}),
    ({"at_most": {"n": 2, "of": ["a", "b"]}}, {"at_most": {"n": 1, "of": ["a", "b", "c"]}}),
    ({"at_least": {"n": 1, "of": ["a", "b"]}}, {"at_least": {"n": 2, "of": ["a", "b"]}}),
    ({"max_times": {"n": 2, "of": ["a"]}}, {"max_times": {"n": 1, "of": ["a"]}}),
    ({"max_words": 9}, {"all": [{"max_words": 9}, {"asks": True}]}),
    ({"any": [{"max_words": 9}, {"asks": True}]}, {"max_words": 5}),
    ({"all": [{"max_words": 9}, {"asks": True}]}, {"all": [{"asks": True}, {"max_words": 3}]}),
    (
        {"answers_at_most": {"n": 1, "of": {"x": ["a"]}}},
        {"answers_at_most": {"n": 1, "of": {"x": ["a", "b"], "y": ["c"]}}},
    ),
    (
        {"answers_at_least": {"n": 1, "of": {"x": ["a", "b"]}}},
        {"answers_at_least": {"n": 1, "of": {"x": ["a"]}}},
    ),
    (
        {"max_ratio_to_own": {"ratio": 3, "floor": 16}},
        {"max_ratio_to_own": {"ratio": 2, "floor": 16}},
    ),
    ({"only_identifiers": ["AB1", "CD2"]}, {"only_identifiers": ["AB1"]}),
]


@pytest.mark.parametrize(("one", "other"), FOLLOWING)
def test_a_check_follows_from_a_stricter_one_and_not_the_other_way_round(one, other):
    assert follows(one, other)
    assert not follows(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"max_words": 20}, {"max_sentences": 1}),
        ({"none_of": ["a"]}, {"any_of": ["b"]}),
        ({"max_times": {"n": 1, "of": ["a"]}}, {"max_times": {"n": 1, "of": ["a", "b"]}}),
        ({"max_words": 9}, {"any": [{"max_words": 9}, {"asks": True}]}),
    ],
)
def test_what_is_not_surely_so_is_not_said(one, other):
    assert not follows(one, other)


WORD = st.sampled_from(["a", "b", "many thanks", "thanks", "no", "wait", "?"])
NUMBER = st.integers(0, 4)
PHRASES = st.lists(WORD.filter(lambda word: word != "?"), min_size=1, max_size=3, unique=True)
TALLY = st.fixed_dictionaries({"n": NUMBER, "of": PHRASES})
SIMPLE = st.one_of(
    st.fixed_dictionaries({"max_words": NUMBER}),
    st.fixed_dictionaries({"max_times": TALLY}),
    st.fixed_dictionaries({"at_most": TALLY}),
    st.fixed_dictionaries({"at_least": TALLY}),
    st.fixed_dictionaries({"none_of": PHRASES}),
    st.fixed_dictionaries({"any_of": PHRASES}),
    st.fixed_dictionaries({"opens_with": PHRASES}),
    st.fixed_dictionaries({"asks": st.booleans()}),
)
CHECK = st.one_of(
    SIMPLE,
    st.fixed_dictionaries({"all": st.lists(SIMPLE, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"any": st.lists(SIMPLE, min_size=1, max_size=2)}),
)


@given(CHECK, CHECK, st.lists(WORD, max_size=6).map(" ".join))
def test_a_check_that_follows_holds_on_every_reply_on_which_the_other_one_does(one, other, reply):
    moment = Moment("A story.", (("agent", "Hello"),))
    if follows(one, other) and checks.run(other, reply, moment).holds:
        assert checks.run(one, reply, moment).holds


def faults(*criteria, **examples):
    return [fault.what for fault in implied_faults(TASK, rubric(*criteria, **examples))]


def test_two_checks_of_which_one_follows_are_named_once():
    loose, strict = criterion("loose", {"max_words": 20}), criterion("strict", {"max_words": 9})
    assert faults(loose, strict) == ["holds wherever 'strict' does, by their checks"]
    assert faults(strict, loose) == ["holds wherever 'strict' does, by their checks"]


A, B, C = criterion("a"), criterion("b"), criterion("c")


def test_a_criterion_that_fails_only_with_another_one_is_named_from_three_failing_examples_on():
    failing = [near("x", "a", "b"), near("y", "b")]
    assert faults(A, B, near=failing) == []
    found = faults(A, B, near=failing, contrary=[contrary("ok", "b")])
    assert found == ["holds wherever 'b' does, by the failing examples"]


def test_a_criterion_that_some_reply_fails_alone_and_a_guard_are_not_named():
    failing = [near("x", "a", "b"), near("y", "b"), near("z", "a")]
    assert faults(A, B, near=failing) == []
    guard = C | {"role": "guard"}
    assert faults(guard, B, near=[near("x", "c", "b"), near("y", "b"), near("z", "b")]) == []
