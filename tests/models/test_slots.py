from itertools import count

import pytest
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.models.slots import calls_at_a_time

WORK = 1_000_000


def a_server_with(slots):
    """Answers that say what they waited for on a server of so many slots."""
    numbers = count()

    def answer(body):
        waited = WORK * (next(numbers) // slots)
        durations = {"prompt_eval_duration": WORK // 4, "eval_duration": 3 * WORK // 4}
        total = {"total_duration": waited + 5 * WORK, "load_duration": 4 * WORK}
        return 200, chat_answer("one", **durations, **total)

    return ollama(answer)


@pytest.mark.parametrize(("slots", "calls"), [(1, 2), (2, 3), (3, 4), (4, 8), (9, 8)])
def test_so_many_calls_are_made_at_a_time_as_the_server_makes_answers_and_one_more(slots, calls):
    with a_server_with(slots) as server:
        lm = uso.connect("ollama/a", api_base=server.url, num_ctx=4096)
        assert calls_at_a_time(lm, usual=8) == calls
        assert {body["options"]["num_ctx"] for body in server.bodies} == {4096}


def test_hosts_are_added_up_and_the_usual_number_is_the_most():
    with a_server_with(2) as one, a_server_with(1) as other:
        lm = uso.connect("ollama/a", api_base=[one.url, other.url])
        assert calls_at_a_time(lm, usual=8) == 5
        assert calls_at_a_time(lm, usual=2) == 2


def test_a_server_that_does_not_tell_and_another_provider_leave_the_usual_number():
    with ollama("one") as server:
        assert calls_at_a_time(uso.connect("ollama/a", api_base=server.url), usual=8) == 8
    assert calls_at_a_time(uso.connect("ollama/a", api_base="127.0.0.1:9"), usual=8) == 8
    assert calls_at_a_time(uso.connect("offline/user"), usual=8) == 8
