from math import inf

from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.models.loading import LoadingTime, Loads, Waited, loads_since, waited_for

SECOND = 10**9


def test_what_calls_waited_for_is_added_up_without_the_milliseconds_of_a_loaded_model():
    times = iter([3 * SECOND, SECOND // 100, None, 5 * SECOND])

    def answer(body):
        return 200, chat_answer("no", load_duration=next(times))

    with ollama(answer) as server:
        lm = uso.connect("ollama/a", api_base=server.url)
        for _ in range(4):
            lm("hello")
    assert waited_for([lm, lm]) == Waited(together=8.0, longest=5.0)


def test_a_model_of_another_provider_has_nothing_to_tell():
    lms = [uso.connect("offline/user"), None]
    assert waited_for(lms) == Waited()
    assert loads_since(lms, -inf) == Loads()
    assert not str(Loads())


def test_calls_that_waited_at_the_same_time_waited_for_one_load():
    answered = iter([130, 132, 230, 300, 350])
    time = LoadingTime(clock=lambda: next(answered))
    # asked at 100 s, the second 5 s later; one wrote for 2 s and one for 4 s, and waited for it
    time.add(28 * SECOND, whole=30 * SECOND)
    time.add(23 * SECOND, whole=27 * SECOND)
    assert time.since(0) == Loads(1, seconds=28.0, first=28.0)
    time.add(20 * SECOND, whole=25 * SECOND)
    time.add(21 * SECOND)
    assert time.since(0) == Loads(3, seconds=69.0, first=28.0)
    assert time.since(200) == Loads(2, seconds=41.0, first=0.0)
    assert str(time.since(200)) == "2 loads, 41 s"
    assert str(time.since(250)) == "1 load, 21 s"
    assert time.waited == Waited(together=92.0, longest=28.0)
