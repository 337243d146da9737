"""Tab completion: in bash as a user types, in zsh and fish by what their scripts hold."""

import shlex
import shutil

import pytest
from processes import run

from usersim_opt.commands.entry.table import COMMANDS, command_of
from usersim_opt.commands.shells.scripts import SCRIPTS
from usersim_opt.commands.shells.words import words_of


@pytest.fixture(scope="module")
def scripts():
    words = [words_of(command) for command in COMMANDS]
    return {shell: script(words) for shell, script in SCRIPTS.items()}


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("lin", ["lint-dataset"]),
        ("evaluate --sp", ["--split", "--splits"]),
        ("evaluate --split ", ["smoke", "test", "train"]),
        ("evaluate --prompt ca", ["calibrated", "cards.txt"]),
        ("build_dataset --author-", ["--author-lm", "--author-options"]),
        ("lint-dataset a", ["airline"]),
        ("evaluate --save c", ["cards.txt"]),
        ("completion z", ["zsh"]),
        ("completion c", []),
    ],
)
def test_bash_completes_what_is_typed(scripts, tmp_path, typed, completed):
    (tmp_path / "cards.txt").touch()
    words = f"usersim-opt {typed}".split(" ")
    lines = [
        scripts["bash"],
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}",
        "_usersim_opt",
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ]
    done = run(["bash", "-c", "\n".join(lines)], check=True, cwd=tmp_path)
    assert sorted(done.stdout.split()) == completed
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_that_is_here_takes_its_script(scripts, tmp_path, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(scripts[shell])
    run([shell, "-n", str(file)], check=True)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_scripts_name_every_command_and_option(scripts, shell):
    for command in COMMANDS:
        words = words_of(command)
        assert command.name in scripts[shell]
        for word in words.options:
            option = f"--{word.option[2:]}[" if shell == "zsh" else f"-l {word.option[2:]} "
            assert option in scripts[shell]
    assert "calibrated" in scripts[shell]


def test_what_an_option_takes_is_read_from_its_parser():
    taken = {word.option: word for word in words_of(command_of("evaluate")).options}
    assert taken["--dry-run"].takes == "nothing"
    assert (taken["--split"].takes, taken["--split"].values) == (
        "a value",
        ("train", "smoke", "test"),
    )
    assert (taken["--prompt"].takes, taken["--prompt"].values) == (
        "anything",
        ("base", "brief", "calibrated"),
    )
    assert taken["--save"].values == ()


def test_the_command_prints_the_script(started, scripts):
    assert started("completion", "bash") == (0, scripts["bash"], "")
    assert started("completion", "tcsh")[0] == 2
