"""What is said of hosts that several models share."""

from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.models.shared_hosts import shared_hosts


def connected(server, **models):
    """The models by role, each asked once."""
    options = {"api_base": server.url, "num_ctx": 4096}
    lms = {role: uso.connect(f"ollama/{name}", **options) for role, name in models.items()}
    for lm in lms.values():
        lm("hello")
    return lms


def test_a_host_that_cannot_hold_both_is_said_to_load_twice_a_round():
    with ollama(server={"fits": 1}) as server:
        (line,) = shared_hosts(connected(server, user="a", judge="b", proposer="b"))
    assert line.startswith(f"{server.url}: holds b:latest and not at once a:latest")
    assert "b:latest with num_ctx=4096 (judge, proposer)" in line
    assert "2 loads a round" in line
    assert "OLLAMA_MAX_LOADED_MODELS=2" in line


def test_a_host_that_holds_both_swaps_nothing():
    with ollama(server={"fits": 2}) as server:
        (line,) = shared_hosts(connected(server, user="a", judge="b"))
    assert line.endswith("at once, nothing is swapped")


def test_nothing_is_said_of_one_model_for_all_or_of_stand_ins():
    with ollama(server={"fits": 1}) as server:
        lms = connected(server, user="a", judge="a")
        assert shared_hosts(lms | {"proposer": uso.connect("offline/proposer")}) == []


def test_a_model_that_leaves_after_every_call_is_named():
    lm = uso.connect("ollama/a", keep_alive=0)
    (line,) = shared_hosts({"user": lm})
    assert "keep_alive=0" in line
    assert "set keep_alive=30m" in line


def test_a_host_that_does_not_say_what_it_holds_is_no_error():
    with ollama() as server:
        lms = connected(server, user="a", judge="b")
    (line,) = shared_hosts(lms)
    assert "does not say what it holds" in line
