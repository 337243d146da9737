from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.text import fold
from usersim_opt.scenarios import checks

HOLDS = [
    ({"max_words": 3}, "no thanks mate", True),
    ({"max_words": 3}, "no thanks my mate", False),
    ({"max_words": 0}, "###STOP###", True),
    ({"min_words": 2}, "one", False),
    ({"max_sentences": 1}, "One. Two.", False),
    ({"max_questions": 1}, "when? where?", False),
    ({"max_questions": 1}, "when??", True),
    ({"asks": True}, "how much is it", True),
    ({"asks": True}, "tell me", False),
    ({"asks": False}, "tell me", True),
    ({"asks": True}, "Have a lovely day!", False),
    ({"asks": True}, "what a mess. when i called it was fine", False),
    ({"asks": True}, "ok. is there a fee", True),
    ({"asks": True}, "wait what", True),
    ({"no_list": True}, "a\n- b\n- c", False),
    ({"no_list": True}, "first, the bag, and second, the seat", False),
    ({"no_list": True}, "just 2 bags. no list", True),
    ({"any_of": ["Friday", "the 13th"]}, "on the 13th then", True),
    ({"none_of": ["@thanks"]}, "Thank you!", False),
    ({"none_of": ["thank"]}, "thankless", True),
    ({"opens_with": ["@agreement"]}, "Yes that's fine", True),
    ({"opens_with": ["@agreement"]}, "no that's fine", False),
    ({"at_least": {"n": 2, "of": ["a", "b", "c"]}}, "a c", True),
    ({"at_most": {"n": 1, "of": ["a", "b", "c"]}}, "a c", False),
    ({"max_times": {"n": 1, "of": ["please", "pls"]}}, "please, please", False),
    ({"max_times": {"n": 1, "of": ["please", "pls"]}}, "please", True),
    ({"no_list": True}, "Code: AB12\nName: Ana\nDate: May", False),
    ({"all": [{"max_words": 2}, {"any_of": ["no"]}]}, "no way", True),
    ({"all": [{"max_words": 2}, {"any_of": ["no"]}]}, "yes way", False),
    ({"any": [{"asks": True}, {"any_of": ["wrong"]}]}, "wrong one", True),
    ({"not": {"opens_with": ["yes"]}}, "well yes", True),
]


@pytest.mark.parametrize(("check", "reply", "holds"), HOLDS)
def test_a_check_says_what_it_should(check, reply, holds):
    checks.validate(check)
    assert checks.run(check, reply).holds is holds


def test_the_evidence_names_what_was_found():
    assert "'thank you'" in checks.run({"none_of": ["@thanks"]}, "Thank you!").evidence
    assert checks.run({"max_words": 2}, "one two three").evidence == "3 words"


@pytest.mark.parametrize(
    ("check", "complaint"),
    [
        ("max_words", "one kind and its argument"),
        ({}, "one kind and its argument"),
        ({"max_words": 1, "asks": True}, "one kind and its argument"),
        ({"max_word": 3}, "unknown kind 'max_word'"),
        ({"max_words": "3"}, "max_words is '3'"),
        ({"max_words": True}, "max_words is True"),
        ({"max_words": -1}, "max_words is -1"),
        ({"any_of": []}, "any_of is []"),
        ({"any_of": "yes"}, "any_of is 'yes'"),
        ({"any_of": ["@nothing"]}, "any_of is ['@nothing']"),
        ({"any_of": ["*"]}, "any_of is ['*']"),
        ({"asks": "yes"}, "asks is 'yes'"),
        ({"no_list": False}, "no_list is False"),
        ({"at_most": {"n": 1}}, "at_most is {'n': 1}"),
        ({"all": []}, "all is []"),
        ({"not": {"max_word": 1}}, "unknown kind 'max_word'"),
        ({"any": [{"asks": 1}]}, "asks is 1"),
    ],
)
def test_a_faulty_check_is_refused_with_the_reason(check, complaint):
    with pytest.raises(ValueError, match="check") as caught:
        checks.validate(check)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_a_lexicon_has_phrases_and_none_of_them_twice(name):
    phrases = [fold(phrase) for phrase in checks.LEXICONS[name]]
    assert phrases
    assert all(phrase.strip(" *") for phrase in phrases)
    assert len(phrases) == len(set(phrases))


def test_other_readers_of_yaml_see_the_same_lexicons():
    file = Path(checks.__file__).with_name("lexicons.yaml")
    lexicons = yaml.safe_load(file.read_text())
    assert {name: tuple(phrases) for name, phrases in lexicons.items()} == checks.LEXICONS


@pytest.mark.parametrize("name", checks.LEXICONS)
def test_every_phrase_of_a_lexicon_fails_the_check_that_forbids_it(name):
    check = {"none_of": [f"@{name}"]}
    checks.validate(check)
    assert not any(checks.run(check, phrase).holds for phrase in checks.LEXICONS[name])


ARGUMENTS = {
    "a number": 3,
    "true or false": True,
    "true": True,
    "a list of phrases": ["no"],
    "{n, of: phrases}": {"n": 1, "of": ["no"]},
    "a list of checks": [{"asks": True}],
    "a check": {"asks": True},
}


@pytest.mark.parametrize(("kind", "words"), checks.KINDS.items())
def test_each_kind_of_check_takes_the_argument_that_its_words_name(kind, words):
    checks.validate({kind: ARGUMENTS[words]})
    assert checks.run({kind: ARGUMENTS[words]}, "no").evidence
    for other in ARGUMENTS.values():
        if type(other) is not type(ARGUMENTS[words]):
            with pytest.raises(ValueError, match="check"):
                checks.validate({kind: other})


def _checks():
    counts = st.integers(0, 20)
    phrases = st.lists(st.sampled_from(["no", "yes", "@thanks", "re*"]), min_size=1, max_size=3)
    simple = st.one_of(
        st.fixed_dictionaries({"max_words": counts}),
        st.fixed_dictionaries({"any_of": phrases}),
        st.fixed_dictionaries({"opens_with": phrases}),
        st.fixed_dictionaries({"asks": st.booleans()}),
        st.just({"no_list": True}),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"not": inner}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        ),
    )


@given(_checks(), st.text())
def test_every_valid_check_decides_every_text_and_not_turns_it_round(check, reply):
    checks.validate(check)
    assert checks.run(check, reply).holds is not checks.run({"not": check}, reply).holds
