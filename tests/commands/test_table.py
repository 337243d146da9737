"""The table of commands, and how one is started and left."""

import os
import sys
import tomllib
from importlib import import_module

import pytest
from conftest import ROOT
from processes import run

from usersim_opt.commands.entry.start import main, overview
from usersim_opt.commands.entry.table import COMMANDS, command_of

FILES = {file.stem for file in (ROOT / "usersim_opt" / "commands").glob("[a-z]*.py")}


def test_every_file_of_a_command_stands_in_the_table_and_the_other_way_round():
    assert {command.module.rpartition(".")[2] for command in COMMANDS} == FILES
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_has_options_a_line_and_examples_that_its_parser_takes(command):
    module = import_module(command.module)
    assert callable(module.main)
    assert f"{command.line}." in module.options().description
    for example in command.examples:
        words = example.partition(" > ")[0].split()
        assert module.options().parse_args(words)
        assert f"{command.prog} {example}".rstrip() in module.options().format_help()


def test_a_face_in_programs_starts_its_own_command():
    for stem in FILES:
        face = (ROOT / "programs" / f"{stem}.py").read_text()
        assert f'start("{stem.replace("_", "-")}")' in face


def test_the_console_command_of_the_package_is_this_one():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"usersim-opt": f"{main.__module__}:{main.__name__}"}


def test_the_list_of_commands_is_told_without_dspy():
    listing = "import sys; sys.argv = ['usersim-opt']; import usersim_opt.commands.entry.start as s"
    told = "print(s.overview()); print(sorted({'dspy', 'numpy', 'pydantic'} & set(sys.modules)))"
    done = run([sys.executable, "-c", f"{listing}; {told}"], check=True, cwd=ROOT)
    assert done.stdout == f"{overview()}\n[]\n"
    for command in COMMANDS:
        assert f"  {command.name} " in done.stdout
        assert command.line in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]], ids=str)
def test_without_a_command_the_list_is_shown(started, arguments):
    assert started(*arguments) == (0, f"{overview()}\n", "")


def test_the_version_is_told(started):
    status, said, _ = started("--version")
    assert (status, said.split()[0]) == (0, "usersim-opt")


@pytest.mark.parametrize(
    ("typed", "advice"), [("optimise", "did you mean optimize?"), ("xyz", "lists them")]
)
def test_a_command_that_is_none_is_one_line(started, typed, advice):
    status, said, error = started(typed)
    assert (status, said, error.count("\n")) == (2, "", 1)
    assert error.startswith(f"error: usersim-opt has no command '{typed}'; ")
    assert advice in error


@pytest.mark.parametrize("typed", ["lint-dataset", "lint_dataset"])
def test_a_command_is_known_by_dashes_and_by_underscores(started, typed):
    status, said, _ = started(typed, "--help")
    assert status == 0
    assert said.startswith("usage: usersim-opt lint-dataset ")
    assert "examples:\n  usersim-opt lint-dataset my_data" in said
    assert command_of(typed) is command_of("usersim_opt.commands.lint_dataset")


def test_a_user_s_mistake_and_a_status_of_its_own_are_passed_on(started, tmp_path):
    status, said, error = started("lint-dataset", tmp_path / "none")
    assert (status, said) == (2, "")
    assert error.startswith(f"error: {tmp_path / 'none'}: no such folder; ")
    first_form = ROOT / "tests" / "corpus" / "first_form"
    assert started("lint-dataset", first_form, "--strict")[0] == 1


def test_no_price_list_is_fetched_from_the_network(started, monkeypatch):
    monkeypatch.delenv("LITELLM_LOCAL_MODEL_COST_MAP")
    started("lint-dataset", "--help")
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"


def test_python_m_is_the_console_command():
    done = run([sys.executable, "-m", "usersim_opt"], check=True, cwd=ROOT)
    assert done.stdout == f"{overview()}\n"
