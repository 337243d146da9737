import json
import sys
from pathlib import Path

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.commands import export as export_command
from usersim_opt.customer.prompt import TAU2_TAIL
from usersim_opt.results import export
from usersim_opt.results.card import unmeasured
from usersim_opt.results.export import FORMATS, Format, Option
from usersim_opt.results.export.writing import Export, card_for

BY_NAME = {form.name: form for form in FORMATS}
FLAGS = [form.flag for form in FORMATS]


def program(monkeypatch, *arguments):
    """What `usersim-opt export` does for a command line, in this process."""
    monkeypatch.setattr(sys, "argv", ["export", *map(str, arguments)])
    return export_command.main()


def shout(simulator, file, *, card=None, mark=None, least=None, example_story=None):
    """A stranger's format: the prompt in capitals, below what its card says."""
    card = card_for(simulator, card)
    head = f"{card['sha256']} {card['note']}\n"
    return Export(file, head + simulator.prompt.text.upper() + (mark or ".") * (least or 1))


def number(text):
    if not text.isdigit():
        raise InputError(f"least is {text!r}; expected a number")
    return int(text)


SHOUTED = Format(
    name="shouted",
    line="the prompt in capitals",
    file="shouted.txt",
    make=shout,
    options=(
        Option(name="mark", line="what it ends in"),
        Option(name="least", line="how often", read=number),
    ),
)


STORY = Format(
    name="short_story",
    line="the prompt for one story",
    file="story.txt",
    make=shout,
    options=(Option(name="example_story", line="the story", names_file=True),),
)


@pytest.fixture
def prompt_file(tmp_path):
    file = tmp_path / "p.txt"
    file.write_text("Play the customer.")
    return file


@pytest.fixture
def strangers(monkeypatch):
    for module in (export, export_command):
        monkeypatch.setattr(module, "FORMATS", (*FORMATS, SHOUTED, STORY))


def measured(prompt):
    return {**unmeasured(prompt), "note": "by hand", "models": {"user": "ollama/x temperature=1"}}


def contents(folder):
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_no_two_formats_or_options_have_the_same_flag():
    flags = FLAGS + [option.flag for form in FORMATS for option in form.options]
    assert len(set(flags)) == len(flags)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_is_written_in_the_same_way_to_its_usual_name_again_and_again(tmp_path, name):
    form, simulator = BY_NAME[name], uso.UserSimulator("Play the customer.")
    path = tmp_path / form.file
    card = measured(simulator.prompt)
    assert uso.export(simulator, str(path), form=name, card=card) == path
    written = contents(tmp_path)
    assert any(simulator.prompt.sha256 in text for text in written.values())
    assert any("by hand" in text for text in written.values())
    made = form.make(simulator, path, card=card)
    assert contents(tmp_path) == {file.name: text for file, text in made.texts.items()}
    uso.export(simulator, path, form=name, card=card)
    assert contents(tmp_path) == written


@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_names_the_digest_that_was_measured(tmp_path, name):
    """A tau2 guideline may be cut: its bytes have another digest than the measured prompt."""
    simulator = uso.UserSimulator("Play the customer.")
    cut = simulator.prompt.sha256
    card = {**measured(simulator.prompt), "sha256": "ab" * 32, "file_sha256": cut}
    uso.export(simulator, tmp_path / BY_NAME[name].file, form=name, card=card)
    assert any("ab" * 32 in text for text in contents(tmp_path).values())


@pytest.mark.parametrize("name", BY_NAME)
def test_no_format_takes_the_card_of_another_prompt(tmp_path, name):
    simulator = uso.UserSimulator("Play the customer.")
    other = measured(uso.Prompt("Play another customer."))
    for card, complaint in (
        (other, "card is that of another prompt: it names sha256"),
        ({"sha256": simulator.prompt.sha256}, "card names no sha256 or no models"),
    ):
        with pytest.raises(InputError, match=complaint):
            uso.export(simulator, tmp_path / BY_NAME[name].file, form=name, card=card)
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("ending", [".json", ".md"])
def test_no_format_overwrites_the_card_of_a_prompt(tmp_path, name, ending):
    simulator = uso.UserSimulator("Play the customer.")
    uso.export_prompt(simulator, tmp_path / "other.txt")
    before = contents(tmp_path)
    with pytest.raises(InputError, match=f"(other{ending}|DSPy|name of a card)"):
        uso.export(
            simulator,
            tmp_path / f"other{ending}",
            form=name,
            card=measured(simulator.prompt),
        )
    assert contents(tmp_path) == before


def test_an_unknown_form_or_option_is_named_with_those_that_there_are(tmp_path, simulator):
    with pytest.raises(InputError, match="form is 'tau'; expected one of 'text'.*'dspy'"):
        uso.export(simulator, tmp_path / "x", form="tau")
    wanted = "base is no option of form 'modelfile'; expected card, base_model, scenario"
    with pytest.raises(InputError, match=wanted):
        uso.export(simulator, tmp_path / "x", form="modelfile", base="x")
    uso.export(simulator, tmp_path / "M", form="modelfile", base_model="x", scenario="Mia.")
    assert "Mia." in (tmp_path / "M").read_text()


def test_only_options_that_are_given_reach_the_writer(tmp_path):
    assert SHOUTED.keywords({"mark": "!", "least": None, "other": "x"}) == {"mark": "!"}
    assert SHOUTED.keywords({"least": "3"}) == {"least": 3}
    (tmp_path / "story.txt").write_text("Your id is mia.\n")
    read = BY_NAME["modelfile"].keywords({"scenario": str(tmp_path / "story.txt")})
    assert read == {"scenario": "Your id is mia."}


@pytest.mark.usefixtures("strangers")
def test_a_stranger_adds_a_format_by_one_entry(
    monkeypatch, prompt_file, tmp_path, capsys, simulator
):
    target = tmp_path / "s.txt"
    arguments = ("--shouted", target, "--mark", "!", "--least", "2", "--tau2", tmp_path / "g.txt")
    assert program(monkeypatch, prompt_file, *arguments) == 0
    assert target.read_text().endswith("\nPLAY THE CUSTOMER.!!")
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"tau2: {tmp_path / 'g.txt'}",
        f"shouted: {target}",
    ]
    with pytest.raises(InputError, match="^--least is 'x'"):
        program(monkeypatch, prompt_file, "--shouted", target, "--least", "x")
    assert program(monkeypatch, prompt_file, "--short-story", tmp_path / "t.txt") == 0
    uso.export(simulator, target, form="shouted", mark="?")
    assert target.read_text().endswith("?")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--mark", "!", "--tau2", "g.txt"], "--mark and --least belong to --shouted"),
        (["--example-story", "x", "--tau2", "g.txt"], "--example-story belongs to --short-story"),
        ([], f"expected one or more of {', '.join(FLAGS)}, --shouted, --short-story"),
    ],
)
@pytest.mark.usefixtures("strangers")
def test_its_options_are_checked_like_all_others(
    monkeypatch, prompt_file, capsys, arguments, complaint
):
    with pytest.raises(SystemExit):
        program(monkeypatch, prompt_file, *arguments)
    assert complaint in capsys.readouterr().err


@pytest.mark.usefixtures("strangers")
def test_a_file_that_an_option_names_is_not_overwritten(monkeypatch, prompt_file, tmp_path):
    story = tmp_path / "story.txt"
    story.write_text("Mia.")
    with pytest.raises(InputError, match="story.txt, a file that this command reads or writes"):
        program(monkeypatch, prompt_file, "--short-story", story, "--example-story", story)
    assert story.read_text() == "Mia."


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--tau2", "p"], "--tau2 is p and its card p.json, a file that this command reads"),
        (["--modelfile", "p.md"], "--modelfile is p.md, a file that this command reads"),
        (["--tau2", "g.txt", "--dspy", "g.json"], "--dspy is g.json, a file"),
        (["--text", "g", "--tau2", "g.txt"], "--tau2 is g.txt and its card g.json, a file"),
        (["--tau2", "h.txt", "--dspy", "bad"], "expected bad.json"),
        (["--tau2", "h.txt", "--dspy", "other.json"], "is the card of a prompt"),
        (["--modelfile", "M", "--tau2", "other"], "other.json: is the card of other.txt"),
    ],
)
def test_all_that_a_command_asks_for_is_written_or_nothing(
    monkeypatch, tmp_path, arguments, complaint
):
    monkeypatch.chdir(tmp_path)
    prompt = uso.Prompt("Play the customer.")
    uso.export(uso.UserSimulator(prompt), "p.txt", form="text", card=measured(prompt))
    uso.export_prompt(uso.UserSimulator("Another."), "other.txt")
    before = contents(tmp_path)
    with pytest.raises(InputError, match=complaint):
        program(monkeypatch, "p.txt", *arguments)
    assert contents(tmp_path) == before


def test_a_form_that_refuses_the_prompt_leaves_no_file_of_the_others(monkeypatch, tmp_path):
    file = tmp_path / "p.txt"
    file.write_text("Story: {scenario}\nPlay it.")
    arguments = ["--modelfile", tmp_path / "M", "--base-model", "x", "--tau2", tmp_path / "h.txt"]
    with pytest.raises(InputError, match="another system message"):
        program(monkeypatch, file, *arguments)
    assert list(contents(tmp_path)) == ["p.txt"]


def test_the_help_says_what_each_format_is(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        program(monkeypatch, "--help")
    help_text = " ".join(capsys.readouterr().out.split())
    for form in FORMATS:
        assert form.line in help_text
        assert all(option.line in help_text for option in form.options)


def test_a_guideline_without_its_tags_goes_on_into_every_other_form(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    prompt = uso.Prompt("Play." + TAU2_TAIL)
    uso.export(uso.UserSimulator(prompt), "g.txt", form="tau2", card=measured(prompt))
    program(monkeypatch, "g.txt", "--text", "t.txt", "--dspy", "s.json", "--modelfile", "M")
    assert uso.load_dspy("s.json").prompt.text == "Play."
    card = json.loads(Path("t.json").read_text())
    assert card == json.loads(Path("g.json").read_text())
    assert card["sha256"] == prompt.sha256
