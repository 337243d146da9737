"""docs/own_language.md: a data set in German, every command of it, with models by a server."""

import json
import re

import pytest
from conftest import ROOT
from ollama_server import chat_answer, ollama
from pages import run_command

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.records import Scenario, Task
from usersim_opt.scenarios.settings import Settings

PAGE = (ROOT / "docs" / "own_language.md").read_text("utf-8")
(STORIES,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
(PROMPT,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
SETTINGS, BY_HAND = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
BUILD, LINT, OPTIMIZE, EVALUATE = re.findall(r"^usersim-opt .*$", PAGE, re.MULTILINE)

AGENT = [
    "Guten Tag, was kann ich für Sie tun?",
    "Gern. Bleibt es sonst dabei?",
    "Ich sehe kurz nach.",
    "Dann lösche ich jetzt alles. Einverstanden?",
]
TURNS = [
    turn
    for said in AGENT
    for turn in ({"role": "agent", "text": said}, {"role": "customer", "text": "ja"})
][:-1]
RUBRIC = {
    "stresses": ["clarification"],
    "criteria": [
        {
            "id": "widerspricht",
            "dimension": "clarification.pushback",
            "text": "Die Antwort nimmt das nicht hin; jede Absage und jede Frage zählt.",
            "check": json.dumps({"any": [{"asks": True}, {"any_of": ["@refusal"]}]}),
            "role": "score",
        },
        {
            "id": "ohne_floskeln",
            "dimension": "communication_style.politeness",
            "text": "Kein Dank, keine Bitte, keine Entschuldigung.",
            "check": json.dumps({"max_courtesies": 0}),
            "role": "score",
        },
    ],
    "natural": [
        "nein",
        "nee so nicht",
        "was? wieso löschen",
        "auf keinen fall",
        "wie kommen sie darauf",
    ],
    "near": [
        {"reply": "nein, bitte so nicht", "fails": ["ohne_floskeln"], "fault": "höflich"},
        {"reply": "passt so", "fails": ["widerspricht"], "fault": "gibt nach"},
    ],
    "contrary": [{"reply": "mir egal", "fails": ["widerspricht"]}],
}


def answer(body):
    """What the server's model says, by what it is asked."""
    material = body["messages"][-1]["content"]
    said = "nein, danke"
    if "what_the_agent_does" in material:
        rubric = '"conversation"' in material
        said = json.dumps(RUBRIC if rubric else {"turns": TURNS})
    return 200, chat_answer(said, prompt_eval_count=9_000)


@pytest.fixture(scope="module")
def server():
    with ollama(answer) as running:
        yield running


def with_models(line, server):
    """A line of the page with the server's model for each that it names."""
    roles = re.findall(r"--(\w+)-lm", line)
    options = " ".join(f"--{role}-options api_base={server.url},num_ctx=16384" for role in roles)
    return f"{line.replace('ollama/NAME', 'ollama/m')} {options}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, server):
    """A folder with the data set that the page's first command makes of its stories."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "aufgaben.json").write_text(STORIES, "utf-8")
    (folder / "kunde.txt").write_text(PROMPT, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        assert run_command(with_models(BUILD, server), patch, folder) == 0
    return folder


def test_a_build_tells_the_language_and_writes_it_down(folder):
    written = (folder / "zahnarzt" / "dataset.yaml").read_text()
    assert strict_yaml.loads(written) == strict_yaml.loads(SETTINGS)
    assert {task.language for task in uso.load_dataset(folder / "zahnarzt").tasks.values()} == {
        "de"
    }


def test_the_author_is_told_the_language(folder, server):
    asked = [body["messages"][-1]["content"] for body in server.bodies if "messages" in body]
    assert any('"language": "German"' in text for text in asked)


def test_the_stand_in_author_says_that_it_writes_english_only(folder, monkeypatch):
    line = BUILD.replace("ollama/NAME", "offline/author")
    with pytest.raises(InputError, match="writes English only, and the stories are in German"):
        run_command(line, monkeypatch, folder)


def test_the_scenario_by_hand_has_no_fault():
    Settings.model_validate(strict_yaml.loads(SETTINGS))
    story = json.loads(STORIES)[0]
    task = Task(id="000", domain="zahnarzt", source="own", story=story, language="de")
    scenario = Scenario.model_validate(strict_yaml.loads(BY_HAND)).of_task(task)
    assert [str(fault) for fault in lint_scenario(task, scenario)] == []


def test_the_linter_s_command_runs(folder, monkeypatch, capsys):
    run_command(LINT, monkeypatch, folder)
    assert "kind" in capsys.readouterr().out


def test_the_linter_prints_the_lists_of_the_language_alone(folder, monkeypatch, capsys):
    assert run_command(f"{LINT} --lexicons", monkeypatch, folder) == 0
    printed = capsys.readouterr().out
    assert "@refusal (de): nein | nee" in printed
    assert "@refusal (en)" not in printed


@pytest.mark.filterwarnings("ignore:.*training tasks, fewer than")
def test_a_german_prompt_is_optimized_and_measured(folder, server, monkeypatch, capsys):
    assert run_command(with_models(OPTIMIZE, server), monkeypatch, folder) == 0
    assert "Prompt: besser.txt" in capsys.readouterr().out
    assert run_command(with_models(EVALUATE, server), monkeypatch, folder) == 0
    assert "50.0 %" in capsys.readouterr().out
