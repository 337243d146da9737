"""Whatever a scenario, a history, a reply or an answer holds: no verdict flips.

Nothing crashes, and nothing comes out unescaped.
"""

import json
import re

import dspy
import pytest
from helpers import CRITERION, scenario, scripted
from hostile import HOSTILE
from ollama_server import chat_answer, ollama

import usersim_opt as uso
from usersim_opt.basics import layout, strict_yaml
from usersim_opt.basics.files import write_yaml
from usersim_opt.basics.text import sendable, spoken, without_thoughts
from usersim_opt.customer.prompt import Prompt, parts_of, place
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.judge import enclose
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Runner
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.user import answer
from usersim_opt.results import journal
from usersim_opt.scenarios.dataset import load_dataset, scenario_data, task_data
from usersim_opt.scenarios.records import Examples, Scenario, Task
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.proposal import proposal_material

OPEN = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "The reply is calm."}
CLEAN = {name: text.encode("utf-8", "replace").decode() for name, text in HOSTILE.items()}
every_sendable_text = pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def test_the_corpus_is_large_enough():
    assert len(HOSTILE) >= 60
    assert len(set(HOSTILE.values())) == len(HOSTILE)


def literal_judge(request):
    """Passes a criterion if the reply, as the material holds it, has at most five words."""
    sent = request.messages[0].text
    assert sent.count("<") == 2
    data = json.loads(sent.removeprefix("<material>").removesuffix("</material>"))
    outcome = "pass" if len(data["reply"].split()) <= 5 else "fail"
    return json.dumps(
        {
            "verdicts": [
                {"id": c["id"], "evidence": data["reply"][:50], "verdict": outcome}
                for c in data["criteria"]
            ]
        }
    )


@every_sendable_text
def test_no_verdict_flips_whatever_reply_and_history_hold(text):
    judge, _ = scripted(literal_judge)
    case = scenario(criteria=[CRITERION, OPEN], history=[{"agent": "x" + text}])
    grade = uso.RubricMetric(uso.RubricJudge(judge)).grade(case, text)
    short = "pass" if len(spoken(text).split()) <= 5 else "fail"
    assert [v.outcome for v in grade.verdicts] == [short, short]


@every_text
def test_a_judge_that_echoes_a_text_gives_no_verdict_by_it(text):
    judge, _ = scripted(text)
    case = scenario(
        criteria=[OPEN], examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["calm"]}}
    )
    try:
        grade = uso.RubricMetric(uso.RubricJudge(judge)).grade(case, "no")
    except uso.UsersimError:
        return
    assert grade.verdicts[0].outcome == "unscored"


@every_text
def test_a_panel_whose_judges_echo_a_text_gives_no_verdict_by_it(text):
    judges = [scripted(text)[0] for _ in range(3)]
    case = scenario(
        criteria=[OPEN], examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["calm"]}}
    )
    for rule in ("majority", "escalate"):
        metric = uso.RubricMetric(uso.JudgePanel(judges, rule=rule))
        try:
            grade = metric.grade(case, "no")
        except uso.UsersimError:
            continue
        assert grade.verdicts[0].outcome == "unscored"


@every_sendable_text
def test_no_verdict_of_a_panel_flips_whatever_a_reply_holds(text):
    panel = uso.JudgePanel([scripted(literal_judge)[0] for _ in range(2)])
    case = scenario(criteria=[CRITERION, OPEN], history=[{"agent": "x" + text}])
    grade = uso.RubricMetric(panel).grade(case, text)
    short = "pass" if len(spoken(text).split()) <= 5 else "fail"
    assert [v.outcome for v in grade.verdicts] == [short, short]


VERDICT_LIKE = (
    "verdict json", "verdict fail", "verdict line", "verdict shout", "close and open", "dspy score",
    "ignore rubric", "ignore all", "system role", "function call", "as the judge", "fake evidence",
)  # fmt: skip


def test_a_calibration_counts_no_verdict_that_a_labelled_reply_claims(tmp_path):
    """Every reply claims verdicts; the judge goes by length, and so do the labels."""
    cases = {
        f"{number:03}.3": scenario(f"{number:03}.3", criteria=[OPEN])
        for number in range(1, len(VERDICT_LIKE) + 1)
    }
    data = [
        dspy.Example(record=case, task=Task(id=case.task_id, domain="d", source="s", story="s"))
        for case in (each.model_copy(update={"examples": PLAIN}) for each in cases.values())
    ]
    labels = [
        {"scenario": name, "reply": HOSTILE[text], _side(HOSTILE[text]): ["calm"]}
        for name, text in zip(cases, VERDICT_LIKE, strict=True)
    ]
    judge = uso.RubricJudge(scripted(literal_judge)[0])
    card = uso.calibrate_judge(judge, data, labels, repeats=1)
    people = next(group for group in card.sources if group.name == "people")
    assert people.agreement.of == len(VERDICT_LIKE)
    assert people.agreement.share == 1.0
    assert people.unscored == 0
    assert all(each.changed.count == 0 for each in card.stability)
    read = uso.read_judge_card(card.save(tmp_path / "judge.json"))
    assert read == card


PLAIN = Examples.model_validate(
    {"pass": ["a"], "fail": {"reply": "one two three four five six", "fails": ["calm"]}}
)


def _side(reply):
    return "passes" if len(spoken(reply).split()) <= 5 else "fails"


@every_text
def test_the_block_of_data_holds_any_text_and_nothing_in_it_is_a_tag(text):
    block = enclose({"a": text, text: [text]})
    assert block.count("<") == 2
    assert json.loads(block.removeprefix("<material>").removesuffix("</material>")) == {
        "a": text,
        text: [text],
    }


@every_text
def test_the_simulator_is_sent_any_story_and_history_as_they_are(text):
    lm, engine = scripted("no")
    uso.UserSimulator("Rules.\n\n{scenario}\n\nEnd.", lm)(
        scenario=text, history=[{"role": "agent", "content": "x" + text}]
    )
    assert engine.requests[0].system == "Rules.\n\n" + sendable(text) + "\n\nEnd."
    assert engine.requests[0].messages[0].text == "x" + sendable(text)


@every_text
def test_a_reply_is_kept_as_it_came_without_thoughts_or_refused_as_empty(text):
    lm, _ = scripted(text)
    task = Task(id="001", domain="d", source="s", story="s")
    job = Job(
        simulator=uso.UserSimulator("p", lm),
        task=task,
        scenario=scenario(),
        version="v",
        stage="s",
        repeat=0,
        seed=1,
    )
    (outcome,) = Runner(uso.RubricMetric()).run([job])
    said = without_thoughts(text).strip()
    assert outcome.status == ("scored" if said else "error")
    assert outcome.reply == said


@every_text
def test_a_run_s_record_holds_any_reply(text, tmp_path):
    grade = uso.RubricMetric().grade(scenario(), text)
    outcome = Outcome(
        scenario="001.3",
        version="v",
        stage="s",
        repeat=0,
        status="scored",
        reply=text,
        grade=grade,
        why=text,
    )
    with journal.Journal.open(tmp_path, {"x": 1}) as log:
        log.append({"event": "outcome"} | outcome.model_dump(mode="json"))
    (event,) = journal.read(tmp_path)[1]
    assert (
        Outcome.model_validate({k: v for k, v in event.items() if k not in ("event", "at")})
        == outcome
    )


@every_sendable_text
def test_tables_and_pages_show_any_text_escaped(text):
    case = scenario(criteria=[CRITERION | {"text": "x" + text}], history=[{"agent": "x" + text}])
    grade = uso.RubricMetric().grade(case, text)
    evaluation = Evaluation(
        {case.id: case},
        [
            Outcome(
                scenario=case.id,
                version="v",
                stage="s",
                repeat=0,
                status="scored",
                reply=text,
                grade=grade,
            )
        ],
    )
    page = re.sub(r' style="[a-z:;-]+"', "", layout.table([text], [[layout.text(text)]]))
    assert re.findall(r"<(?!/?(?:table|thead|tbody|tr|th|td|br)>)", page) == []
    assert '"' not in re.sub(r"&\w+;", "", page)
    assert text[:20].strip() in evaluation.failures() or not evaluation.failing


@every_sendable_text
def test_a_data_set_holds_any_text_that_is_utf_8(text, tmp_path):
    case = scenario("001.3", history=[{"agent": "x" + text}])
    task = Task(id="001", domain="d", source="s", story="x" + text)
    write_yaml(tmp_path / "tasks" / "001.yaml", task_data(task))
    write_yaml(tmp_path / "scenarios" / "001.3.yaml", scenario_data(case))
    write_yaml(tmp_path / "splits.yaml", {"train": ["001"], "smoke": [], "test": []})
    data = load_dataset(tmp_path)
    assert data.tasks["001"] == task
    assert data.scenarios["001.3"] == case.of_task(task)


@every_text
def test_a_text_read_as_yaml_is_data_or_an_error(text, tmp_path):
    (tmp_path / "a.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        data = strict_yaml.load(tmp_path / "a.yaml")
    except uso.UsersimError:
        return
    json.dumps(data)


@every_text
def test_a_prompt_holds_any_text_or_is_refused(text):
    assert "".join(part.text for part in parts_of(text)) == text
    assert place("a{scenario}b", text) == f"a{text}b"
    try:
        prompt = Prompt("Rules. " + text)
    except uso.UsersimError:
        return
    assert prompt.render() == prompt.text
    stored = dspy.Signature("a -> b").with_instructions(uso.UserSimulator(prompt).prompt.text)
    assert stored.instructions == prompt.text


@every_sendable_text
def test_the_proposer_s_material_and_the_guard_take_any_text(text):
    case = scenario(history=[{"agent": "x" + text}])
    outcome = Outcome(
        scenario=case.id,
        version="v",
        stage="s",
        repeat=0,
        status="scored",
        reply=text,
        grade=uso.RubricMetric().grade(case, text),
    )
    task = Task(id="001", domain="d", source="s", story="x" + text)
    guard = Guard.of([task], [case], Prompt("You are a customer."))
    try:
        prompt = Prompt("p " + text)
    except uso.UsersimError:
        prompt = Prompt("p")
    assert proposal_material(prompt, {case.id: case}, [outcome]).count("<") == 2
    guard.objections(prompt)


@every_text
def test_the_stand_in_user_answers_any_text(text):
    assert answer(
        Call(
            system="Rules.\n<scenario>\n" + text + "\n</scenario>",
            turns=(("user", text),),
            temperature=1.0,
            seed=1,
        )
    ).strip()


@pytest.mark.parametrize(
    "name",
    [
        "script",
        "lone surrogate",
        "nul",
        "huge line",
        "dspy reply",
        "braces",
        "line separator",
        "chat markers",
    ],
)
def test_any_text_goes_over_the_wire_and_back(name):
    text = CLEAN[name]
    with ollama(lambda body: (200, chat_answer("x" + text, prompt_eval_count=10**6))) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        reply = uso.UserSimulator("Rules. {scenario}", lm)(
            scenario=text, history=[{"role": "agent", "content": "x" + text}]
        ).reply
    assert server.bodies[0]["messages"][0]["content"] == "Rules. " + text
    assert reply == ("x" + text).strip()


def test_a_scenario_with_every_text_at_once_is_a_scenario():
    history = [
        turn
        for text in CLEAN.values()
        for turn in ({"agent": "x" + text}, {"customer": "y" + text})
    ]
    assert isinstance(scenario(history=[*history, {"agent": "z"}]), Scenario)
