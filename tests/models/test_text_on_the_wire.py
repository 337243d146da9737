"""Text reaches models as text: no letter of any language as an escape."""

import contextlib

import pytest
from helpers import CRITERION, scenario
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.proposal import PromptProposer, proposal_material

SAID = "Größere Füllung für Łukasz, ça coûte ¿cuánto?"
STORY = f"Du willst das: {SAID}"
JUDGED = CRITERION | {"text": f"The reply does not say: {SAID}"}
ASKED = scenario(criteria=[JUDGED], history=[{"agent": SAID}])
TASK = Task(id="001", domain="dental", source="own", story=STORY, language="de")


def judge(lm):
    uso.RubricJudge(lm)(history=ASKED.history, reply=SAID, criteria=ASKED.criteria)


def write(lm):
    uso.ScenarioAuthor(lm)(task=TASK, kind="wrong_assumption")


def propose(lm):
    outcome = Outcome(
        scenario=ASKED.id, version="v", stage="s", repeat=0, status="scored", reply=SAID
    )
    prompt = Prompt(f"{{scenario}}\n\n- {SAID}")
    PromptProposer(lm)(material=proposal_material(prompt, {ASKED.id: ASKED}, [outcome]), seed=1)


def play(lm):
    messages = [{"role": "agent", "content": SAID}]
    uso.UserSimulator("Spiel das:\n\n{scenario}", lm)(scenario=STORY, history=messages)


@pytest.mark.parametrize("ask", [judge, write, propose, play])
def test_every_letter_reaches_the_model_as_it_is(ask):
    with ollama("nein", prompt_eval_count=5000) as server:
        with contextlib.suppress(BadReply):
            ask(uso.connect("ollama/m", api_base=server.url))
        sent = [turn["content"] for body in server.bodies for turn in body.get("messages", ())]
    assert any(SAID in text for text in sent)
    assert [text for text in sent if "\\u" in text] == []
