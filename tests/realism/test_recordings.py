import pytest
from realism_cases import said
from talks import talk

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.recordings import in_common, lines_of, result_set_of
from usersim_opt.realism.result_sets import ResultSet, Talk


def test_a_conversation_of_ours_is_a_recorded_one():
    (found,) = result_set_of([talk("Hi!", "hello ###STOP###", task="001", seed=3)], name="x").talks
    assert (found.task, found.run) == ("001", "3")
    assert found.messages == [
        {"role": "assistant", "content": "Hi!"},
        {"role": "user", "content": "hello"},
    ]


def test_marks_that_give_a_source_away_are_no_words():
    messages = [
        {"role": "user", "content": "\\tau start"},
        {"role": "user", "content": "ok<|think|>hm<|/think|>"},
        {"role": "tool", "content": "17"},
        {"role": "user", "content": "/stop"},
        {"role": "user", "content": "###STOP###"},
    ]
    assert lines_of(messages) == (("customer", "ok"),)


def test_silent_conversations_are_left_out_and_counted():
    talks = [Talk("a", "0", said("hi")), Talk("b", "0", [])]
    found = result_set_of(ResultSet("mine", talks, ["first"]), name="x")
    assert [each.task for each in found.talks] == ["a"]
    assert found.notes == ["first", "mine: 1 conversation left out: the customer says nothing"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("text", "people: is a str"),
        ([3], "a conversation is a int"),
        ([Talk("a", "0", "hi")], "people, a, run 0: is a str"),
        ([], "people: none of 0 conversations"),
    ],
)
def test_what_are_no_conversations_says_so(wrong, says):
    with pytest.raises(InputError, match=says):
        result_set_of(wrong, name="people")


def sets(one, other):
    return [
        ResultSet(name, [Talk(task, "0", said("hi")) for task in tasks])
        for name, tasks in (("people", one), ("mine", other))
    ]


def test_tasks_of_one_side_alone_are_left_out_and_named():
    kept = in_common(*sets(["airline_0_ann2", "airline_1"], ["airline_0", "retail_3"]))
    assert [len(each.talks) for each in kept] == [1, 1]
    assert kept[0].notes == [
        "1 task left out that only people has: airline_1",
        "1 task left out that only mine has: retail_3",
    ]


def test_no_common_task_names_both_sides():
    with pytest.raises(InputError, match="people has airline_0, mine has 0; expected"):
        in_common(*sets(["airline_0"], ["0"]))
