import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from realism_cases import GOLDEN, said

from usersim_opt.basics.errors import InputError
from usersim_opt.realism import extract_features
from usersim_opt.realism.table import DIMENSIONS, FEATURES

NO_PATTERN = {
    "verbosity_cv",
    "repeat_rate",
    "info_frontload",
    "user_words_per_turn",
    "opening_words",
}


@pytest.mark.parametrize("case", GOLDEN["conversations"], ids=lambda case: case["id"])
def test_a_golden_conversation_has_the_features_of_the_published_scorer(case):
    features = extract_features(case["conversation"], case["source"])
    if case["expected"] is None:
        assert features is None
    else:
        assert features == pytest.approx(case["expected"], abs=GOLDEN["tolerance"])


def test_every_golden_turn_counts_where_the_published_scorer_counts_it():
    for probe in GOLDEN["turn_probes"]:
        features = extract_features(said(probe["text"]))
        nonzero = {k: v for k, v in features.items() if v and k not in NO_PATTERN}
        assert nonzero == pytest.approx(probe["nonzero"]), probe["text"]


def test_the_features_stand_in_the_published_order():
    assert list(FEATURES) == GOLDEN["feature_order"] == list(extract_features(said("hi")))
    assert [len(features) for features in DIMENSIONS.values()] == [7, 4, 5, 3]


HAND = [
    ("politeness_rate", ["please", "no"], 1 / 2),
    ("short_msg_rate", ["one two three", "one two three four"], 1 / 2),
    ("formality_rate", ["wait \u2014 no", "wait -- no", "well-known"], 1 / 3),
    ("ack_only_rate", ["ok!", "ok?", "thanks."], 2 / 3),
    ("verbosity_cv", ["a", "a b c"], 1 / 2),  # mean 2, population sd 1
    ("repeat_rate", ["i want it " * 11], 1),
    ("repeat_rate", ["i want it " * 10], 0),
    ("id_confuse_rate", ["hi", "how can i help", "bye"], 1),
    ("info_frontload", ["a b", "c", "d e f"], 3 / 6),
    ("id_density", ["id 12345 at jo@abc.org", "hi"], 2 / 2),
    ("user_words_per_turn", ["a b", "a b c d"], 3),
    ("opening_words", ["a b", "a"], 2),
    ("uncertainty_rate", ["i dont know", "yes"], 1 / 2),
    ("certainty_rate", ["definitely", "yes"], 1 / 2),
    ("pushback_q_rate", ["are you sure? what do you mean?", "ok"], 1 / 2),
    ("clarify_q_rate", ["what do you mean? how much?", "are you sure? what do you mean?"], 1 / 2),
    ("info_q_rate", ["how much", "what exactly, how much", "ok", "no"], 1 / 4),
    ("emotion_rate", ["ugh", "fine"], 1 / 2),
    ("accusation_rate", ["a scam", "fine"], 1 / 2),
    ("pivot_rate", ["try to", "fine"], 1 / 2),
]


@pytest.mark.parametrize(("name", "texts", "value"), HAND)
def test_a_feature_is_what_a_count_by_hand_gives(name, texts, value):
    assert extract_features(said(*texts))[name] == pytest.approx(value)


def test_every_feature_is_counted_by_hand_at_least_once():
    assert {name for name, _, _ in HAND} == set(FEATURES)


@settings(max_examples=60)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=5))
def test_any_text_has_finite_features_and_rates_within_one(texts):
    features = extract_features(said(*texts), "raw")
    assert list(features) == list(FEATURES)
    for name, feature in FEATURES.items():
        assert 0 <= features[name] < float("inf")
        assert feature.unit not in ("share", "conversation") or features[name] <= 1


@pytest.mark.parametrize(
    ("conversation", "complaint"),
    [
        ("hi", "the conversation: is a str"),
        (None, "the conversation: is a NoneType"),
        ({"role": "user"}, "the conversation: is a dict"),
        ([{"role": "user", "content": "hi"}, "hi"], "the conversation: message 1 is 'hi'"),
    ],
)
def test_what_is_no_list_of_messages_is_refused_by_name(conversation, complaint):
    with pytest.raises(InputError, match=f"{complaint}.*expected messages"):
        extract_features(conversation)


@pytest.mark.parametrize("conversation", [[], said()[:1], [{"role": "assistant", "content": "x"}]])
def test_a_conversation_without_a_customer_has_no_features(conversation):
    assert extract_features(conversation) is None
