import json
import re
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from pages import run_python
from processes import run

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DOCS = ROOT / "docs" / "notebooks"
PRIVATE = re.compile(r"/(?:tmp|home|root|work|Users|var)/|\d\d:\d\d:\d\d|Traceback|Warning")
notebooks = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in NOTEBOOKS]
)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def test_there_are_five():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_tune_a_simulator",
        "02_read_the_failures",
        "03_bring_your_own_tasks",
        "04_sim2real",
        "05_tau2",
    ]


@notebooks
def test_a_notebook_is_stored_without_outputs_and_with_stable_ids(path):
    nbformat.validate(nbformat.read(path, as_version=4))
    stored = json.loads(path.read_text())
    assert all(
        cell["outputs"] == [] and cell["execution_count"] is None
        for cell in stored["cells"]
        if cell["cell_type"] == "code"
    )
    assert [cell["id"] for cell in stored["cells"]] == [
        f"{path.stem[:2]}-{n:02}" for n in range(1, len(stored["cells"]) + 1)
    ]
    assert set(stored["metadata"]) == {"kernelspec", "language_info"}
    assert not PRIVATE.search(path.read_text())


@notebooks
def test_a_notebook_teaches_and_says_what_its_figures_are_worth(path):
    assert "offline stand-in models" in cells(path, "markdown")[0].source
    assert len(cells(path, "markdown")) >= len(cells(path, "code")) / 2


@notebooks
def test_a_notebook_runs_and_is_rendered_without_traces_of_the_machine(path, tmp_path):
    """With smaller budgets than a reader's, for the time that it takes."""
    quicker, out = tmp_path / path.name, tmp_path / "out"
    text = path.read_text().replace("max_calls=1500", "max_calls=400")
    quicker.write_text(text.replace("max_calls=900", "max_calls=400"))
    program = [sys.executable, str(ROOT / "benchmarks" / "render_notebooks.py"), str(quicker)]
    done = run([*program, "--out", str(out)], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    text = (out / f"{path.stem}.md").read_text()
    pictures = re.findall(r"!\[Figure \d+\]\(([\w-]+\.png)\)", text)
    shown = sum("uso.plots." in cell.source for cell in cells(path, "code"))
    assert len(pictures) == shown >= 1
    assert {file.name for file in out.iterdir()} == {f"{path.stem}.md", *pictures}
    assert not PRIVATE.search(text)
    assert "Figure size" not in text
    assert sum(file.stat().st_size for file in out.iterdir()) < 320_000


@notebooks
def test_the_rendered_copy_is_of_this_notebook(path):
    text = (DOCS / f"{path.stem}.md").read_text()
    for cell in nbformat.read(path, as_version=4).cells:
        # The rendered page stands in docs/ itself.
        source = cell.source.replace("](../docs/", "](../")
        assert source in text, f"{cell.id}: run make notebooks"
    assert all((DOCS / name).is_file() for name in re.findall(r"\]\(([\w-]+\.png)\)", text))
    assert not PRIVATE.search(text)


@notebooks
@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_a_notebook_finds_the_repository_from_where_it_is_started(path, folder, monkeypatch):
    run_python(cells(path, "code")[0].source, monkeypatch, ROOT / folder)
    assert Path("datasets/airline").is_dir()


def test_a_cell_that_fails_is_named(tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 / 0")])
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    program = [
        sys.executable,
        str(ROOT / "benchmarks" / "render_notebooks.py"),
        str(tmp_path / "bad.ipynb"),
        "--out",
        str(tmp_path / "out"),
    ]
    done = run(program, cwd=tmp_path)
    assert done.returncode == 2
    assert "bad.ipynb: a cell failed" in done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert "render_notebooks.py" not in done.stderr
