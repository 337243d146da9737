"""The stand-in for the user leaves when all is done, whoever the agent is."""

import pytest
from conftest import BASE_PROMPT, ROOT

import usersim_opt as uso
from usersim_opt.basics.text import has_stop_token
from usersim_opt.models.offline import desk, user
from usersim_opt.models.offline.call import Call

GREETING = "Hi! How can I help you today?"
TASKS = list(uso.load_dataset(ROOT / "datasets" / "airline").tasks.values())
PROMPTS = {
    "base": uso.read_prompt(BASE_PROMPT),
    "calibrated": uso.read_prompt(BASE_PROMPT.with_name("calibrated.txt")),
}
MOST = 25


def script(chat):
    return "Done."


def of_desk(chat):
    return desk.answer(Call("Be of help.", tuple(chat), 0.0, 1))


def played(prompt, story, agent):
    """All turns of a chat, from the agent's side, until the customer leaves or MOST are over."""
    chat = [("assistant", GREETING)]
    for _ in range(MOST):
        seen = [("user" if role == "assistant" else "assistant", text) for role, text in chat]
        said = user.answer(Call(prompt.fill(story), tuple(seen), 0.0, 1))
        chat.append(("user", said))
        if has_stop_token(said):
            break
        chat.append(("assistant", agent(chat)))
    return chat


@pytest.mark.parametrize("agent", [script, of_desk])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_every_chat_ends_with_the_customer_s_stop_token(prompt, agent):
    chats = [played(PROMPTS[prompt], task.story, agent) for task in TASKS]
    assert [chat for chat in chats if not has_stop_token(chat[-1][1])] == []


def test_a_question_is_asked_once_more_and_no_third_time():
    end = "All set. Is there anything else?"
    story = "You are Ana. You want your flight FR4T2K moved to Friday. Your user id is ana_12."
    chat = [GREETING, "hi, move my flight", end, "when is it?"]

    def reply(*texts):
        roles = ("user", "assistant")
        turns = tuple((roles[number % 2], text) for number, text in enumerate(texts))
        system = PROMPTS["calibrated"].fill(story)
        return user.answer(Call(system, turns, 0.0, 1))

    again = [GREETING, "hi, move my flight. when is it?", end]
    assert "when is it?" in reply(*again)
    assert has_stop_token(reply(*chat, end))


def test_who_knows_no_token_says_goodbye_and_stays():
    plain = uso.Prompt("You are the customer.")
    chat = played(plain, "You are Ana. You want your flight moved to Friday.", script)
    assert len(chat) == 2 * MOST + 1
