import hypothesis
import pytest
from hypothesis import strategies as st

from usersim_opt.measuring.universal.guard import broken
from usersim_opt.measuring.universal.signs import Signs
from usersim_opt.measuring.universal.standard import universal_guards
from usersim_opt.scenarios.checks import Moment

STORY = "You are Ana Ng, user id ana_ng_12, and you write to [name] of the shop."
CHAT = Moment(STORY, (("agent", "Hello, this is Otto. **Read** the terms."), ("customer", "hi")))


def found(name, reply, moment=CHAT):
    return Signs(name)(reply, moment)


def test_a_label_is_a_role_a_name_of_the_story_or_what_an_answer_is_called():
    assert found("role_label", "Customer: no") == "Customer:"
    assert found("role_label", "ana ng: no")
    assert found("role_label", "Response: no")
    assert not found("role_label", "Username: ana_ng_12")
    assert not found("role_label", "Otto: no")


def test_a_line_with_the_agent_s_name_is_the_agent_s_part():
    assert found("both_sides", "no\nOtto: fine") == "Otto:"
    assert not found("both_sides", "Otto: you said fine")
    assert not found("both_sides", "no\nOtto: fine", Moment(STORY, ()))


def test_words_of_an_agent_count_in_later_paragraphs_where_a_customer_may_say_them_too():
    assert found("both_sides", "no\n\nI understand your concern.")
    assert not found("both_sides", "I understand your concern. no")


def test_what_story_or_chat_hold_may_be_pasted():
    assert found("placeholder", "hello [date]")
    assert not found("placeholder", "hello [name]")
    assert not found("markup", 'what is "**Read**"?')
    assert found("placeholder", "[name] and [date]") == "[date]"


def test_stop_tokens_are_no_signs():
    assert not found("markup", "###STOP###")


@pytest.mark.parametrize("reply", ["<3", "3 < 4 > 2", ":)", "a*b*c", "no way **", "l_l", "# 4"])
def test_what_people_type_is_no_markup(reply):
    assert not found("markup", reply)


def test_a_reply_as_long_as_a_book_is_looked_at_from_its_beginning():
    assert found("markup", "**no** " + "a" * 10**6)


@hypothesis.given(st.text(), st.text(), st.text())
def test_no_text_whatever_stops_a_guard(reply, story, turn):
    moment = Moment(story, (("agent", turn),))
    for verdict in broken(universal_guards(), reply, moment):
        assert verdict.failed
