import threading

from dspy import lm15
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.models.hosts import REST_SECONDS, HostPool
from usersim_opt.models.ollama import OllamaEngine
from usersim_opt.models.retry import Retry

REQUEST = lm15.Request(model="ollama/m", system="s", messages=(lm15.Message.user("hi"),))


def test_the_host_with_the_fewest_calls_under_way_is_next():
    pool = HostPool(["a", "b", "c"])
    with pool.lease() as first, pool.lease() as second, pool.lease() as third:
        assert {first, second, third} == {"a", "b", "c"}
        with pool.lease() as fourth:
            assert fourth == "a"
    with pool.lease() as again:
        assert again == "a"


def test_a_host_that_rests_is_left_out_and_then_tried_again():
    now = [0.0]
    pool = HostPool(["a", "b"], clock=lambda: now[0])
    pool.rest("a")
    with pool.lease() as one, pool.lease() as other:
        assert (one, other) == ("b", "b")
    with pool.lease(tried=["b"]) as last_resort:
        assert last_resort == "a"
    now[0] = REST_SECONDS + 1
    with pool.lease() as one:
        assert one == "a"


def test_calls_are_shared_by_hosts_and_a_dead_one_costs_nothing():
    barrier = threading.Barrier(4, timeout=60)

    def slow(body):
        barrier.wait()
        return 200, chat_answer("ok")

    with ollama(slow) as one, ollama(slow) as other:
        hosts = ",".join(server.url.removeprefix("http://") for server in (one, other))
        lm = uso.connect(f"ollama://127.0.0.1:9,{hosts}/m")
        threads = [threading.Thread(target=lm, args=(f"{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(one.bodies) == len(other.bodies) == 2


def test_a_host_that_dies_in_the_middle_hands_over_to_the_other():
    with ollama("two") as other:
        with ollama("one") as first:
            engine = OllamaEngine("m", api_base=[first.url, other.url], retry=Retry(attempts=1))
            assert engine.complete(REQUEST).text == "one"
        assert engine.complete(REQUEST).text == "two"
        assert engine.complete(REQUEST).text == "two"


def test_a_host_that_is_sick_or_busy_hands_over_to_the_other():
    for status in (500, 503):
        with (
            ollama(lambda body, status=status: (status, {"error": "out of memory"})) as sick,
            ollama("fine") as well,
        ):
            engine = OllamaEngine("m", api_base=[sick.url, well.url], retry=Retry(attempts=1))
            assert [engine.complete(REQUEST).text for _ in range(4)] == ["fine"] * 4
