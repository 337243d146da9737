"""Where the library writes: one file opens files for it, and replaces nothing but files."""

import ast
import os

import pytest
from conftest import ROOT

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import file_name

PACKAGE = ROOT / "usersim_opt"
WRITERS = {"write_text", "write_bytes", "savefig", "touch", "symlink_to", "hardlink_to"}
HOME = {"basics/files.py", "basics/appending.py", "results/lock.py", "commands/entry/leaving.py"}
"""The gate itself; lines that are appended, locks, and what nobody reads any more."""
FORMS = {
    "text": ("p.txt", {}),
    "modelfile": ("M", {"base_model": "x"}),
    "tau2": ("g.md", {}),
    "dspy": ("s.json", {}),
}


def writes_of(path):
    """The places of a file that open another one to be written, or write it in one step."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        modes = [each.value for each in node.args if isinstance(each, ast.Constant)]
        is_os = isinstance(called, ast.Attribute) and ast.unparse(called.value) == "os"
        opens = name in ("open", "fdopen") and any(set(str(mode)) & set("wax+") for mode in modes)
        if (
            (isinstance(called, ast.Attribute) and name in WRITERS)
            or opens
            or (is_os and name in ("open", "rename", "replace", "link", "symlink", "truncate"))
        ):
            yield f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_files_are_written_by_the_gate_alone():
    found = [
        place
        for path in sorted(PACKAGE.rglob("*.py"))
        if str(path.relative_to(PACKAGE)) not in HOME
        for place in writes_of(path)
        # A picture that goes into memory.
        if not place.startswith("results/plots/canvas.py")
    ]
    assert found == []


def in_the_way(kind, file, tmp_path):
    """Put something else in the place of a file."""
    if kind == "pipe":
        os.mkfifo(file)
    else:
        (tmp_path / "mine").write_text("mine")
        file.symlink_to(tmp_path / ("mine" if kind == "link" else "nothing"))


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe"])
@pytest.mark.parametrize("form", FORMS)
def test_an_export_replaces_a_file_and_nothing_else(form, kind, tmp_path):
    name, options = FORMS[form]
    sim, file = uso.UserSimulator("Play the customer."), tmp_path / name
    in_the_way(kind, file, tmp_path)
    with pytest.raises(InputError, match="in whose place nothing else stands"):
        uso.export(sim, file, form=form, **options)
    assert file.is_symlink() or file.is_fifo()
    file.unlink()
    file.write_text("older")
    uso.export(sim, file, form=form, **options)
    assert file.read_text() != "older"


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe"])
def test_pages_tables_and_states_replace_a_file_and_nothing_else(small_run, kind, tmp_path):
    talk, *_ = uso.read_conversations(ROOT / "docs" / "examples" / "conversations_base.jsonl")
    writers = {
        "r.html": small_run.to_html,
        "e.jsonl": small_run.best_smoke.save,
        "t.html": lambda file: uso.write_transcripts([talk], file),
        "t.json": lambda file: uso.write_conversations([talk], file),
        "s.json": uso.UserSimulator("Play the customer.").save,
    }
    for name, write in writers.items():
        file = tmp_path / name
        in_the_way(kind, file, tmp_path)
        with pytest.raises(InputError, match="in whose place nothing else stands"):
            write(file)
        assert file.is_symlink() or file.is_fifo()
        file.unlink()
        file.write_text("older")
        write(file)
        assert file.read_text() != "older"
    assert not (tmp_path / "nothing").exists()
    assert kind != "link" or (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "told"), [("a b", "a_b"), ("../../x", ".._.._x"), ("v0-1.2", "v0-1.2"), ("\x1b", "_")]
)
def test_a_name_is_made_the_name_of_a_file(name, told):
    assert file_name(name) == told
