"""The shape of the code: names, sizes, docstrings, files that must not hold certain things."""

import ast
import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from processes import run

import usersim_opt as uso
from usersim_opt import errors

PACKAGE = sorted((ROOT / "usersim_opt").rglob("*.py"))
FUNCTIONS = [
    (path, node) for path in PACKAGE for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]


def test_the_public_names_are_sorted_exist_and_say_what_they_are():
    assert sorted(uso.__all__) == uso.__all__
    assert set(uso._HOME) == set(uso.__all__)
    for name in uso.__all__:
        assert getattr(uso, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = uso.nothing


def test_importing_the_package_is_light():
    code = "import sys, usersim_opt; print(sorted({'dspy', 'litellm', 'numpy', 'matplotlib', 'pydantic'} & set(sys.modules)))"
    assert run([sys.executable, "-c", code], check=True).stdout.strip() == "[]"


def test_reading_a_dataset_needs_no_dspy():
    code = f"import sys, usersim_opt; usersim_opt.load_dataset({str(ROOT / 'datasets/airline')!r}); print('dspy' in sys.modules)"
    assert run([sys.executable, "-c", code], check=True).stdout.strip() == "False"


def test_functions_and_files_are_short_and_typed():
    lengths = sorted(node.end_lineno - node.lineno + 1 for _, node in FUNCTIONS)
    assert lengths[len(lengths) // 2] <= 12
    assert lengths[int(len(lengths) * 0.9)] <= 40
    assert lengths[-1] <= 100
    for path, node in FUNCTIONS:
        assert node.returns is not None or node.name == "__init__", f"{path}:{node.lineno}"
        parameters = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs) if a.arg not in ("self", "cls")]
        most = 10 if node.name == "__init__" else 8  # a constructor is given its options by name
        assert len(parameters) <= most, f"{path}:{node.lineno} {node.name}"
    for path in PACKAGE:
        assert len(path.read_text().splitlines()) <= 400, path


def test_every_module_and_public_class_and_function_has_a_docstring():
    for path in PACKAGE:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{path}: {node.name}"


def test_imports_run_one_way():
    """The pure files know neither dspy nor the files above them."""
    floors = [
        {"text", "errors"},
        {"checks", "lock", "parallel", "schema", "strict_yaml"},
        {"dataset", "prompt", "sampling", "statistics", "journal", "tables"},
        {"simulator"},
        {"asking"},
        {"judge"},
        {"runner"},
    ]
    height = {name: floor for floor, names in enumerate(floors) for name in names}
    for name, floor in height.items():
        text = (ROOT / "usersim_opt" / f"{name}.py").read_text()
        for other in re.findall(r"^from usersim_opt\.?(\w*) import (\w+)", text, re.MULTILINE):
            imported = other[0] or other[1]
            assert height.get(imported, 99) <= floor, f"{name} imports {imported}"
        if floor < 3:
            assert not re.search(r"^(?:import|from) dspy", text, re.MULTILINE), name


def test_no_pickle_no_eval_and_no_formatting_of_text_from_outside():
    for path in PACKAGE:
        names = {node.func.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        attributes = {
            node.func.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not names & {"eval", "exec"}, path
        assert not attributes & {"format_map", "system"}, path
        assert not re.search(r"^\s*(?:import|from) (?:pickle|cloudpickle|marshal|shelve)", path.read_text(), re.MULTILINE), path
        assert ".format(" not in path.read_text().replace("Adapter.format(", ""), path


def test_no_test_reads_the_clock_and_one_file_starts_processes():
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text()
        assert not re.search(r"\btime\.(?:time|monotonic|perf_counter)\b|^from time ", text, re.MULTILINE), (
            f"{path}: give the clock, wait by helpers.until"
        )
        starts = re.search(r"\bsubprocess\.(?!PIPE\b)|^from subprocess ", text, re.MULTILINE)
        assert not starts or path.name == "processes.py", f"{path}: start it by processes.run or processes.started"


def test_every_error_is_in_the_tree_that_the_module_draws():
    def walk(kind):
        return [kind, *(deeper for child in kind.__subclasses__() for deeper in walk(child))]

    kinds = walk(errors.UsersimError)
    assert {kind.__name__ for kind in kinds} <= set(re.findall(r"\w+", errors.__doc__))
    assert all(kind.__doc__ and isinstance(kind.retry_helps, bool) for kind in kinds)


def test_constraints_are_names_and_versions_only():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[^ ]+", line), line


def test_the_readme_names_every_file_of_the_package():
    readme = (ROOT / "README.md").read_text()
    for path in [*PACKAGE, *(ROOT / "programs").glob("[a-z]*.py")]:
        assert path.name == "__init__.py" or path.name in readme, path


@pytest.mark.filterwarnings("ignore:the prompt was measured with offline/user")  # it is exported for another model
def test_the_readme_s_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("datasets", "optimized"):
        Path(name).symlink_to(ROOT / name)
    Path("draft.txt").write_text(Path("optimized/airline/calibrated.txt").read_text())
    names = {}
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        exec(compile(code, "README.md", "exec"), names)
    for name in ("Modelfile", "guidelines.md", "simulator.json", "runs/first/report.html"):
        assert Path(name).read_text(), name
    assert Path("my_prompt.txt").read_text()
