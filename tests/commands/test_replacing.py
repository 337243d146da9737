"""Files that are there: no command replaces one by chance, and none follows a link.

The options are read from the parsers, so a new command is held to it as well.
"""

import argparse
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from conftest import ROOT
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, JournalError
from usersim_opt.commands.cli.replacing import Output, check_free
from usersim_opt.commands.cli.values import dataset_folder, prompt_file
from usersim_opt.commands.entry.table import COMMANDS
from usersim_opt.models.offline import OfflineEngine
from usersim_opt.realism.interview import Interview
from usersim_opt.realism.surveying import ask_survey
from usersim_opt.results.review.store import LabelStore
from usersim_opt.results.smoke_ledger import SmokeLedger

pytestmark = pytest.mark.filterwarnings("ignore:the prompt was measured with offline/user")
TALKS = ROOT / "docs" / "examples" / "conversations_base.jsonl"
READ = """
    ablate prompt | build-dataset --dialogues | build-dataset --observe-prompt |
    build-dataset --tasks | calibrate-judge --labels | check-traits --policy |
    check-traits --prompt | check-traits --recorded | check-traits --stories |
    check-traits --table | compose-tasks --personas | consider --prompt | consider draft |
    consistency conversations | converse --against | converse --policy | converse --prompt |
    evaluate --against | evaluate --judge-card | evaluate --prompt | evaluate-tau-bench --checkout |
    evaluate-tau-bench --prompt | evaluate-tau2 --prompt | evaluate-traits --prompt |
    evaluate-traits --table | export prompt | items --people | items --preferences |
    items sources | measure-realism --difficulty | measure-realism --human |
    measure-realism --rerated | measure-realism --survey | measure-realism against |
    measure-realism results | optimize --judge-card | optimize --prompt | report run |
    review-rubrics sheet | review-rubrics sources | survey --prompt | survey human |
    tell-apart --preferences | tell-apart real | tell-apart simulated | watch run
"""
GONE_ON_WITH = """
    ablate --run-dir | build-dataset --out | check-traits --run-dir | consider --ledger |
    consider --run-dir | consistency --answers | converse --run-dir | evaluate-tau-bench --run-dir |
    evaluate-tau2 --run-dir | evaluate-traits --run-dir | optimize --ledger | optimize --run-dir |
    review-rubrics --labels | survey --out
"""
"""What a command adds to; a file of somebody else's there is an error and stays as it is."""
REFUSED = "init folder"
"""What has to be new; there is no --force."""
ODD = {"domain_and_file": "airline=tasks.json"}
"""Values of types that take neither a file nor a number."""
MORE = {"--modelfile": ["--base-model", "x"]}
SAID = ("name another file, or give --force\n", "or what its page saved\n")
"""What is said; of what may be a worksheet with labels, that it is none."""
NAMES = {"--dspy": "there.json"}


def actions_of(parser, before=()):
    """Each option with what is typed before it to reach its parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, part in action.choices.items():
                yield from actions_of(part, (*before, name))
        else:
            yield parser, before, action


def name_of(action):
    return action.option_strings[-1] if action.option_strings else action.dest


ALL = [
    (command, *found)
    for command in COMMANDS
    for found in actions_of(import_module(command.module).options())
]
OUTPUTS = [
    pytest.param(*each, id=f"{each[0].name} {name_of(each[3])}")
    for each in ALL
    if isinstance(each[3], Output)
]
every_output = pytest.mark.parametrize(("command", "parser", "before", "action"), OUTPUTS)


def value_of(action):
    """Something that the option takes."""
    if action.choices:
        return str(next(iter(action.choices)))
    known = {prompt_file: "base", dataset_folder: "airline"}
    return known.get(action.type) or ODD.get(getattr(action.type, "__name__", ""), str(TALKS))


def words(parser, before, action, file):
    """A command line with what has to be there, and the file to be written."""
    typed = list(before)
    for each in parser._actions:
        if each is not action and (each.required or not each.option_strings):
            typed += [*each.option_strings[-1:], value_of(each)]
    return [*typed, name_of(action), str(file), *MORE.get(name_of(action), ())]


def files_of(action, parser, typed, before):
    """All files that the option stands for."""
    args = argparse.ArgumentParser.parse_args(parser, typed[len(before) :])
    return list(action.files(args)) or [getattr(args, action.dest)]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working directory in which no model may be asked."""

    def call(*arguments, **keywords):
        raise AssertionError("a model was asked")

    monkeypatch.setattr(OfflineEngine, "complete", call)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_option_that_names_a_file_is_known_as_read_written_or_gone_on_with():
    known = {each.strip() for each in f"{READ}|{GONE_ON_WITH}|{REFUSED}".split("|")}
    found = {
        f"{command.name} {name_of(action)}"
        for command, _, _, action in ALL
        if action.type in (Path, prompt_file) and not isinstance(action, Output)
    }
    assert found == known
    assert len(OUTPUTS) >= 20


@every_output
def test_a_file_that_is_there_is_refused_before_anything_is_asked(
    started, here, command, parser, before, action
):
    typed = words(parser, before, action, NAMES.get(name_of(action), "there"))
    for number, file in enumerate(files_of(action, parser, typed, before)):
        inside = file / "mine" if action.metavar == "FOLDER" else file
        inside.parent.mkdir(exist_ok=True)
        inside.write_text("mine")
        status, _, error = started(command.name, *typed)
        assert (status, error.count("\n")) == (2, 1)
        assert str(file) in error
        if number == 0:
            assert error.endswith(SAID)
        assert inside.read_text() == "mine"
        assert [each.name for each in here.rglob("*") if each.is_file()] == [inside.name]
        inside.unlink()


@every_output
def test_nothing_is_written_through_a_link_even_by_force(
    started, here, command, parser, before, action
):
    typed = words(parser, before, action, NAMES.get(name_of(action), "there"))
    for file in files_of(action, parser, typed, before):
        (here / "mine").write_text("mine")
        for target in ("mine", "nothing"):
            file.symlink_to(here / target)
            status, _, error = started(command.name, *typed, "--force")
            assert (status, "Traceback" in error) == (2, False)
            assert str(file) in error
            assert file.is_symlink()
            file.unlink()
        assert (here / "mine").read_text() == "mine"
        assert not (here / "nothing").exists()


@every_output
def test_no_option_is_written_over_what_the_command_reads(
    started, here, command, parser, before, action
):
    if action.metavar == "FOLDER" or name_of(action) == "--sheet":
        pytest.skip("what is named is no file")
    shutil.copy(TALKS, here / "read.json")
    typed = words(parser, before, action, "read.json")
    typed = ["read.json" if word in (str(TALKS), "base") else word for word in typed]
    if typed.count("read.json") < 2:
        pytest.skip("it reads no file")
    status, _, error = started(command.name, *typed, "--force")
    assert status == 2
    assert "a file that this command reads" in error
    assert (here / "read.json").read_bytes() == TALKS.read_bytes()


def test_force_replaces_what_is_there(started, here):
    (here / "p.txt").write_text("Another.")
    assert started("export", "base", "--text", "p.txt")[0] == 2
    assert (here / "p.txt").read_text() == "Another."
    assert started("export", "base", "--text", "p.txt", "--force")[0] == 0
    assert (here / "p.txt").read_text() == uso.read_prompt(ROOT / "optimized/airline/base.txt").text
    (here / "out.json").write_text("{}")
    talks = ["consistency", TALKS, "--dataset", "airline", "--json", "out.json"]
    assert started(*talks)[0] == 2
    assert started(*talks, "--force")[0] == 0
    assert (here / "out.json").read_text() != "{}"


def test_the_card_of_a_prompt_is_replaced_by_nothing_else(started, here):
    uso.export_prompt(uso.UserSimulator("Another."), "p.txt")
    for file in ("p.json", "p.md"):
        talks = ["consistency", TALKS, "--dataset", "airline", "--json", file, "--force"]
        status, _, error = started(*talks)
        assert status == 2
        assert error.endswith("exists and is the card of a prompt; name another file\n")


def test_a_run_that_is_gone_on_with_may_write_its_own_prompts_again(tuned, tuned_dir, tmp_path):
    args = argparse.Namespace(force=False)
    out = tmp_path / "p.txt"
    uso.export_prompt(tuned, out)
    files = [out, out.with_suffix(".json")]
    check_free(files, args, record=lambda args: tuned_dir)
    for folder in (None, tmp_path):
        with pytest.raises(InputError, match=r"p.txt: is there already, .*--force"):
            check_free(files, args, record=lambda args, folder=folder: folder)
    out.write_text("The prompt of somebody else.")
    with pytest.raises(InputError, match=r"p.txt: is there already"):
        check_free(files, args, record=lambda args: tuned_dir)
    out.write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"p.txt: is there already"):
        check_free(files, args, record=lambda args: tuned_dir)
    check_free(files, argparse.Namespace(force=True))


@pytest.mark.parametrize("text", ["mine", "mine\n", '{"mine": {"a": 1}}', '{"mine": 1}\n'])
def test_what_is_added_to_has_to_be_of_its_kind_and_stays_as_it_is(tmp_path, simulator, text):
    file = tmp_path / "mine"
    file.write_text(text)
    for add in (
        lambda: SmokeLedger(file, "s").check(),
        lambda: SmokeLedger(file, "s").take("r", seed="s", finalist="f"),
        lambda: ask_survey(simulator, [], file),
        lambda: LabelStore(file),
        lambda: Interview(scripted("x")[0], file),
    ):
        with pytest.raises((InputError, JournalError)):
            add()
        assert file.read_text() == text


def test_init_leaves_every_file_as_it_is(started, here):
    (here / "p").mkdir()
    (here / "p" / "README.md").write_text("mine")
    status, _, error = started("init", "p")
    assert (status, "stays as it is" in error) == (2, True)
    assert [each.name for each in (here / "p").iterdir()] == ["README.md"]


def test_a_command_is_given_force_with_its_first_file_and_only_then():
    for command in COMMANDS:
        parsers = {id(parser): parser for each, parser, _, _ in ALL if each is command}
        for parser in parsers.values():
            writes = any(isinstance(each, Output) for each in parser._actions)
            assert ("--force" in parser._option_string_actions) == writes, command.name
