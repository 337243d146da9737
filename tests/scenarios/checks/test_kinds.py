import pytest
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.scenarios import checks

HOLDS = [
    ({"max_words": 3}, "no thanks mate", True),
    ({"max_words": 3}, "no thanks my mate", False),
    ({"max_words": 0}, "###STOP###", True),
    ({"min_words": 2}, "one", False),
    ({"max_sentences": 1}, "One. Two.", False),
    ({"max_sentences": 2}, "my seat\nmy daughter\nno", False),
    ({"max_sentences": 1}, "my seat, my daughter, no", True),
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
    ({"no_list": True}, "x" + "\n" * 40_000 + "y", True),
    ({"no_list": True}, "\n\n  2) second one", False),
    ({"no_list": True}, "so " + "1. y " * 20_000, True),
    ({"any_of": ["Friday", "the 13th"]}, "on the 13th then", True),
    ({"none_of": ["@thanks"]}, "Thank you!", False),
    ({"none_of": ["thank"]}, "thankless", True),
    ({"any_of": ["*vertrag"]}, "den Mietvertrag kündigen", True),
    ({"any_of": ["*vertrag"]}, "vertragen", False),
    ({"any_of": ["*vertrag*"]}, "mietvertrags", True),
    ({"opens_with": ["@agreement"]}, "Yes that's fine", True),
    ({"opens_with": ["@agreement"]}, "no that's fine", False),
    ({"at_least": {"n": 2, "of": ["a", "b", "c"]}}, "a c", True),
    ({"at_most": {"n": 1, "of": ["a", "b", "c"]}}, "a c", False),
    ({"max_times": {"n": 1, "of": ["please", "pls"]}}, "please, please", False),
    ({"max_times": {"n": 1, "of": ["please", "pls"]}}, "please", True),
    ({"max_courtesies": 0}, "no, the aisle", True),
    ({"max_courtesies": 0}, "why would you need that?", True),
    ({"max_courtesies": 0}, "could you change it", False),
    ({"max_courtesies": 1}, "could you please change it", False),
    ({"max_courtesies": 1}, "many thanks", True),
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
        ({"max_ratio_to_own": 2}, "max_ratio_to_own is 2; expected {ratio: a number above 0"),
        ({"max_ratio_to_own": {"ratio": 0, "floor": 3}}, "a number above 0"),
        ({"max_ratio_to_own": {"ratio": True, "floor": 3}}, "a number above 0"),
        ({"max_ratio_to_own": {"ratio": float("inf"), "floor": 3}}, "a number above 0"),
        ({"max_ratio_to_own": {"ratio": 2, "floor": 1.5}}, "floor: a whole number"),
        ({"max_ratio_to_own": {"ratio": 2}}, "floor: a whole number"),
        ({"story_echo": 2}, "story_echo is 2; expected a whole number, 3 or more"),
        ({"answers_at_most": {"n": 1, "of": ["no"]}}, "a list of phrases for each thing"),
        ({"answers_at_most": {"n": 1, "of": {}}}, "a list of phrases for each thing"),
        ({"answers_at_least": {"n": 1, "of": {"code": []}}}, "a list of phrases for each thing"),
        ({"only_identifiers": "AB12CD"}, "a list of texts, or [] for none"),
        ({"only_identifiers": [" "]}, "a list of texts, or [] for none"),
        ({"manner_of_own": ["commas"]}, "one or more of capitals, full_stops"),
        ({"manner_of_own": []}, "one or more of capitals, full_stops"),
        ({"manner_of_own": [["capitals"]]}, "one or more of capitals, full_stops"),
        ({"stops": "yes"}, "stops is 'yes'"),
        ({"max_courtesies": -1}, "max_courtesies is -1"),
    ],
)
def test_a_faulty_check_is_refused_with_the_reason(check, complaint):
    with pytest.raises(ValueError, match="check") as caught:
        checks.validate(check)
    assert complaint in str(caught.value)


ARGUMENTS = {
    "a number": 3,
    "a number of words, 3 or more": 3,
    "true or false": True,
    "true": True,
    "a list of phrases": ["no"],
    "{n, of: phrases}": {"n": 1, "of": ["no"]},
    "a list of checks": [{"asks": True}],
    "a check": {"asks": True},
    "{ratio, floor}": {"ratio": 2, "floor": 3},
    "{n, of: phrases by the name of a thing}": {"n": 1, "of": {"a no": ["no"]}},
    "a list of texts, or []": [],
    "a list of capitals and full_stops": ["capitals"],
}
MOMENT = checks.Moment("You want an aisle seat.", (("agent", "Hi"), ("customer", "aisle seat")))


@pytest.mark.parametrize(("kind", "line"), checks.KINDS.items())
def test_each_kind_of_check_takes_the_argument_that_its_words_name(kind, line):
    words, _, holds = line.partition("; holds: ")
    assert holds
    checks.validate({kind: ARGUMENTS[words]})
    assert checks.run({kind: ARGUMENTS[words]}, "no", MOMENT).evidence
    for other in ARGUMENTS.values():
        if type(other) is not type(ARGUMENTS[words]):
            with pytest.raises(ValueError, match="check"):
                checks.validate({kind: other})


def _checks():
    counts = st.integers(0, 20)
    phrases = st.lists(st.sampled_from(["no", "yes", "@thanks", "re*"]), min_size=1, max_size=3)
    things = st.dictionaries(st.text(), phrases, min_size=1, max_size=3)
    marks = st.lists(st.sampled_from(["capitals", "full_stops"]), min_size=1, max_size=2)
    ratio = st.one_of(st.integers(1, 5), st.floats(0.1, 9))
    simple = st.one_of(
        _of(st.sampled_from(["max_words", "max_sentences", "max_courtesies"]), counts),
        _of(st.just("chat_facts_again"), counts),
        _of(st.just("story_echo"), st.integers(3, 9)),
        _of(st.sampled_from(["any_of", "opens_with"]), phrases),
        _of(st.sampled_from(["asks", "stops"]), st.booleans()),
        _of(st.just("manner_of_own"), marks),
        _of(st.just("only_identifiers"), st.lists(st.text("ab1", min_size=1), max_size=2)),
        _of(st.just("max_ratio_to_own"), st.fixed_dictionaries({"ratio": ratio, "floor": counts})),
        _of(st.just("answers_at_most"), st.fixed_dictionaries({"n": counts, "of": things})),
        st.just({"no_list": True}),
    )
    return st.recursive(
        simple,
        lambda inner: st.one_of(
            _of(st.just("not"), inner),
            _of(st.sampled_from(["all", "any"]), st.lists(inner, min_size=1, max_size=3)),
        ),
    )


def _of(kinds, arguments):
    """Checks of one of the kinds."""
    return st.tuples(kinds, arguments).map(lambda pair: dict([pair]))


def _moments():
    texts = st.one_of(st.text(), st.sampled_from(["Code K3VQ8T, June 12.", "Ja. And you?"]))
    turns = st.lists(st.tuples(st.sampled_from(["agent", "customer"]), texts), max_size=4)
    return st.builds(checks.Moment, texts.filter(bool), turns.map(tuple))


@given(_checks(), st.text(), _moments())
def test_every_valid_check_decides_every_text_and_not_turns_it_round(check, reply, moment):
    checks.validate(check)
    holds = checks.run(check, reply, moment).holds
    assert holds is not checks.run({"not": check}, reply, moment).holds


@given(
    st.one_of(
        st.dictionaries(
            st.sampled_from(list(checks.KINDS)),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                max_leaves=5,
            ),
            max_size=2,
        ),
        st.text(),
    )
)
def test_whatever_stands_in_a_file_is_either_a_check_or_refused_in_words(check):
    complaint = ""
    try:
        checks.validate(check)
        checks.run(check, "no, K3VQ8T", MOMENT)
    except ValueError as error:
        complaint = str(error)
    assert not complaint or "expected" in complaint or "known kinds" in complaint


def test_a_rubric_lets_the_customer_leave_where_a_check_asks_for_a_stop_token():
    assert checks.allows_stop({"stops": True})
    assert checks.allows_stop({"any": [{"max_words": 4}, {"all": [{"stops": True}]}]})
    assert not checks.allows_stop({"stops": False})
    assert not checks.allows_stop({"any": [{"max_words": 4}, {"stops": False}]})
    assert not checks.allows_stop({"not": {"stops": True}})


@pytest.mark.parametrize("phrase", ["zieh* *um", "single* room", "a*b"])
def test_an_asterisk_within_a_phrase_is_refused_with_what_to_do(phrase):
    for check in ({"any_of": [phrase]}, {"at_most": {"n": 1, "of": [phrase]}}):
        with pytest.raises(ValueError, match="not within it: write such a one as two"):
            checks.validate(check)
