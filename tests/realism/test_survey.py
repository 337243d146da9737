import pytest
from helpers import scripted
from hypothesis import given, settings
from hypothesis import strategies as st
from realism_cases import said

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.realism import read_answers, survey_form, take_survey
from usersim_opt.realism.questions import SURVEY


def test_the_form_asks_every_question_with_every_answer():
    form = survey_form()
    for field, question in SURVEY.items():
        assert f"{field}: {question.question} (1 " in form
    assert "3 Too few" in form
    assert "{" not in form


def test_too_many_and_too_few_questions_are_equally_bad():
    question = SURVEY["question_amount_preference"]
    assert [question.value(ordinal) for ordinal in question.answers.values()] == [0, 1, 0]


def found(text):
    return {field: answer["answer"] for field, answer in read_answers(text).items()}


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("reuse: 4", {"reuse": "Yes"}),
        ("- **reuse**: yes.", {"reuse": "Yes"}),
        ("reuse = 5 Absolutely yes", {"reuse": "Absolutely yes"}),
        ('{"reuse": 2, "overall_score": "3 (Acceptable)"}', None),
        ("question_amount_preference: 3", {"question_amount_preference": "Too few"}),
        ("reuse: 9\nefficiency: fine\nmood: 3\nreuse", {}),
        ("reuse: 1\nreuse: 2", {"reuse": "No"}),
        ("", {}),
    ],
)
def test_answers_are_read_by_number_and_by_words(text, answers):
    expected = {"reuse": "No", "overall_score": "3 (Acceptable)"} if answers is None else answers
    assert found(text) == expected


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_any_reply_gives_answers_of_the_form_alone(text):
    for field, answer in read_answers(f"reuse: 1\n{text}").items():
        assert answer["answer"] in SURVEY[field].answers


def test_the_simulator_is_asked_in_character_at_the_end_of_the_conversation():
    lm, engine = scripted("task_success: 4\nreuse: 1")
    simulator = uso.UserSimulator("Play the customer.\n{scenario}", lm)
    rated = take_survey(simulator, "You are Mia.", said("hi", "thanks ###STOP###"))
    assert {field: each["answer"] for field, each in rated["survey"].items()} == {
        "task_success": "Yes - Task completed",
        "reuse": "Absolutely no",
    }
    sent = str(engine.requests[-1])
    assert "You are Mia." in sent
    assert sent.index("thanks") < sent.index("Would you take")
    assert "###STOP###" not in sent


@pytest.mark.parametrize("chat", [[], said("hi")[1:], said("hi")[:1], said("###STOP###")])
def test_a_conversation_of_one_side_cannot_be_rated(chat):
    simulator = uso.UserSimulator("Play.\n{scenario}", scripted("reuse: 1")[0])
    with pytest.raises(InputError, match="only one side; expected messages of the roles"):
        take_survey(simulator, "story", chat)
