"""The shape of the code: names, sizes, docstrings, things that no file may hold."""

import ast
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from processes import run

import usersim_opt as uso
from usersim_opt.basics import errors, strict_yaml
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.kinds import kinds_of

PACKAGE = sorted((ROOT / "usersim_opt").rglob("*.py"))
FOLDERS = ("usersim_opt", "programs", "benchmarks", "tests")
COLUMNS = 100
TYPICAL_NODES, MOST_NODES = 26, 200
"""Expression nodes of a function: the median, and the largest. A line that holds many thoughts has
many nodes, however short it is."""
FUNCTIONS = [
    (path, node)
    for path in PACKAGE
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]
PUBLIC = """
    Ablation Attribution BlindJudge Comparison Conversation ConversationFeatures
    Criterion Dataset Evaluation Gate Grade GuardsKept HillClimb ItemAnalysis Judge
    JudgeCard JudgePanel LMAgent Metric Objective OptimizationResult Outcome PieceSearch
    PlainChatAdapter Preference Prompt RealismTerm Review Rollout RubricJudge
    RubricMetric RubricOptimizer Ruling RunRecord Scenario ScenarioAuthor Search
    Standings Task UniversalGuard UserSimulator UsersimError Verdict Worksheet ablate
    apply_worksheet attribute calibrate_judge compare connect converse evaluate export
    export_dspy export_modelfile export_prompt export_tau2 grade_replies item_analysis
    judge_twice load_dataset load_dspy load_result load_tau2 load_tau_bench
    make_worksheet plots preflight read_conversations read_evaluation read_judge_card
    read_preferences read_prompt read_record read_replies read_worksheet realism rollout
    tau universal_guards write_conversations write_realism write_transcripts
""".split()
"""What others may rely on. Whoever adds a name writes it down here, on purpose."""


def output_of(code):
    """What Python code prints in an interpreter of its own."""
    return run([sys.executable, "-c", code], check=True, cwd=ROOT).stdout.strip()


def test_the_public_names_are_these_and_each_says_what_it_is():
    assert uso.__all__ == PUBLIC == sorted(PUBLIC)
    assert set(uso._HOME) == set(uso.__all__)
    for name in uso.__all__:
        assert getattr(uso, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = uso.nothing


def test_importing_the_package_is_light():
    heavy = {"dspy", "litellm", "numpy", "matplotlib", "pydantic"}
    assert output_of(f"import sys, usersim_opt; print({heavy} & set(sys.modules))") == "set()"


def test_reading_a_dataset_needs_no_dspy():
    read = "usersim_opt.load_dataset('datasets/airline')"
    assert output_of(f"import sys, usersim_opt; {read}; print('dspy' in sys.modules)") == "False"


def test_functions_and_files_are_short_and_typed():
    lengths = sorted(node.end_lineno - node.lineno + 1 for _, node in FUNCTIONS)
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[int(len(lengths) * 0.9)] <= 40
    assert lengths[-1] <= 100
    for path, node in FUNCTIONS:
        assert node.returns is not None or node.name == "__init__", f"{path}:{node.lineno}"
        parameters = [
            a.arg
            for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if a.arg not in ("self", "cls")
        ]
        most = 10 if node.name == "__init__" else 9  # a constructor is given its options by name
        assert len(parameters) <= most, f"{path}:{node.lineno} {node.name}"
    for path in PACKAGE:
        assert len(path.read_text().splitlines()) <= 400, path


def test_functions_are_light():
    weights = sorted(
        (sum(isinstance(part, ast.expr) for part in ast.walk(node)), path, node.lineno)
        for path, node in FUNCTIONS
    )
    # A command's function is a list of options or of calls; test_programs holds its length.
    house = [weight for weight, path, _ in weights if "commands" not in path.parts]
    assert house[len(house) // 2] <= TYPICAL_NODES
    assert weights[-1][0] <= MOST_NODES, weights[-1]


def test_no_line_is_long():
    long = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > COLUMNS
    ]
    assert long == []


def is_public(function):
    """Whether others call it; an overload only gives a type."""
    overloads = [each for each in function.decorator_list if ast.unparse(each) == "overload"]
    return not function.name.startswith("_") and not overloads


def test_every_module_and_public_class_and_function_has_a_docstring():
    for path in PACKAGE:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and is_public(node):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_no_pickle_no_eval_and_no_formatting_of_text_from_outside():
    for path in PACKAGE:
        names = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        attributes = {
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not names & {"eval", "exec"}, path
        assert not attributes & {"format_map", "system"}, path
        assert not re.search(
            r"^\s*(?:import|from) (?:pickle|cloudpickle|marshal|shelve)",
            path.read_text(),
            re.MULTILINE,
        ), path
        assert ".format(" not in path.read_text().replace("Adapter.format(", ""), path


def test_no_test_reads_the_clock_and_one_file_starts_processes():
    clocks = re.compile(r"\btime\.(?:time|monotonic|perf_counter)\b|^from time ", re.MULTILINE)
    starts = re.compile(r"\bsubprocess\.(?!PIPE\b)|^from subprocess ", re.MULTILINE)
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text()
        assert not clocks.search(text), f"{path}: give the clock, wait by helpers.until"
        advice = f"{path}: start it by processes.run or processes.started"
        assert path.name == "processes.py" or not starts.search(text), advice


def test_every_error_is_in_the_tree_that_the_module_draws():
    def walk(kind):
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in walk(child))]

    kinds = walk(errors.UsersimError)
    assert {kind.__name__ for kind in kinds} <= set(re.findall(r"\w+", errors.__doc__))
    assert all(kind.__doc__ and isinstance(kind.retry_helps, bool) for kind in kinds)


def test_constraints_are_names_and_versions_only():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[^ ]+", line), line


def named_files(page):
    """The paths in the listing: a file stands on its folder's line, or further in."""
    listing = page.partition("```\n")[2].partition("```")[0]
    paths, folders = set(), []
    for line in listing.splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        del folders[depth:]
        for name in re.findall(r"(?<!\S)(\w+/|\w+\.py)(?=[\s:;]|$)", line):
            if name.endswith("/"):
                folders.append(name)
            else:
                paths.add("".join(folders) + name)
    return paths


def test_a_page_names_every_file_of_the_package_where_it_stands():
    standing = {str(path.relative_to(ROOT)) for path in PACKAGE if path.name != "__init__.py"}
    assert named_files((ROOT / "docs" / "files.md").read_text()) == standing


def test_each_command_has_a_face_in_programs():
    commands = {path.name for path in (ROOT / "usersim_opt" / "commands").glob("[a-z]*.py")}
    faces = {path.name for path in (ROOT / "programs").glob("*.py")}
    assert faces == commands
    for face in faces:
        assert len((ROOT / "programs" / face).read_text().splitlines()) <= 12, face


def test_the_data_on_the_page_of_formats_are_what_they_say(tmp_path):
    page = (ROOT / "docs" / "formats.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    scenario, kinds = tmp_path / "001.3.yaml", tmp_path / "kinds.yaml"
    for file, block in zip((scenario, kinds), blocks, strict=True):
        file.write_text(block)
    assert parse(strict_yaml.load(scenario), uso.Scenario, where="formats.md").id == "001.3"
    assert kinds_of(tmp_path).types["closing"].most_turns == 7


def test_the_readme_of_the_benchmarks_names_every_command():
    readme = (ROOT / "benchmarks" / "README.md").read_text()
    for path in (ROOT / "benchmarks").glob("[a-z]*.py"):
        assert f"benchmarks/{path.name}" in readme, path


@pytest.mark.filterwarnings(
    "ignore:the prompt was measured with offline/user"
)  # it is exported for another model
def test_the_python_of_the_readme_and_the_tutorial_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("datasets", "optimized"):
        Path(name).symlink_to(ROOT / name)
    Path("draft.txt").write_text(Path("optimized/airline/calibrated.txt").read_text())
    names = {}
    pages = (ROOT / "README.md").read_text() + (ROOT / "docs" / "tutorial.md").read_text()
    for code in re.findall(r"```python\n(.*?)```", pages, re.DOTALL):
        # With smaller budgets than a reader's, for the time that it takes.
        quicker = code.replace("max_calls=1500", "max_calls=400").replace("calls=800", "calls=300")
        exec(compile(quicker, "README.md, tutorial.md", "exec"), names)
    for name in ("Modelfile", "guidelines.md", "simulator.json", "runs/first/report.html"):
        assert Path(name).read_text(), name
    assert Path("my_prompt.txt").read_text()
