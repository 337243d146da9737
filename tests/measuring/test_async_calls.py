"""Simulator, judge and metric inside an asynchronous program."""

import asyncio
import threading

import dspy
import pytest
from helpers import CRITERION, awaited, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import BadReply, NotScored

HISTORY = [{"role": "agent", "content": "Which one?"}]


def test_an_awaited_reply_is_the_reply_of_a_call(simulator, airline):
    examples = airline.smoke[:4]

    async def all_at_once():
        return await asyncio.gather(*(simulator.acall(**each.inputs()) for each in examples))

    replies = [prediction.reply for prediction in awaited(all_at_once())]
    assert replies == [simulator(**each.inputs()).reply for each in examples]


def test_the_event_loop_goes_on_while_a_model_is_asked():
    may_answer = threading.Event()

    def slow(request):
        assert may_answer.wait(60)
        return "ok"

    lm, _ = scripted(slow)
    sim = uso.UserSimulator("p", lm)

    async def main():
        reply = asyncio.create_task(sim.acall(scenario="s", history=HISTORY))
        await asyncio.sleep(0)
        may_answer.set()  # a blocked loop would never come here
        return (await reply).reply

    assert awaited(main()) == "ok"


def test_dspy_s_settings_and_its_count_of_tokens_hold():
    lm, _ = scripted("ok")
    sim = uso.UserSimulator("p")

    async def main():
        with dspy.context(lm=lm), dspy.track_usage() as usage:
            await sim.acall(scenario="s", history=HISTORY)
        return usage.get_total_tokens()

    assert awaited(main())["scripted/model"]["total_tokens"] == 2


def test_an_answer_of_nothing_but_thoughts_is_refused_here_too():
    lm, _ = scripted("<think>hm</think>")
    with pytest.raises(BadReply):
        awaited(uso.UserSimulator("p", lm).acall(scenario="s", history=HISTORY))


def test_judge_and_metric_give_what_their_calls_give(metric):
    calm = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "It is calm."}
    examples = {"pass": ["ok"], "fail": {"reply": "NO!!", "fails": ["calm"]}}
    record = scenario(criteria=[CRITERION, calm], examples=examples)
    example, prediction = dspy.Example(record=record), dspy.Prediction(reply="no, the other one")
    asked = {"history": record.history, "reply": "no", "criteria": record.criteria}

    async def main():
        return (
            await metric.judge.acall(**asked),
            await metric.acall(example, prediction),
            await metric.agrade(record, prediction.reply),
        )

    verdicts, scored, grade = awaited(main())
    assert verdicts.verdicts == metric.judge(**asked).verdicts
    assert scored.score == metric(example, prediction).score
    assert grade == metric.grade(record, prediction.reply)


def test_what_has_no_score_is_not_scored_here_too():
    with pytest.raises(NotScored):
        awaited(uso.RubricMetric().acall(dspy.Example(record=None), dspy.Prediction(reply="")))


def test_an_agent_can_be_awaited():
    lm, _ = scripted("Sure.")
    agent = uso.LMAgent(lm)
    assert awaited(agent.acall(history=[*HISTORY])).reply == "Sure."


def test_every_public_module_can_be_awaited():
    modules = [
        found
        for face in (uso, uso.realism)
        for name in face.__all__
        if isinstance(found := getattr(face, name), type) and issubclass(found, dspy.Module)
    ]
    assert len(modules) >= 6
    assert all("aforward" in dir(module) for module in modules)


def test_an_author_can_be_awaited():
    task = uso.Task(id="001", domain="hotel", source="made", story="You want another room.")
    author = uso.ScenarioAuthor(scripted("not JSON")[0])
    draft = awaited(author.acall(task, "initial_request"))
    assert draft.calls == author(task, "initial_request").calls
