"""The system message in the real tau2, over all its tasks: byte for byte what was measured."""

import pytest
from conftest import BASE_PROMPT
from tau2_here import QUIET, tasks_of, tau2_or_skip

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import TAU2_TAIL, Prompt
from usersim_opt.tau.users import tools_section, with_tools

TAU2 = tau2_or_skip()
pytestmark = QUIET
PLACED = Prompt("Before {scenario} and {braces} behind.")


def shown(customer, task, tools):
    """The system message that tau2 begins with."""
    user = customer(tools=tools, instructions=str(task.user_scenario), llm="m", llm_args={})
    (message,) = user.get_init_state().system_messages
    return message.content


@pytest.mark.parametrize(
    ("domain", "split", "tasks"), [("airline", "base", 50), ("retail", "base", 114)]
)
def test_without_tools_it_is_the_prompt_with_the_scenario(domain, split, tasks):
    found = tasks_of(domain, split)
    assert len(found) == tasks
    for prompt in (uso.read_prompt(BASE_PROMPT), PLACED, Prompt(f"Play.{TAU2_TAIL}")):
        customer = uso.tau.user(prompt)
        for task in found:
            assert shown(customer, task, None) == prompt.fill(str(task.user_scenario))


def test_with_tools_a_section_on_them_follows_the_prompt():
    environment = TAU2.registry.get_env_constructor("telecom")()
    tools = environment.get_user_tools()
    prompt = uso.read_prompt(BASE_PROMPT)
    customer = uso.tau.user(prompt)
    for task in tasks_of("telecom", "small"):
        text = shown(customer, task, tools)
        assert text == with_tools(prompt).fill(str(task.user_scenario))
        assert text.startswith(
            f"{prompt.text.removesuffix(TAU2_TAIL)}\n\n{tools_section()}\n\n<scenario>\n"
        )
        assert str(task.user_scenario) in text


def test_a_prompt_is_registered_once_and_may_be_again():
    name = uso.tau.register(PLACED)
    assert name == uso.tau.register(PLACED) == f"usersim_opt-{PLACED.sha256[:12]}"
    assert name in TAU2.registry.get_users()
    with pytest.raises(InputError, match="stand-in without a server"):
        uso.tau.register("Another.", uso.connect("offline/user"))


def test_a_model_that_is_given_is_called_whatever_tau2_is_told():
    lm = uso.connect("ollama/m", api_base="http://gpu:1", temperature=0.5, num_ctx=4096)
    user = uso.tau.user(PLACED, lm)(tools=None, instructions="x", llm="gpt-4.1", llm_args={})
    assert user.llm == "ollama_chat/m"
    user.set_seed(7)
    expected = {"api_base": "http://gpu:1", "temperature": 0.5, "num_ctx": 4096, "think": False}
    assert user.llm_args == {**expected, "seed": 7}


def test_an_import_of_tau2_leaves_litellm_as_it_was():
    import litellm  # noqa: PLC0415 - only where tau2 is

    assert litellm.drop_params is False
