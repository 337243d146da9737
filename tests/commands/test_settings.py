"""The file of options that are always the same: where it is found, what it sets and refuses."""

from importlib import import_module
from pathlib import Path

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.commands.cli.settings import SHARED, find_settings
from usersim_opt.commands.entry.table import COMMANDS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working directory, two folders below the one that a test may put its settings in."""
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    return tmp_path


def parsed(command, *arguments):
    return import_module(f"usersim_opt.commands.{command}").options().parse_args([*arguments])


def test_shared_options_and_a_command_s_own_are_set(folder, capsys):
    (folder / "usersim.toml").write_text(
        'user-lm = "ollama/x"\nuser_options = {temperature = 0.9, num_ctx = 8192}\nthreads = 2\n'
        '[optimize]\nmax-calls = 77\nout = "won.txt"\ndespite-ceiling = true\n'
        "[evaluate]\nseeds = 5\n"
    )
    args = parsed("optimize")
    assert (args.user_lm, args.threads, args.max_calls) == ("ollama/x", 2, 77)
    assert args.user_options == {"temperature": 0.9, "num_ctx": 8192}
    assert args.despite_ceiling is True
    assert args.out == folder / "won.txt"
    told = capsys.readouterr().err
    assert told.startswith(f"note: {folder / 'usersim.toml'} sets --user-lm, --user-options, ")
    assert told.endswith("--max-calls, --out, --despite-ceiling\n")


def test_the_command_line_wins(folder):
    (folder / "usersim.toml").write_text('user-lm = "ollama/x"\n[optimize]\nmax-calls = 77\n')
    args = parsed("optimize", "--out", "o.txt", "--user-lm", "offline/user", "--max-calls", "5")
    assert (args.user_lm, args.max_calls, args.out) == ("offline/user", 5, Path("o.txt"))


def test_a_table_of_pyproject_does_as_well_and_one_without_it_is_passed_over(folder):
    (folder / "pyproject.toml").write_text(
        "[tool.usersim-opt]\nseed = 3\n[tool.usersim-opt.optimize]\nout='o'\n"
    )
    (folder / "a" / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    args = parsed("optimize")
    assert (args.seed, args.out) == (3, folder / "o")


def test_the_nearest_file_counts_and_beside_each_other_usersim_toml(folder):
    (folder / "usersim.toml").write_text("seed = 1\n")
    (folder / "a" / "pyproject.toml").write_text("[tool.usersim-opt]\nseed = 2\n")
    assert parsed("consider", "d", "--prompt", "p", "--dataset", "d", "--out", "o").seed == 2
    (folder / "a" / "usersim.toml").write_text("seed = 3\n")
    assert parsed("consider", "d", "--prompt", "p", "--dataset", "d", "--out", "o").seed == 3


def test_without_a_file_nothing_is_set_and_nothing_is_said(folder, capsys):
    assert find_settings(folder) is None
    assert parsed("optimize", "--out", "o").max_calls == 4000
    assert capsys.readouterr().err == ""


def test_files_stand_beside_the_settings_and_names_are_known(folder):
    (folder / "mine.txt").write_text("My prompt.")
    (folder / "usersim.toml").write_text('dataset = "airline"\nprompt = "mine.txt"\n')
    args = parsed("optimize", "--out", "o")
    assert args.prompt == folder / "mine.txt"
    assert args.dataset.is_dir()
    (folder / "airline").mkdir()
    assert parsed("optimize", "--out", "o").dataset == folder / "airline"


def test_a_model_that_is_asked_on_request_is_not_switched_on_for_all(folder):
    (folder / "usersim.toml").write_text('judge-lm = "openai/x"\n')
    assert parsed("items", "runs/a").judge_lm is None
    assert parsed("evaluate", "--dataset", "d", "--prompt", "p").judge_lm == "openai/x"
    (folder / "usersim.toml").write_text('[items]\njudge-lm = "openai/x"\n')
    assert parsed("items", "runs/a").judge_lm == "openai/x"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('judge-ml = "x"', r"usersim.toml:1: judge-ml is no option .*did you mean judge-lm"),
        ("\n[optimise]\nseed = 1", r":2: optimise is no option .*did you mean optimize"),
        (
            "seed = 1\n[evaluate]\nspit = 1",
            r":3: spit is no option of evaluate; did you mean split",
        ),
        ("[evaluate]\n\nsplit = 'smok'", r":3: split is 'smok'; expected train, smoke, test"),
        ("[evaluate]\nseeds = 'many'", r"usersim.toml:2: seeds: 'many': expected a whole number"),
        ("seeds = 0", r"usersim.toml:1: seeds: '0': expected a whole number"),
        ("threads = true", r"usersim.toml:1: threads is True; expected a text or a number"),
        ("[evaluate]\ndry-run = 1", r"usersim.toml:2: dry-run is 1; expected true or false"),
        ("[evaluate]\nhelp = true", r"usersim.toml:2: help cannot stand in a settings file"),
        ("evaluate = 3", r"usersim.toml:1: evaluate is a command; expected a table \[evaluate\]"),
        ("seed = \n", r"usersim.toml: is no TOML: .*line 1"),
        ("seed = 1\nseed = 2\n", r"usersim.toml: is no TOML: .*line 2"),
        ("user-options = 'temperature'", r":1: user-options: 'temperature': expected name"),
    ],
)
def test_a_mistake_is_told_with_its_line(folder, text, complaint):
    (folder / "usersim.toml").write_text(text)
    with pytest.raises(InputError, match=complaint):
        parsed("evaluate", "--dataset", "d", "--prompt", "p")


@pytest.mark.parametrize(
    ("command", "table"),
    [("converse", "difficulty = 'hard'"), ("items", "dimension = ['a']")],
    ids=["options that exclude each other", "an option that may be given again"],
)
def test_what_the_command_line_could_not_win_over_is_refused(folder, command, table):
    (folder / "usersim.toml").write_text(f"[{command}]\n{table}\n")
    with pytest.raises(InputError, match=r":2: \w+ cannot stand in a settings file"):
        parsed(command, "x")


def test_every_shared_option_is_one_of_some_command():
    parsers = [import_module(command.module).options() for command in COMMANDS]
    known = {option for parser in parsers for option in parser._option_string_actions}
    assert {f"--{name}" for name in SHARED} <= known
    assert list(SHARED) == sorted(set(SHARED))
