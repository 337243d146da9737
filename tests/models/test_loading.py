from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.models.loading import Waited, waited_for

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
    assert waited_for([uso.connect("offline/user"), None]) == Waited()
