"""Every loader of a file from outside: a good file of its kind, and the text it gives back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import dspy
import yaml
from helpers import scenario
from talks import talk

import usersim_opt as uso
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.recorded.grading import grade_replies
from usersim_opt.measuring.recorded.preferences import read_preferences
from usersim_opt.measuring.recorded.replies import read_replies
from usersim_opt.measuring.recorded.saved import read_evaluation
from usersim_opt.results.card import card_files, read_card
from usersim_opt.results.export import read_scenario
from usersim_opt.results.export.dspy_state import load_dspy
from usersim_opt.results.journal import FILE, Journal, read
from usersim_opt.scenarios.authoring.written import RECORD_FILE, Written
from usersim_opt.scenarios.dataset import scenario_data
from usersim_opt.scenarios.kinds import read_kinds
from usersim_opt.tau.dialogues import load_dialogues

TEXT = "nein, den Rückflug! 不对 \U0001f600"


@dataclass(frozen=True)
class Loader:
    """`good` is the text of a file that holds TEXT; `text` loads a file and gives TEXT back."""

    file: str
    good: Callable[[], str]
    text: Callable[[Path], str]
    form: str
    """`json`, `yaml`, `python` or `text`: the form decides which faults a file can have."""
    key: str = ""
    """A key that stands in the file."""
    own: bool = False
    """Whether it is a record of ours, which keeps half characters as a model wrote them."""
    beside: dict[str, str] = field(default_factory=dict)
    """Other files that have to stand there, by name."""


def _line(**fields) -> Callable[[], str]:
    return lambda: json.dumps(fields, ensure_ascii=False) + "\n"


def _list(**fields) -> Callable[[], str]:
    return lambda: json.dumps([fields], ensure_ascii=False, indent=1) + "\n"


def _yaml(data) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


TASK = {"id": "001", "domain": "air", "source": "s", "story": "Story."}
SPLITS = {"train": ["001"], "smoke": [], "test": []}
TAU2 = {"domain": "air", "reason_for_call": TEXT, "task_instructions": "Be firm."}
TURNS = [{"role": "agent", "content": TEXT}]
SIDES = {"one": {"reply": TEXT}, "other": {"reply": "b"}, "chosen": "one"}


def _scenario_data() -> dict:
    return scenario_data(scenario(history=[{"agent": "What is it?"}]))


_DATA = {
    "tasks/001.yaml": _yaml(TASK),
    "scenarios/001.3.yaml": _yaml(_scenario_data()),
    "splits.yaml": _yaml(SPLITS),
}


def _kinds(folder: Path) -> str:
    return read_kinds(folder).dimensions["manner.warmth"]


@cache
def _made(make: Callable[[Path], Path]) -> str:
    """The text of a file that one of our own writers made."""
    with TemporaryDirectory() as folder:
        return make(Path(folder)).read_text(encoding="utf-8")


def _evaluation(folder: Path) -> Path:
    case = scenario()
    task = uso.Task(**TASK)
    example = dspy.Example(record=case.of_task(task), task=task)
    example = example.with_inputs("scenario", "history")
    grade_replies([{"scenario": case.id, "reply": TEXT}], [example], uso.RubricMetric()).save(
        folder / "e.jsonl"
    )
    return folder / "e.jsonl"


def _conversations(form: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return uso.write_conversations([talk("Hi!", TEXT)], folder / "c", form=form)

    return make


def _card(folder: Path) -> Path:
    sim = uso.UserSimulator(Prompt("You are a customer."), uso.connect("offline/user"))
    uso.export_prompt(sim, folder / "p.txt")
    path = card_files(folder / "p.txt")[0]
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data | {"remark": TEXT}, ensure_ascii=False), encoding="utf-8")
    return path


def _state(folder: Path) -> Path:
    sim = uso.UserSimulator(Prompt(f"You are a customer. {TEXT}"), uso.connect("offline/user"))
    uso.export_dspy(sim, folder / "s.json")
    return folder / "s.json"


def _journal(folder: Path) -> Path:
    with Journal.open(folder / "run", {"prompt": TEXT}):
        pass
    return folder / "run" / FILE


def _of_state(file: Path) -> str:
    return load_dspy(file, lm=uso.connect("offline/user")).prompt.text


LOADERS = {
    "tau-bench, Python": Loader(
        "t.py",
        lambda: f"TASKS = [\n    Task(user_id='a', instruction='{TEXT}'),\n]\n",
        lambda file: uso.load_tau_bench(file)[0].story,
        "python",
    ),
    "tau-bench, JSON": Loader(
        "t.json",
        _list(id=0, instruction=TEXT),
        lambda file: uso.load_tau_bench(file)[0].story,
        "json",
        "instruction",
    ),
    "tau-bench, JSON lines": Loader(
        "t.jsonl",
        _line(id=0, instruction=TEXT),
        lambda file: uso.load_tau_bench(file)[0].story,
        "json",
        "instruction",
    ),
    "tau2": Loader(
        "t.json",
        _list(id="0", user_scenario={"instructions": TAU2}),
        lambda file: uso.load_tau2(file)[0].story,
        "json",
        "reason_for_call",
    ),
    "tau2, plain instructions, JSON lines": Loader(
        "t.jsonl",
        _line(id="0", user_scenario={"instructions": TEXT}),
        lambda file: uso.load_tau2(file)[0].story,
        "json",
        "instructions",
    ),
    "dialogues": Loader(
        "d.jsonl",
        _line(turns=TURNS),
        lambda file: load_dialogues(file)[0][0].text if load_dialogues(file)[0] else "",
        "json",
        "content",
    ),
    "task": Loader(
        "tasks/001.yaml",
        lambda: _yaml(TASK | {"story": TEXT}),
        lambda file: uso.load_dataset(file.parent.parent).tasks["001"].story,
        "yaml",
        "story",
        beside=_DATA,
    ),
    "scenario": Loader(
        "scenarios/001.3.yaml",
        lambda: _yaml(_scenario_data() | {"history": [{"agent": TEXT}]}),
        lambda file: uso.load_dataset(file.parent.parent).scenarios["001.3"].history[0].text,
        "yaml",
        "id",
        beside=_DATA,
    ),
    "splits": Loader(
        "splits.yaml",
        lambda: f"# {TEXT}\n" + _yaml(SPLITS),
        lambda file: TEXT if uso.load_dataset(file.parent).train else "",
        "yaml",
        "train",
        beside=_DATA,
    ),
    "kinds": Loader(
        "kinds.yaml",
        lambda: _yaml({"families": {"manner": {"warmth": TEXT}}}),
        _kinds,
        "yaml",
        "warmth",
    ),
    "prompt": Loader("p.txt", lambda: TEXT, lambda file: uso.read_prompt(file).text, "text"),
    "story": Loader("s.txt", lambda: TEXT, read_scenario, "text"),
    "replies": Loader(
        "r.jsonl",
        _line(scenario="001.3", reply=TEXT),
        lambda file: read_replies(file)[0].reply,
        "json",
        "reply",
    ),
    "preferences": Loader(
        "p.jsonl",
        _line(scenario="001.3", **SIDES),
        lambda file: read_preferences(file)[0].one.reply,
        "json",
        "chosen",
    ),
    "hashes of a build": Loader(
        RECORD_FILE,
        lambda: json.dumps({"001.3": TEXT}, ensure_ascii=False),
        lambda file: Written.read(file.parent).hashes["001.3"],
        "json",
        "001.3",
    ),
    "DSPy state": Loader("s.json", lambda: _made(_state), _of_state, "json", "metadata"),
    "conversations": Loader(
        "c.jsonl",
        lambda: _made(_conversations("jsonl")),
        lambda file: uso.read_conversations(file)[0].turns[-1].text,
        "json",
        "seed",
        own=True,
    ),
    "results of tau2": Loader(
        "c.json",
        lambda: _made(_conversations("tau2")),
        lambda file: uso.read_conversations(file)[0].turns[-1].text,
        "json",
        "task_id",
        own=True,
    ),
    "saved evaluation": Loader(
        "e.jsonl",
        lambda: _made(_evaluation),
        lambda file: read_evaluation(file).outcomes[0].reply,
        "json",
        "reply",
        own=True,
    ),
    "card": Loader(
        "p.json",
        lambda: _made(_card),
        lambda file: read_card(file.with_suffix(".txt"))["remark"],
        "json",
        "sha256",
        own=True,
    ),
    "journal": Loader(
        f"run/{FILE}",
        lambda: _made(_journal),
        lambda file: read(file.parent)[0]["inputs"]["prompt"],
        "json",
        "prompt",
        own=True,
    ),
}
