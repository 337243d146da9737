"""docs/rubrics.md: whoever writes a rubric needs nothing else, so all that it says is true."""

import re

import pytest
from conftest import ROOT

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.kinds import DIMENSIONS, STANDARD
from usersim_opt.scenarios.records import Scenario, Task

PAGE = (ROOT / "docs" / "rubrics.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


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
