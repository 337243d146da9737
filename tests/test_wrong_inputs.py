"""Wrong inputs of many kinds: each is an error of ours that names what was got and what to do.

Each line of the tables is a mistake that somebody can make: an argument of another kind, a value
out of range, two arguments in each other's place.
"""

from contextlib import suppress
from inspect import isfunction, unwrap
from pathlib import Path
from types import SimpleNamespace

import dspy
import pytest
from helpers import CRITERION, scenario, scripted

import usersim_opt as uso
from usersim_opt.basics.errors import (
    DatasetError,
    InputError,
    JournalError,
    PromptError,
    TooManyErrors,
)
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.scenarios.dataset import example

HI = {"role": "agent", "content": "Hello, what is it about?"}


def task(name):
    return uso.Task(id=name, domain="hotel", source="made", story=f"You want room {name}.")


OPEN = {"id": "kind", "dimension": "communication_style.politeness", "text": "It is kind."}


def examples(*tasks, split="train"):
    """Two scenarios of each task, the second with a criterion for a judge."""
    return [
        example(task(name), scenario(f"{name}.{number}", criteria=criteria), split=split)
        for name in tasks
        for number, criteria in ((1, [CRITERION]), (3, [CRITERION, OPEN]))
    ]


def never(request):
    raise AssertionError("a call was made though the input is wrong")


@pytest.fixture(scope="module")
def right():
    """Arguments that are right, to be combined with one that is wrong; no model may be asked."""
    lm, _ = scripted(never)
    judge = uso.RubricJudge(lm)
    passed = Verdict(criterion="short", outcome="pass", evidence="", source="judge")
    outcome = Outcome(
        scenario="001.1",
        version="v",
        stage="s",
        repeat=0,
        status="scored",
        grade=Grade(scenario="001.1", verdicts=(passed,)),
    )
    scenarios = {each.record.id: each.record for each in examples("001")}
    talk = uso.Conversation(
        task="001",
        seed=0,
        prompt_sha256="0" * 64,
        user="u",
        agent="a",
        turns=({"role": "agent", "text": "Hello"}, {"role": "customer", "text": "a room"}),
        end="turn_limit",
        calls={},
        tokens={},
    )
    return SimpleNamespace(
        lm=lm,
        judge=judge,
        metric=uso.RubricMetric(judge),
        sim=uso.UserSimulator("Be a guest.\n\n- Be brief.\n- Ask.\n", lm),
        train=examples("001", "002", "003"),
        smoke=examples("004", "005", "006"),
        test=examples("004", "005", "006", split="test"),
        evaluation=uso.Evaluation(scenarios, [outcome]),
        task=task("001"),
        talk=talk,
        agent=lambda history: "Sure?",
    )


def tuned(right, folder, **wrong):
    """A run with one thing wrong, of the optimizer or of `compile`."""
    known = {"trainset": right.train, "valset": right.smoke, "student": right.sim, "teacher": None}
    known |= {name: wrong.pop(name) for name in set(wrong) & set(known)}
    settings = {"metric": right.metric, "proposer_lm": right.lm, "run_dir": folder / "run"}
    optimizer = uso.RubricOptimizer(**({"minibatch_size": 2, "max_calls": 400} | settings | wrong))
    return optimizer.compile(known.pop("student"), **known)


def ablated(right, **wrong):
    known = {"simulator": right.sim, "examples": right.train, "metric": right.metric}
    return uso.ablate(**(known | wrong))


def evaluated(right, **wrong):
    known = {"simulator": right.sim, "examples": right.train, "metric": right.metric}
    return uso.evaluate(**(known | wrong))


def talked(right, **wrong):
    known = {"sim": right.sim, "agent": right.agent, "task": right.task, "max_turns": 1}
    return uso.converse(**(known | wrong))


def rolled(right, **wrong):
    known = {"sim": right.sim, "agent": right.agent, "tasks": [right.task], "max_turns": 1}
    return uso.rollout(**(known | wrong))


WHOLE = "a whole number of 1 or more"
SIM = "expected a UserSimulator, such as uso.UserSimulator(prompt, lm)"

TUNING = [
    ({"metric": "judge"}, "the metric is a str", "such as a RubricMetric"),
    ({"metric": uso.RubricMetric}, "the class RubricMetric", "an object of it"),
    ({"metric": len}, "builtin_function", "grade(scenario, reply)"),
    ({"proposer_lm": "openai/NAME"}, "'openai/NAME'", "uso.connect"),
    ({"proposer_lm": len}, "the function len", "dspy.LM"),
    ({"proposer_lm": dspy.LM}, "the class LM", "dspy.LM"),
    ({"run_dir": None}, "run_dir is None", "a path"),
    ({"run_dir": 7}, "run_dir is 7", "a path"),
    ({"run_dir": ""}, "run_dir is ''", "a path"),
    ({"max_calls": "800"}, "max_calls is '800'", WHOLE),
    ({"max_calls": 0}, "max_calls is 0", WHOLE),
    ({"max_calls": 800.5}, "max_calls is 800.5", WHOLE),
    ({"max_calls": True}, "max_calls is True", WHOLE),
    ({"max_calls": None}, "max_calls is None", WHOLE),
    ({"max_calls": 9}, "9", "max_calls"),
    ({"max_tokens": "many"}, "max_tokens is 'many'", "or None"),
    ({"max_minutes": "1h"}, "max_minutes is '1h'", "a number"),
    ({"minibatch_size": None}, "minibatch_size is None", WHOLE),
    ({"minibatch_size": 1}, "minibatch_size=1", "at least 2"),
    ({"seed": "a"}, "seed is 'a'", "a whole number"),
    ({"seed": 1.5}, "seed is 1.5", "a whole number"),
    ({"workers": 0}, "workers is 0", WHOLE),
    ({"workers": None}, "workers is None", "or an Executor"),
    ({"workers": "8"}, "workers is '8'", WHOLE),
    ({"search": uso.HillClimb}, "the class HillClimb", "an object of it, HillClimb()"),
    ({"search": "HillClimb"}, "search", "name"),
    ({"student": "prompt.txt"}, "the student is a str", "a UserSimulator"),
    ({"student": uso.UserSimulator}, "the student is a ", "a UserSimulator"),
    ({"teacher": 1}, "a teacher was given", "no use for one"),
    ({"trainset": []}, "the trainset is empty", "data.train"),
    ({"valset": None}, "the valset is empty", "data.smoke"),
    ({"valset": []}, "the valset is empty", "data.smoke"),
    ({"trainset": "data.train"}, "trainset is a str", "data.train"),
    ({"trainset": [1]}, "trainset[0]", "load_dataset"),
]


@pytest.mark.parametrize(("wrong", "got", "todo"), TUNING)
def test_a_run_with_a_wrong_input_does_not_begin(right, tmp_path, wrong, got, todo):
    with pytest.raises(InputError) as error:
        tuned(right, tmp_path, **wrong)
    assert got in str(error.value)
    assert todo in str(error.value)
    assert not (tmp_path / "run").exists()


MEASURING = {
    "ablate a text": (lambda r: ablated(r, simulator="text"), "simulator is 'text'", SIM),
    "ablate a prompt": (lambda r: ablated(r, simulator=r.sim.prompt), "is a Prompt", SIM),
    "ablate on tasks": (lambda r: ablated(r, examples=[r.task]), "examples[0]", "data.train"),
    "ablate by a judge": (lambda r: ablated(r, metric=r.judge), "RubricJudge", "RubricMetric"),
    "ablate for a text of calls": (
        lambda r: ablated(r, max_calls="1200"),
        "max_calls is '1200'",
        WHOLE,
    ),
    "ablate within 200 %": (lambda r: ablated(r, margin=2), "margin is 2", "below 1"),
    "ablate by a seed of text": (lambda r: ablated(r, seed="a"), "seed is 'a'", "a whole number"),
    "ablate with no worker": (lambda r: ablated(r, workers=0), "workers is 0", WHOLE),
    "ablate with few calls": (lambda r: ablated(r, max_calls=1), "1", "max_calls"),
    "evaluate a text": (lambda r: evaluated(r, simulator="be brief"), "'be brief'", SIM),
    "evaluate a class": (
        lambda r: evaluated(r, simulator=uso.UserSimulator),
        "the class UserSimulator",
        SIM,
    ),
    "evaluate nobody": (lambda r: evaluated(r, simulator=None), "simulator is None", SIM),
    "evaluate on a number": (lambda r: evaluated(r, examples=3), "examples is 3", "a list"),
    "evaluate on a text": (lambda r: evaluated(r, examples="smoke"), "'smoke'", "a list"),
    "evaluate on nothing": (lambda r: evaluated(r, examples=[]), "no scenario", "--with-test"),
    "evaluate on None": (lambda r: evaluated(r, examples=[None]), "examples[0]", "data.train"),
    "evaluate twice the same": (
        lambda r: evaluated(r, examples=[*r.train, *r.train]),
        "001.1",
        "twice",
    ),
    "evaluate by nothing": (lambda r: evaluated(r, metric=None), "a NoneType", "RubricMetric"),
    "evaluate by a judge": (lambda r: evaluated(r, metric=r.judge), "'grade'", "RubricMetric"),
    "evaluate by a model": (lambda r: evaluated(r, metric=r.lm), "'grade'", "RubricMetric"),
    "evaluate no reply": (lambda r: evaluated(r, seeds=0), "seeds is 0", WHOLE),
    "evaluate a text of replies": (lambda r: evaluated(r, seeds="3"), "seeds is '3'", WHOLE),
    "evaluate by half a worker": (lambda r: evaluated(r, workers=0.5), "workers is 0.5", WHOLE),
    "evaluate with a bar of text": (
        lambda r: evaluated(r, progress="bar"),
        "progress is 'bar'",
        "a function or None",
    ),
    "compare with a text": (
        lambda r: uso.compare(r.sim, "new", r.train, r.metric),
        "new is 'new'",
        SIM,
    ),
    "compare in another order": (
        lambda r: uso.compare(r.sim, r.train, r.sim, r.metric),
        "new is [Example(",
        SIM,
    ),
    "judge by a model's name": (
        lambda r: uso.RubricMetric("offline/judge"),
        "the judge is a str",
        "a RubricJudge",
    ),
    "judge by a model": (lambda r: uso.RubricMetric(r.lm), "a LM", "a RubricJudge"),
    "judge by a class": (
        lambda r: uso.RubricMetric(uso.RubricJudge),
        "the class RubricJudge",
        "RubricJudge(lm)",
    ),
    "judge by a function": (lambda r: uso.RubricMetric(len), "'price'", "a callable with `price`"),
    "judge by a metric": (
        lambda r: uso.RubricMetric(r.metric),
        "it is a metric itself",
        "a RubricJudge",
    ),
    "a judge, and none": (
        lambda r: uso.RubricMetric(r.judge, checks_only=True),
        "checks_only",
        "without a judge",
    ),
    "a guard as a text": (
        lambda r: uso.RubricMetric(r.judge, guards=["markup"]),
        "guards[0] is 'markup'",
        "a UniversalGuard",
    ),
    "a card that is not there": (
        lambda r: uso.RubricMetric(r.judge, judge_card="none.json"),
        "none.json",
        "expected",
    ),
    "a judge of a name": (
        lambda r: uso.RubricJudge("openai/NAME"),
        "lm is 'openai/NAME'",
        'uso.connect("openai/NAME")',
    ),
    "a judge of a function": (lambda r: uso.RubricJudge(len), "the function len", "uso.connect"),
    "a panel of names": (lambda r: uso.JudgePanel(["a", "b"]), "a str", "RubricJudge"),
    "a panel of one": (lambda r: uso.JudgePanel([r.judge]), "1 judge", "2 or more"),
    "a panel that is a judge": (lambda r: uso.JudgePanel(r.judge), "RubricJudge", "a list"),
    "a panel with a rule": (
        lambda r: uso.JudgePanel([r.judge] * 3, rule="vote"),
        "rule is 'vote'",
        "'majority'",
    ),
    "calibrate a name": (
        lambda r: uso.calibrate_judge("offline/judge", r.train),
        "is a str",
        "RubricJudge",
    ),
    "calibrate less than once": (
        lambda r: uso.calibrate_judge(r.judge, r.train, repeats=-1),
        "repeats is -1",
        "0 or more",
    ),
    "judge more than all twice": (
        lambda r: uso.judge_twice(r.evaluation, r.judge, share=5),
        "share is 5",
        "0.05",
    ),
    "judge examples twice": (
        lambda r: uso.judge_twice(r.train, r.judge),
        "evaluation is [Example(",
        "uso.evaluate",
    ),
    "grade texts": (
        lambda r: uso.grade_replies(["hi"], r.train, r.metric),
        "replies[0]: holds str",
        "a mapping of fields",
    ),
    "analyse a text": (lambda r: uso.item_analysis("runs/a"), "got a str", "an Evaluation"),
    "leave out a guard that is none": (
        lambda r: uso.universal_guards(without=["nothing"]),
        "nothing",
        "markup",
    ),
}

TALKING = {
    "converse with a name": (lambda r: talked(r, agent="agent"), "'agent'", "uso.LMAgent"),
    "converse with a class": (lambda r: talked(r, agent=uso.LMAgent), "LMAgent", "a function of"),
    "converse about an id": (
        lambda r: talked(r, task="001"),
        "task is '001'",
        "such as data.tasks['001']",
    ),
    "converse as nobody": (lambda r: talked(r, sim=None), "sim is None", SIM),
    "converse as a model": (lambda r: talked(r, sim=r.lm), "sim is a LM", SIM),
    "converse for no turn": (lambda r: talked(r, max_turns=0), "max_turns is 0", WHOLE),
    "converse by a seed of text": (lambda r: talked(r, seed="a"), "seed is 'a'", "a whole number"),
    "converse with a printer's name": (
        lambda r: talked(r, on_turn="print"),
        "on_turn is 'print'",
        "a function",
    ),
    "roll out one task": (lambda r: rolled(r, tasks=r.task), "tasks is ", "a list"),
    "roll out ids": (lambda r: rolled(r, tasks=["001"]), "tasks[0] is '001'", "data.tasks['001']"),
    "roll out nothing": (lambda r: rolled(r, tasks=[]), "no task", "expected"),
    "roll out no seed": (lambda r: rolled(r, seeds=[]), "seeds is []", "different seeds"),
    "roll out a seed twice": (lambda r: rolled(r, seeds=[1, 1]), "[1, 1]", "different seeds"),
    "roll out with a text of calls": (
        lambda r: rolled(r, max_calls="all"),
        "max_calls is 'all'",
        "or None",
    ),
    "roll out with no worker": (lambda r: rolled(r, workers=-2), "workers is -2", WHOLE),
    "an agent of a name": (
        lambda r: uso.LMAgent("openai/NAME"),
        "lm is 'openai/NAME'",
        "uso.connect",
    ),
    "an agent without words": (lambda r: uso.LMAgent(r.lm, " "), "policy is ' '", "a text"),
    "a policy that is a number": (lambda r: uso.LMAgent(r.lm, 3), "policy is 3", "a text"),
    "history of None": (
        lambda r: r.sim(scenario="s", history=[{"role": "agent", "content": None}]),
        "'content': None",
        "text",
    ),
    "history of texts": (
        lambda r: r.sim(scenario="s", history=["hello"]),
        "history[0] is 'hello'",
        "a dict",
    ),
    "history of another role": (
        lambda r: r.sim(scenario="s", history=[{"role": "user", "content": "x"}]),
        "'role': 'user'",
        "'agent' or 'customer'",
    ),
    "history that ends on the customer": (
        lambda r: r.sim(scenario="s", history=[HI, {"role": "customer", "content": "x"}]),
        "ends on a customer turn",
        "the agent's turn",
    ),
    "a scenario that is a task": (
        lambda r: r.sim(scenario=r.task, history=[HI]),
        "scenario is a Task",
        "a text",
    ),
    "options in a list": (
        lambda r: r.sim(scenario="s", history=[HI], config=["seed"]),
        "config is ['seed']",
        "a dict",
    ),
    "a simulator of a path": (lambda r: uso.UserSimulator("a/b.txt"), "'a/b.txt'", "read_prompt"),
    "a simulator of nothing": (lambda r: uso.UserSimulator(None), "prompt is None", "a text"),
    "a simulator by a name": (
        lambda r: uso.UserSimulator("Be brief.", "offline/user"),
        "lm is 'offline/user'",
        "uso.connect",
    ),
    "another prompt that is none": (lambda r: r.sim.with_prompt(3), "prompt is 3", "a text"),
    "read conversations that are not there": (
        lambda r: uso.read_conversations("none.jsonl"),
        "none.jsonl",
        "expected",
    ),
    "write one conversation": (
        lambda r: uso.write_conversations(r.talk, "a.jsonl"),
        "conversations is ",
        "a list",
    ),
    "write in a form that is none": (
        lambda r: uso.write_conversations([r.talk], "a.jsonl", form="xml"),
        "'xml'",
        "jsonl",
    ),
    "write transcripts of texts": (
        lambda r: uso.write_transcripts(["hi"], "a.html"),
        "conversations[0] is 'hi'",
        "uso.converse",
    ),
}

CONNECTING = {
    "no provider": (lambda r: uso.connect("qwen"), "'qwen'", "ollama/NAME"),
    "no text": (lambda r: uso.connect(None), "model is None", "a text"),
    "a stand-in that is none": (
        lambda r: uso.connect("offline/boss"),
        "offline/boss",
        "offline/user",
    ),
    "a temperature of nine": (
        lambda r: uso.connect("offline/user", temperature=9),
        "temperature is 9",
        "from 0 to 2",
    ),
    "a temperature of text": (
        lambda r: uso.connect("openai/x", temperature="warm"),
        "temperature is 'warm'",
        "a number",
    ),
    "a top_p above 1": (lambda r: uso.connect("ollama/x", top_p=95), "top_p is 95", "from 0 to 1"),
    "no token": (lambda r: uso.connect("openai/x", max_tokens=0), "max_tokens is 0", "1 or more"),
    "a stop that is a number": (lambda r: uso.connect("openai/x", stop=3), "stop is 3", "a text"),
    "a seed of text": (
        lambda r: uso.connect("openai/x", seed="a"),
        "seed is 'a'",
        "a whole number",
    ),
    "a misspelt option": (
        lambda r: uso.connect("openai/x", temprature=0.9),
        "'temprature'",
        "'temperature'",
    ),
    "another misspelt option": (
        lambda r: uso.connect("openai/x", max_token=9),
        "'max_token'",
        "'max_tokens'",
    ),
    "a misspelt option of Ollama": (
        lambda r: uso.connect("ollama/x", num_ctxx=9),
        "'num_ctxx'",
        "num_ctx",
    ),
    "an option of nobody": (
        lambda r: uso.connect("offline/user", style="rude"),
        "'style'",
        "temperature",
    ),
    "no context": (lambda r: uso.connect("ollama/x", num_ctx=0), "num_ctx is 0", "1 or more"),
    "an address that is a number": (
        lambda r: uso.connect("ollama/x", api_base=11434),
        "api_base is 11434",
        "a text",
    ),
    "no time": (lambda r: uso.connect("ollama/x", timeout=0), "timeout is 0", "seconds"),
    "preflight of a name": (
        lambda r: uso.preflight("ollama/x", "user"),
        "lm is 'ollama/x'",
        "uso.connect",
    ),
}

PIECES = {
    "a verdict of maybe": (
        lambda r: uso.Verdict(criterion="a", outcome="maybe", evidence="", source="judge"),
        "'maybe'",
        "'pass', 'fail'",
    ),
    "a grade of a number": (
        lambda r: uso.Grade(scenario="001.1", verdicts=0.5),
        "Grade: verdicts",
        "tuple",
    ),
    "a criterion without a family": (
        lambda r: uso.Criterion(id="a", dimension="politeness", text="It is kind."),
        "Criterion: dimension",
        "pattern",
    ),
    "a check that is none": (
        lambda r: uso.Criterion(**(OPEN | {"check": {"max_word": 5}})),
        "max_word",
        "max_words",
    ),
    "a task with a misspelt field": (
        lambda r: uso.Task(id="001", domain="hotel", source="made", storey="You want it."),
        "storey",
        "did you mean 'story'?",
    ),
    "gates by name": (lambda r: uso.HillClimb(patience="long"), "patience is 'long'", WHOLE),
    "a price of text": (
        lambda r: uso.PieceSearch(length_price="x"),
        "length_price is 'x'",
        "a number",
    ),
    "an objective without terms": (lambda r: uso.Objective(r.agent, []), "term", "uso."),
    "an objective of a text": (lambda r: uso.Objective(r.agent, "guards"), "guards", "uso."),
    "an objective of half a seed": (
        lambda r: uso.Objective(r.agent, [uso.GuardsKept()], seeds=0.5),
        "seeds is 0.5",
        WHOLE,
    ),
    "an objective by no agent": (
        lambda r: uso.Objective("agent", [uso.GuardsKept()]),
        "'agent'",
        "uso.LMAgent",
    ),
    "an unknown term": (
        lambda r: uso.Objective(r.agent, [uso.GuardsKept()], not_worse=["x"]),
        "'x'",
        "guards",
    ),
    "a weight of text": (lambda r: uso.GuardsKept(weight="1"), "weight is '1'", "a number"),
    "an unknown feature": (
        lambda r: uso.ConversationFeatures(["charm"]),
        "charm",
        "short_msg_rate",
    ),
    "a feature as a text": (
        lambda r: uso.ConversationFeatures("short_msg_rate"),
        "features is 'short_msg_rate'",
        "a list",
    ),
    "a preference by a name": (lambda r: uso.Preference("judge"), "a str", "uso.BlindJudge(lm)"),
    "a blind judge of a name": (lambda r: uso.BlindJudge("x"), "'x'", "uso.connect"),
    "a guard without a function": (
        lambda r: uso.UniversalGuard("short", "is short", "x"),
        "objection is 'x'",
        "a function",
    ),
    "a steering that is none": (
        lambda r: uso.realism.LatentSteering("grumpy"),
        "'grumpy'",
        "hurried",
    ),
    "steered by nothing": (lambda r: uso.realism.LatentSteering(), "neither", "sample"),
    "a persona too few": (
        lambda r: uso.realism.PersonaSampler().sample(0),
        "count is 0",
        WHOLE,
    ),
    "a level that is none": (
        lambda r: uso.realism.difficulty("fiendish"),
        "'fiendish'",
        "expected",
    ),
    "measure a list": (
        lambda r: uso.realism.measure([r.talk]),
        "results is [Conversation(",
        "of_conversations",
    ),
    "coverage of numbers": (lambda r: uso.realism.coverage_of([1, 2]), "", "onversation"),
    "track goals by nobody": (
        lambda r: uso.realism.track_goals([r.talk], [r.task], judge=None),
        "judge is None",
        "dspy.LM",
    ),
    "ask about nothing": (
        lambda r: uso.realism.consistency([], [r.task]),
        "no conversation",
        "expected",
    ),
    "tell apart by magic": (
        lambda r: uso.realism.discriminate([r.talk], [r.talk], model="magic"),
        "'magic'",
        "'logistic'",
    ),
    "an agent of tau2 with a negative price": (
        lambda r: uso.tau.AgentMaker("a", print, -1),
        "price is -1",
        "0 or more",
    ),
    "a tau2 customer of a number": (lambda r: uso.tau.user(3, r.lm), "prompt is 3", "a text"),
}

FILES = {
    "no data set": (lambda r: uso.load_dataset("nowhere"), "nowhere: no such", "tasks/"),
    "a data set of None": (lambda r: uso.load_dataset(None), "folder is None", "a path"),
    "a prompt that is not there": (lambda r: uso.read_prompt("none.txt"), "none.txt", "expected"),
    "a prompt of None": (lambda r: uso.read_prompt(None), "path is None", "a path"),
    "no run": (lambda r: uso.load_result("nowhere"), "nowhere", "expected"),
    "a run of None": (lambda r: uso.load_result(None), "run_dir is None", "a path"),
    "no evaluation": (lambda r: uso.read_evaluation("none.json"), "none.json", "expected"),
    "no card": (lambda r: uso.read_judge_card("none.json"), "none.json", "expected"),
    "no replies": (lambda r: uso.read_replies("none.jsonl"), "none.jsonl", "expected"),
    "no preferences": (lambda r: uso.read_preferences("none.jsonl"), "none.jsonl", "expected"),
    "no tasks of tau2": (lambda r: uso.load_tau2("none.json"), "none.json", "expected"),
    "no tasks of tau-bench": (lambda r: uso.load_tau_bench("none.json"), "none.json", "expected"),
    "no state": (lambda r: uso.load_dspy("none.json"), "none.json", "expected"),
    "export a text": (
        lambda r: uso.export_prompt("text", "p.txt"),
        "simulator is 'text'",
        "an OptimizationResult",
    ),
    "export a prompt": (
        lambda r: uso.export_prompt(r.sim.prompt, "p.txt"),
        "is a Prompt",
        "an OptimizationResult",
    ),
    "export to nowhere": (lambda r: uso.export_prompt(r.sim, None), "path is None", "a path"),
    "export a card of text": (
        lambda r: uso.export_prompt(r.sim, "p.txt", card="x"),
        "card is 'x'",
        "a mapping",
    ),
    "export in a form that is none": (
        lambda r: uso.export(r.sim, "p.txt", form="docx"),
        "'docx'",
        "modelfile",
    ),
    "export an option that is none": (
        lambda r: uso.export(r.sim, "p.txt", form="text", base_model="x"),
        "base_model",
        "expected",
    ),
    "a Modelfile of nothing": (
        lambda r: uso.export_modelfile(r.sim, "Modelfile"),
        "base",
        "base_model",
    ),
    "save to a number": (lambda r: r.evaluation.save(3), "path is 3", "a path"),
    "a plot of a text": (lambda r: uso.plots.dimensions("a", "b"), "old is 'a'", "uso.evaluate"),
    "a plot of three names": (
        lambda r: uso.plots.dimensions(r.evaluation, r.evaluation, names="abc"),
        "names is 'abc'",
        "2",
    ),
    "a page of a text": (lambda r: uso.write_realism("x", "a.html"), "measured is 'x'", "measure"),
}

ALL = MEASURING | TALKING | CONNECTING | PIECES | FILES
KINDS = {
    "grade texts": DatasetError,
    "read conversations that are not there": DatasetError,
    "no data set": DatasetError,
    "a prompt that is not there": PromptError,
    "no run": JournalError,
    "no tasks of tau2": DatasetError,
    "no tasks of tau-bench": DatasetError,
}
"""The errors of a kind of their own; all others are plain InputErrors."""


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_input_is_named_with_what_to_do(right, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    act, got, todo = ALL[name]
    with pytest.raises(InputError) as error:
        act(right)
    assert type(error.value) is KINDS.get(name, InputError)
    assert got in str(error.value)
    assert todo in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_there_are_more_than_a_hundred_of_them():
    assert len(ALL) + len(TUNING) > 100


WARNED = {
    "the test split in the place of the smoke split": (
        lambda r, folder: tuned(r, folder, valset=r.test),
        "valset is of the test split.*expected data.smoke",
    ),
    "a placeholder that nothing fills in": (
        lambda r, folder: uso.UserSimulator("Be {mood}.\n\n{scenario}", r.lm),
        "line 1: nothing fills in '{mood}'.*expected plain words",
    ),
}


@pytest.mark.parametrize(("act", "said"), WARNED.values(), ids=WARNED.keys())
def test_what_may_be_meant_is_a_warning_that_points_at_the_caller(right, tmp_path, act, said):
    with pytest.warns(UserWarning, match=said) as warned, suppress(Exception):
        act(right, tmp_path)
    assert Path(warned[0].filename).name == Path(__file__).name


def test_a_prompt_that_is_too_long_costs_no_call(right, tmp_path):
    long = right.sim.with_prompt("- Be brief.\n" * 2000)
    with pytest.raises(InputError, match=r"characters; expected at most"):
        tuned(right, tmp_path, student=long)


def test_a_metric_without_a_judge_tunes_only_what_code_decides_unless_it_is_told(right, tmp_path):
    with pytest.raises(
        InputError, match="6 of 12 scenarios have criteria for a judge.*checks_only"
    ):
        tuned(right, tmp_path, metric=uso.RubricMetric())
    with pytest.raises(TooManyErrors):
        tuned(right, tmp_path, metric=uso.RubricMetric(checks_only=True))


def test_what_compile_refuses_is_refused_before_an_estimate_too(right, tmp_path):
    optimizer = uso.RubricOptimizer(
        metric=right.metric, proposer_lm=right.lm, run_dir=tmp_path / "run", minibatch_size=2
    )
    optimizer.check(right.sim, trainset=right.train, valset=right.smoke)
    with pytest.raises(InputError, match="the valset is empty"):
        optimizer.check(right.sim, trainset=right.train, valset=[])
    assert not (tmp_path / "run").exists()


CHECK_THEMSELVES = {"extract_features", "corrected_features"}
"""They look at each message by its place, and say so in their own words."""


def test_every_public_function_holds_its_arguments_to_their_annotations():
    found = {
        name: each
        for face in (uso, uso.realism, uso.tau, uso.plots)
        for name in face.__all__
        if isfunction(each := getattr(face, name))
    }
    assert len(found) > 60
    assert {name for name, each in found.items() if unwrap(each) is each} == CHECK_THEMSELVES
