"""docs/rubrics.md: whoever writes a rubric needs nothing else, so all that it says is true."""

import re

import pytest
from conftest import ROOT

from programs import run
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.lint import lint_dataset, lint_scenario
from usersim_opt.scenarios.authoring.rules import criteria, leakage, similarity
from usersim_opt.scenarios.authoring.rules import examples as example_rules
from usersim_opt.scenarios.authoring.rules.quality import FIGURES
from usersim_opt.scenarios.authoring.rules.quality import KINDS as FINDINGS
from usersim_opt.scenarios.dataset import load_dataset, scenario_data
from usersim_opt.scenarios.kinds import DIMENSIONS, STANDARD
from usersim_opt.scenarios.records import Scenario, Task

PAGE = (ROOT / "docs" / "rubrics.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"^usersim-opt ([\w-]+) (.*)$", PAGE.replace("\\\n", ""), re.MULTILINE)


def table(head):
    """The rows below a head, each by the name that it begins with: what the other cells hold."""
    rows = re.search(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", rows.group(1), re.MULTILINE))


FOUND = table("fault | what is wrong") | table("advice | what measures little")


@pytest.fixture
def read(tmp_path):
    """A block of YAML as data, by the loader of data sets."""

    def load(block):
        file = tmp_path / "block.yaml"
        file.write_text(block)
        return strict_yaml.load(file)

    return load


@pytest.fixture
def task(read):
    return parse(read(BLOCKS[0]), Task, where="rubrics.md")


@pytest.fixture
def scenario(read, task):
    return parse(read(BLOCKS[1]), Scenario, where="rubrics.md").of_task(task)


@pytest.fixture
def examples(read):
    """The examples of checks."""
    return [example for block in BLOCKS[2:] for example in read(f"examples:\n{block}")["examples"]]


def test_the_scenario_of_the_page_has_no_fault(task, scenario):
    assert [str(fault) for fault in lint_scenario(task, scenario)] == []


def test_each_criterion_of_the_page_s_scenario_is_failed_by_an_example(scenario):
    failed = {name for failure in scenario.examples.failures for name in failure.fails}
    assert failed == {criterion.id for criterion in scenario.criteria}


def test_every_example_of_a_check_is_true(examples, scenario):
    wrong = []
    for example in examples:
        checks.validate(example["check"])
        passes = checks.run(example["check"], example["passes"], scenario.moment)
        fails = checks.run(example["check"], example["fails"], scenario.moment)
        if not passes.holds or fails.holds:
            wrong.append((example, passes.evidence, fails.evidence))
    assert wrong == []


def test_every_kind_of_check_has_an_example(examples):
    assert {kind for example in examples for kind in example["check"]} == set(checks.KINDS)


def test_every_dimension_type_and_lexicon_is_on_the_page():
    named = set(re.findall(r"`@?([\w.]+)`", PAGE))
    assert set(DIMENSIONS) | set(STANDARD.types) | set(checks.LEXICONS) <= named


def test_the_checks_beside_the_dimensions_are_valid(read):
    rows = re.findall(r"^\| `[\w]+\.[\w]+` .*\| `(\{.*\})` \|$", PAGE, re.MULTILINE)
    assert len(rows) >= len(DIMENSIONS)
    for row in rows:
        checks.validate(read(f"check: {row}")["check"])


def test_the_python_of_the_page_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "rubrics.md", "exec"), {})
    found = checks.run({"max_words": 6}, "no, one room. two beds")
    assert f"# {found}" in code


def test_the_fields_of_a_task_are_those_of_its_file():
    first = table("field | what it holds")
    assert set(first) == set(Task.model_fields)


def test_the_types_have_the_agent_turns_of_the_kinds():
    shown = {
        name: cells.split(" | ")[0] for name, cells in table("type | agent turns so far").items()
    }
    turns = {name: (kind.least_turns, kind.most_turns) for name, kind in STANDARD.types.items()}
    assert shown == {
        name: f"{least} to {most}" if least < most else str(least)
        for name, (least, most) in turns.items()
    }


def test_no_criterion_beside_a_dimension_joins_two_behaviours(task, scenario):
    rows = re.findall(r"^\| `(\w+\.\w+)` \| [^|]+ \| ([^|]+) \| `\{", PAGE, re.MULTILINE)
    assert len(rows) >= len(DIMENSIONS)
    first, *others = scenario.criteria
    wrong = []
    for dimension, text in rows:
        shown = first.model_copy(update={"dimension": dimension, "text": text})
        told = scenario.model_copy(update={"criteria": (shown, *others)})
        wrong += [
            str(fault)
            for fault in lint_scenario(task, told)
            if fault.kind in ("two_behaviours", "hidden_thing", "long_criterion")
        ]
    assert wrong == []


def test_the_page_says_what_each_kind_of_finding_is_and_whether_it_counts():
    assert set(table("fault | what is wrong")) == {n for n, kind in FINDINGS.items() if kind.counts}
    assert set(FOUND) == set(FINDINGS)


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("long_criterion", [criteria.MAX_WORDS]),
        ("same_criterion", [round(100 * criteria.SAME)]),
        ("few_natural_replies", [example_rules.SHORT]),
        ("near_too_long", [FIGURES.near_least, FIGURES.near_ratio]),
        ("not_contrary", [FIGURES.curt_words]),
        ("twin", [similarity.LONG]),
        ("shared_with_held_out", [leakage.PHRASE_WORDS]),
        ("first_form", [FIGURES.natural, FIGURES.near, FIGURES.contrary]),
        ("alike_replies", [round(100 * FIGURES.alike)]),
        ("long_replies", [FIGURES.natural_words]),
        ("loose_limit", [FIGURES.words, FIGURES.opening_words, FIGURES.sentences]),
        ("no_consent", [round(100 * FIGURES.consent)]),
        ("no_ending", [round(100 * FIGURES.endings)]),
        ("splits_differ", [FIGURES.terse_words]),
    ],
)
def test_the_page_has_the_figures_of_the_linter(kind, figures):
    said = re.findall(r"[\d.]*\d", FOUND[kind])
    assert {str(figure) for figure in figures} <= set(said)


def test_the_options_on_the_page_are_those_of_the_programs():
    assert len(COMMANDS) >= 4
    for program, arguments in COMMANDS:
        known = options_of(program)
        assert set(re.findall(r"(?<!\S)--[\w-]+", arguments)) <= known, program
    assert options_of("lint-dataset") - {"--help"} <= set(re.findall(r"--[\w-]+", PAGE))


def options_of(program):
    """The options in a program's help."""
    shown = run(program, "--help", cwd=ROOT)
    assert shown.returncode == 0
    return set(re.findall(r"(?<![\w-])--[a-z][\w-]*", shown.stdout))


def test_a_draft_as_on_the_page_loads_and_every_reply_fails_it(scenario):
    (check,) = re.findall(r"one criterion with the check `\{(max_words): (\d+)\}`", PAGE)
    draft = {check[0]: int(check[1])}
    first = scenario_data(scenario)["criteria"][0] | {"check": draft}
    examples = {"natural": ["x"], "contrary": [{"reply": "y", "fails": [first["id"]]}]}
    data = scenario_data(scenario) | {"criteria": [first], "examples": examples}
    drafted = parse(data, Scenario, where="draft")
    replies = ["k", *scenario.examples.replies]
    assert not any(checks.run(draft, reply, drafted.moment).holds for reply in replies)


@pytest.fixture
def folder(tmp_path):
    """The folder of the page, with a scenario for each task of its splits."""
    files = {"tasks/{}.yaml": BLOCKS[0], "scenarios/{}.3.yaml": BLOCKS[1]}
    for path, block in files.items():
        for task in ("001", "002", "003"):
            file = tmp_path / path.format(task)
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.replace('id: "001', f'id: "{task}', 1))
    splits = re.search(r"^splits.yaml +(train: .*?)```", PAGE, re.MULTILINE | re.DOTALL).group(1)
    (tmp_path / "splits.yaml").write_text("\n".join(map(str.strip, splits.splitlines())))
    return tmp_path


def test_the_folder_of_the_page_loads_with_an_empty_test_split(folder):
    assert load_dataset(folder).splits == {"train": ("001", "002"), "smoke": ("003",), "test": ()}


def test_the_greeting_that_the_page_warns_of_is_a_fault_between_splits(folder):
    greeting = "how can i help you today"
    assert " ".join(PAGE.split()).count(f'"{greeting}" has six') == 1
    for task in ("001", "003"):
        file = folder / "scenarios" / f"{task}.3.yaml"
        file.write_text(file.read_text().replace("How can I help?", f"{greeting}?"))
    shared = [fault for fault in lint_dataset(load_dataset(folder)) if fault.field == "phrase"]
    assert any(greeting in fault.what for fault in shared)
