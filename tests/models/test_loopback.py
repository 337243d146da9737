"""The loopback server in a process of its own, and by the name that it had first."""

import asyncio
import json
import subprocess
import sys
import threading

import pytest
from helpers import awaited
from processes import started

import usersim_opt as uso
from usersim_opt import testing
from usersim_opt.models import loopback
from usersim_opt.models.offline import ROLES


@pytest.fixture(params=["usersim_opt.testing", "usersim_opt.models.loopback"])
def served(request):
    """A server process by either name; its first line is the address."""
    command = [sys.executable, "-m", request.param, "--text", "no, thursday"]
    pipe = subprocess.PIPE
    with started(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        yield process
        process.kill()


def test_a_server_process_tells_its_address_serves_and_ends_with_its_input(served):
    url = served.stdout.readline().strip()
    assert url.startswith("http://127.0.0.1:")
    lm = uso.connect("ollama/user", api_base=url)
    assert lm("hi") == lm("hi") == ["no, thursday"]
    out, err = served.communicate()
    assert json.loads(out) == {"calls": 2, "distinct": 1}
    assert (served.returncode, err) == (0, "")


def test_the_first_name_leads_to_the_same_things():
    for name in testing.__all__:
        assert getattr(testing, name) is getattr(loopback, name)


def test_an_answer_has_honest_counts():
    body = {"messages": [{"role": "user", "content": "x" * 400}]}
    answer = loopback.counted_answer(body, "y" * 40)
    assert (answer["prompt_eval_count"], answer["eval_count"]) == (108, 10)


def test_a_stand_in_answers_by_its_role_and_another_model_is_missing():
    body = {"model": "user:latest", "messages": [{"role": "user", "content": "Hello?"}]}
    status, answer = loopback.stand_ins(body)
    assert status == 200
    assert answer["message"]["content"]
    status, answer = loopback.stand_ins(body | {"model": "other"})
    assert (status, answer) == (404, {"error": "model 'other' not found"})


SYSTEM = "You are a customer.\n\n<scenario>\nYou want to move your flight to Friday.\n</scenario>"
GREETING = {"role": "user", "content": "Hi! How can I help you today?"}


def opening(**options):
    """What the stand-in customer answers to the greeting."""
    messages = [{"role": "system", "content": SYSTEM}, GREETING]
    status, answer = loopback.stand_ins({"model": "user", "messages": messages} | options)
    assert status == 200
    return answer["message"]["content"]


@pytest.mark.parametrize("wrap", [lambda o: {"options": o}, lambda o: o], ids=["api", "v1"])
def test_either_route_obeys_seed_and_temperature(wrap, monkeypatch):
    assert len({opening(**wrap({"seed": seed})) for seed in range(12)}) > 1
    assert opening(**wrap({"seed": 3})) == opening(**wrap({"seed": 3}))
    monkeypatch.setitem(ROLES, "user", lambda call: f"{call.seed} at {call.temperature}")
    assert opening(**wrap({"seed": 3, "temperature": 0.25})) == "3 at 0.25"


def test_options_that_are_null_are_not_set():
    assert opening(seed=None, temperature=None) == opening()


def test_calls_of_tools_have_no_content_and_are_left_out():
    talk = [
        {"role": "system", "content": SYSTEM},
        GREETING,
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c0"}]},
        {"role": "tool", "content": "ok", "tool_call_id": "c0"},
    ]
    status, answer = loopback.stand_ins({"model": "user", "messages": talk})
    assert (status, answer["message"]["content"]) == (200, opening())


def test_a_server_can_be_started_where_an_event_loop_runs_as_in_a_notebook():
    async def cell():
        with testing.OllamaServer(lambda body: (200, testing.chat_answer("ok"))) as server:
            lm = uso.connect("ollama/m", api_base=server.url)
            return await asyncio.to_thread(lm, "hi")

    assert awaited(cell()) == ["ok"]


def test_a_port_that_is_taken_leaves_no_thread_behind():
    answer = testing.chat_answer("ok")
    with testing.OllamaServer(lambda body: (200, answer)) as server:
        port = int(server.url.rpartition(":")[2])
        threads = threading.active_count()
        second = testing.OllamaServer(lambda body: (200, answer), port=port)
        with pytest.raises(OSError, match="in use"), second:
            pass
        assert threading.active_count() == threads
