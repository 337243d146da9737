import runpy
import sys

import pytest
from conftest import ROOT

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.results import export
from usersim_opt.results.card import unmeasured
from usersim_opt.results.export import FORMATS, Format, Option

BY_NAME = {form.name: form for form in FORMATS}
NEEDED = {"modelfile": {"base_model": "x"}}


def program(monkeypatch, *arguments):
    """What programs/export.py does for a command line, in this process."""
    monkeypatch.syspath_prepend(str(ROOT / "programs"))
    monkeypatch.setattr(sys, "argv", ["export.py", *map(str, arguments)])
    return runpy.run_path(str(ROOT / "programs" / "export.py"))["main"]()


def write_shouted(simulator, path, *, card=None, mark=None, least=None):
    """A stranger's format: the prompt in capitals."""
    path.write_text(simulator.prompt.text.upper() + (mark or ".") * (least or 1))
    return path


def number(text):
    if not text.isdigit():
        raise InputError(f"least is {text!r}; expected a number")
    return int(text)


SHOUTED = Format(
    name="shouted",
    line="the prompt in capitals",
    file="shouted.txt",
    write=write_shouted,
    options=(
        Option(name="mark", line="what it ends in"),
        Option(name="least", line="how often", read=number),
    ),
)


@pytest.fixture
def prompt_file(tmp_path):
    file = tmp_path / "p.txt"
    file.write_text("Play the customer.")
    return file


def test_the_formats_have_names_of_their_own():
    assert list(BY_NAME) == ["text", "modelfile", "tau2", "dspy"]
    assert [form.write for form in FORMATS] == [
        uso.export_prompt,
        uso.export_modelfile,
        uso.export_tau2,
        uso.export_dspy,
    ]
    flags = [form.flag for form in FORMATS] + [o.flag for form in FORMATS for o in form.options]
    assert len(set(flags)) == len(flags)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_format_is_written_in_the_same_way_to_its_usual_name(tmp_path, name):
    form, simulator = BY_NAME[name], uso.UserSimulator("Play the customer.")
    card = {**unmeasured(simulator.prompt), "note": "measured by hand"}
    path = tmp_path / form.file
    written = form.write(simulator, path, card=card, **NEEDED.get(name, {}))
    assert written == path
    texts = [file.read_text() for file in tmp_path.iterdir()]
    assert any(simulator.prompt.sha256 in text for text in texts)
    assert any("measured by hand" in text for text in texts)


def test_only_options_that_are_given_reach_the_writer(tmp_path):
    assert SHOUTED.keywords({"mark": "!", "least": None, "other": "x"}) == {"mark": "!"}
    assert SHOUTED.keywords({"least": "3"}) == {"least": 3}
    (tmp_path / "story.txt").write_text("Your id is mia.\n")
    read = BY_NAME["modelfile"].keywords({"scenario": str(tmp_path / "story.txt")})
    assert read == {"scenario": "Your id is mia."}


def test_a_stranger_adds_a_format_by_one_entry(monkeypatch, prompt_file, tmp_path, capsys):
    monkeypatch.setattr(export, "FORMATS", (*FORMATS, SHOUTED))
    target = tmp_path / "s.txt"
    arguments = ("--shouted", target, "--mark", "!", "--least", "2", "--tau2", tmp_path / "g.txt")
    assert program(monkeypatch, prompt_file, *arguments) == 0
    assert target.read_text() == "PLAY THE CUSTOMER.!!"
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"tau2: {tmp_path / 'g.txt'}",
        f"shouted: {target}",
    ]
    with pytest.raises(InputError, match="least is 'x'"):
        program(monkeypatch, prompt_file, "--shouted", target, "--least", "x")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--mark", "!", "--tau2", "g.txt"], "--mark and --least belong to --shouted"),
        ([], "expected one or more of --modelfile, --tau2, --dspy, --shouted"),
    ],
)
def test_its_options_are_checked_like_all_others(
    monkeypatch, prompt_file, capsys, arguments, complaint
):
    monkeypatch.setattr(export, "FORMATS", (*FORMATS, SHOUTED))
    with pytest.raises(SystemExit):
        program(monkeypatch, prompt_file, *arguments)
    assert complaint in capsys.readouterr().err


def test_the_help_says_what_each_format_is(monkeypatch, capsys):
    with pytest.raises(SystemExit):
        program(monkeypatch, "--help")
    help_text = " ".join(capsys.readouterr().out.split())
    for form in FORMATS[1:]:
        assert form.line in help_text
        assert all(option.line in help_text for option in form.options)
    assert "--text" not in help_text
