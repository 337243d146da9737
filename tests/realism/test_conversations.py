import pytest
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.tau.result_sets import read_results


def test_conversations_are_measured_as_they_are_when_they_come_from_their_file(tmp_path):
    talks = [talk("Hi!", "need a flight", task="001"), talk("Hi!", "ok", task="002", seed=1)]
    file = uso.write_conversations(talks, tmp_path / "talks.jsonl")
    ours = uso.realism.of_conversations(talks, name="talks.jsonl")
    assert ours == read_results(file)
    assert ours.offline
    assert [(each.task, each.run) for each in ours.talks] == [("001", "0"), ("002", "1")]


def test_the_domain_names_the_tasks_as_people_s_data_do():
    found = uso.realism.of_conversations([talk(task="003")], name="x", domain="airline")
    assert [each.task for each in found.talks] == ["airline_003"]


@pytest.mark.parametrize(
    ("user", "agent", "offline"),
    [
        ("a/model", "desk", False),
        ("offline/user", "desk", True),
        ("a/model", "offline/agent", True),
    ],
)
def test_stand_ins_are_told_by_either_side(user, agent, offline):
    found = uso.realism.of_conversations([talk(user=user, agent=agent)], name="x")
    assert found.offline is offline
    assert ("offline stand-in" in uso.realism.as_text(uso.realism.measure(found))) is offline


def test_conversations_without_a_customer_are_refused():
    with pytest.raises(InputError, match="none of 1 conversation has a word of the customer"):
        uso.realism.of_conversations([talk("Hi!")], name="x")
