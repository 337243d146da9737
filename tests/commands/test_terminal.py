"""Whatever servers, files and models say: nothing of it makes a terminal do something."""

import csv
import json
import shutil
import warnings
from pathlib import Path

import pytest
from conftest import BASE_PROMPT, ROOT
from ollama_server import chat_answer, ollama
from reviews import CALM, CRITERION, IDS, made_dataset

import usersim_opt as uso
from usersim_opt.basics.files import write_yaml
from usersim_opt.commands.entry.table import COMMANDS
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.results.journal import FILE as JOURNAL

pytestmark = pytest.mark.filterwarnings("ignore:the prompt was measured with")
EVIL = "x\x1b[31m\x1b]0;title\x07\r\x9b31m\u202e\u2066y"
WISHES = (
    "A seat by the aisle, as your knee hurts.",
    "You pay with the voucher of last winter.",
    "Your twins of nine come with you.",
    "No meat for lunch; peanuts make you ill.",
    "The cello travels in the cabin.",
    "You moved to Lisbon, so the address is another.",
)
OBEYED = set("\x1b\x07\r\x9b\x08\u202e\u2066")
TALKS = ROOT / "docs" / "examples" / "conversations_base.jsonl"
FORMAT_1 = ROOT / "tests" / "results" / "runs" / "format_1"
CRITERIA = [each | {"text": f"{each['text']} {EVIL}"} for each in (CRITERION, CALM)]


def is_plain(text):
    return not OBEYED & set(text)


@pytest.fixture
def said(started, tmp_path, monkeypatch):
    """Run a command in a folder of hostile files; all that it says, which must be plain."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(warnings, "filters", [("always", None, Warning, None, 0)])

    def run(*arguments, status=(0, 1)):
        code, out, err = started(*arguments)
        assert is_plain(out), out
        assert is_plain(err), err
        assert "Traceback" not in err
        assert code in status, err
        return out + err

    return run


@pytest.fixture
def data(tmp_path):
    """A data set whose every text is hostile."""
    folder = tmp_path / f"data {EVIL}"
    made = made_dataset(folder, criteria=CRITERIA)
    for (name, task), wish in zip(made.tasks.items(), WISHES, strict=True):
        write_yaml(
            folder / "tasks" / f"{name}.yaml",
            {"id": name, "domain": "air", "source": "own", "story": f"{task.story} {wish} {EVIL}"},
        )
    return folder


@pytest.fixture
def prompt(tmp_path):
    file = tmp_path / f"prompt {EVIL}.txt"
    file.write_text("Play the customer. Be brief.\n- Say one thing.\n- Never thank.\n")
    return file


@pytest.fixture
def server():
    with ollama(lambda body: (200, chat_answer(f"no, thursday, that is {EVIL}"))) as running:
        yield running


def saved(data, file):
    """Replies to the data set, with everything hostile that a file can hold."""
    loaded = uso.load_dataset(data)
    outcomes = [
        Outcome(
            scenario=name,
            version=f"v {EVIL}",
            stage="evaluate",
            repeat=0,
            status="scored",
            reply=f"{EVIL} {name}",
            grade=uso.Grade(
                scenario=name,
                verdicts=(
                    Verdict(criterion="short", outcome="fail", evidence=EVIL, source="check"),
                    Verdict(criterion="calm", outcome="fail", evidence=EVIL, source="judge"),
                ),
            ),
        )
        for name in IDS
    ]
    origin = Origin(name=EVIL, models={"judge": f"openai/{EVIL}"})
    return Evaluation(dict(loaded.scenarios), outcomes, origin=origin).save(file)


def asked(data, prompt, server):
    options = ["--user-lm", "ollama/m", "--user-options", f"api_base={server.url}"]
    return ["--dataset", data, "--prompt", prompt, *options]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_no_command_hands_on_what_it_is_given(said, command):
    for arguments in ([EVIL], [f"--{EVIL}"], [EVIL, EVIL, "--dataset", EVIL]):
        if (command.name, arguments) != ("init", [EVIL]):
            said(command.name, *arguments, status=(1, 2) if command.name != "smoke" else (2,))


def test_a_command_that_is_none_and_a_project(said):
    said(EVIL, status=(2,))
    assert "Written:" in said("init", EVIL)


def test_settings_are_named_plainly(said, tmp_path, monkeypatch):
    (tmp_path / EVIL).mkdir()
    (tmp_path / EVIL / "usersim.toml").write_text("seed = 3\n")
    monkeypatch.chdir(tmp_path / EVIL)
    assert "sets --seed" in said("optimize", "--out", "o.txt", "--prompt", "none", status=(2,))


def test_replies_and_failures_of_evaluations(said, data, prompt, server):
    shown = said(
        "evaluate", *asked(data, prompt, server), "--split", "train", "--seeds", 1, "--show", 9
    )
    assert "thursday" in shown
    more = ["--against", BASE_PROMPT, "--split", "train", "--seeds", 1, "--save", f"e {EVIL}"]
    assert "Saved: e " in said("evaluate", *asked(data, prompt, server), *more)


@pytest.mark.parametrize("status", [400, 404, 500])
def test_errors_of_a_server(said, data, prompt, status):
    with ollama(lambda body: (status, {"error": f"no such model {EVIL}"})) as server:
        said("evaluate", *asked(data, prompt, server), "--split", "train", status=(2,))
        rest = ["--out", "o.txt", "--max-calls", 900]
        said("optimize", *asked(data, prompt, server), *rest, status=(2,))


def test_a_search_and_its_plan(said, data, prompt):
    what = ["--dataset", data, "--prompt", prompt, "--out", f"o {EVIL}.txt", "--max-calls", 900]
    said("optimize", *what, "--dry-run", status=(0, 2))
    said(
        "consider",
        prompt,
        *what[:2],
        "--prompt",
        "base",
        "--out",
        f"o {EVIL}.txt",
        "--dry-run",
        status=(0, 2),
    )


def test_texts_of_a_data_set(said, data):
    assert "faults, " in said("lint-dataset", data, "--all")
    assert "Train and smoke" in said("lint-dataset", data)


def test_a_judge_that_disagrees_with_people(said, data, tmp_path):
    labels = [
        {"scenario": name, "reply": f"{EVIL} one two three four", "passes": ["short", "calm"]}
        for name in IDS[:4]
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(each) + "\n" for each in labels))
    more = ["--labels", "labels.jsonl", "--repeats", 0, "--save", f"card {EVIL}"]
    assert "disagreement" in said("calibrate-judge", data, *more)


def test_items_of_replies_and_cells_that_a_spreadsheet_would_run(said, data, tmp_path):
    file = saved(data, tmp_path / f"new {EVIL}.jsonl")
    assert "The worst items" in said("items", file, "--csv", "i.csv", "--html", f"i {EVIL}")
    with (tmp_path / "i.csv").open(newline="") as opened:
        cells = [cell for row in csv.reader(opened) for cell in row]
    assert cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_a_worksheet_and_what_follows(said, data, tmp_path):
    files = [saved(data, tmp_path / f"{name} {EVIL}.jsonl") for name in ("old", "new")]
    judge = ["--judge-lm", "offline/judge"]
    assert "verdicts to look at" in said("review-rubrics", "export", *files, "--sheet", "s", *judge)
    sheet = tmp_path / "s.yaml"
    sheet.write_text(sheet.read_text().replace("label: ''", "label: pass"))
    more = ["--dataset", data, "--who", "p07", "--save", "regraded"]
    assert "Saved: regraded" in said("review-rubrics", "import", "s.yaml", *files, *more)
    assert {each.parent for each in tmp_path.rglob("*.jsonl")} >= {tmp_path / "regraded"}


def test_a_run_folder_that_somebody_sent(said, tmp_path):
    folder = tmp_path / f"run {EVIL}"
    folder.mkdir()
    shutil.copy(FORMAT_1 / "data.json", folder)
    text = (FORMAT_1 / JOURNAL).read_text()
    evil = json.dumps(EVIL)[1:-1]
    for key in ("reply", "reason", "why", "evidence", "text"):
        text = text.replace(f'"{key}": "', f'"{key}": "{evil}')
    (folder / JOURNAL).write_text(f"{text}no line {EVIL}\n")
    assert "Report: " in said("report", folder)
    assert said("watch", folder, "--once")
    said("export", folder, "--text", "t.txt", status=(0, 2))


def test_conversations(said, data, prompt, server, tmp_path):
    more = ["--split", "train", "--max-turns", 2, "--run-dir", f"talks {EVIL}", "--html", EVIL]
    assert "Written: " in said("converse", *asked(data, prompt, server), *more)
    (folder,) = (tmp_path / f"talks {EVIL}").iterdir()
    assert "conversations" in said("consistency", folder, "--dataset", data)
    assert "figure" in said("measure-realism", *folder.glob("*.jsonl"), "--html", f"m {EVIL}")
    said("tell-apart", *folder.glob("*.jsonl"), TALKS, "--permutations", 9, status=(0, 2))


def test_a_survey(said, prompt, tmp_path):
    talk = [{"role": "user", "content": EVIL}, {"role": "assistant", "content": "Yes?"}]
    (tmp_path / "human.json").write_text(json.dumps({"airline_0": {"conversation": talk}}))
    (tmp_path / "tasks.json").write_text(json.dumps([{"id": 0, "instruction": f"You {EVIL}."}]))
    more = ["--tasks", "airline=tasks.json", "--prompt", prompt, "--out", f"a {EVIL}.json"]
    assert "rated" in said("survey", "human.json", *more)


def test_what_a_build_leaves_out(said, tmp_path):
    tasks = [{"id": 0, "user_id": EVIL, "instruktion": EVIL}, {"id": EVIL, "instruction": EVIL}]
    (tmp_path / f"{EVIL}.json").write_text(json.dumps(tasks))
    said("build-dataset", "--tasks", f"{EVIL}.json", "--out", "d", status=(1, 2))


def test_a_benchmark_under_a_prompt_of_a_hostile_name(said, prompt):
    checkout = ROOT / "tests" / "tau" / "bench" / "standin"
    more = ["--domain", "shop", "--task-ids", "0", "--html", f"p {EVIL}"]
    told = said("evaluate-tau-bench", "--checkout", checkout, "--prompt", prompt, *more)
    assert "Written: p " in told
    page = next(Path().glob("p x*"))
    assert is_plain(page.read_text())
