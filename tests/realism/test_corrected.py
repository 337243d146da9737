import pytest
from realism_cases import said

from usersim_opt.realism import corrected_features, extract_features
from usersim_opt.realism.corrected import CORRECTIONS
from usersim_opt.realism.table import FEATURES

MENDED = [
    ("courtesy_rate", "thx", 1),
    ("short_turn_rate", "no that's it ###STOP###", 1),
    ("bare_ack_rate", "k", 1),
    ("bare_ack_rate", "yes please", 1),
    ("agent_talk_rate", "how do i see that", 0),
    ("agent_talk_rate", "is this your booking", 0),
    ("agent_talk_rate", "how can i help you", 1),
    ("identifiers_per_turn", "interested in booking another flight to seattle", 0),
    ("identifiers_per_turn", "samantha@example.com", 1),
    ("identifiers_per_turn", "i am mia_li_3668, it is EHGLPB or #W1234567", 3),
    ("words_per_turn", "thats all ###STOP###", 2),
    ("first_words", "thats all ###STOP###", 2),
    ("doubt_rate", "idk", 1),
    ("doubt_rate", "i don\u2019t know", 1),
    ("doubt_rate", "thats kind of you", 0),
    ("assurance_rate", "never mind", 0),
    ("assurance_rate", "absolutely", 0),
    ("assurance_rate", "i never said that", 1),
    ("clarification_rate", "you said it was free?", 1),
    ("clarification_rate", "the meaning of it", 0),
    ("feeling_rate", "this is ridiculous", 0),
    ("feeling_rate", "im frustrated", 1),
    ("blame_rate", "no trouble at all", 0),
    ("blame_rate", "this is ridiculous", 1),
    ("plan_change_rate", "i would like a seat", 0),
    ("plan_change_rate", "try to find it", 0),
    ("plan_change_rate", "change it to friday", 1),
]


@pytest.mark.parametrize(("name", "text", "value"), MENDED)
def test_a_known_quirk_is_mended(name, text, value):
    assert corrected_features(said(text))[name] == value


def test_every_correction_has_a_case_its_feature_and_what_it_fixes():
    assert {name for name, _, _ in MENDED} == set(CORRECTIONS)
    assert not set(CORRECTIONS) & set(FEATURES)
    assert all(each.of in FEATURES and each.fixes for each in CORRECTIONS.values())


def test_a_harness_s_message_is_no_turn_of_the_customer():
    chat = said("hi there all of you", "Error: invalid tool call, try again")
    assert corrected_features(chat)["words_per_turn"] == 5
    assert extract_features(chat)["pushback_q_rate"] == 0.5
    assert corrected_features(said("Error: x")) is None


def test_a_word_of_two_lists_counts_once():
    features = corrected_features(said("disappointing"))
    assert features["feeling_rate"] + features["blame_rate"] == 1
