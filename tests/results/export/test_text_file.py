import errno
import hashlib
import json

import pytest

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_text
from usersim_opt.results.card import unmeasured
from usersim_opt.results.export import writing


def test_the_exported_bytes_are_the_ones_that_were_measured(simulator, tmp_path):
    file = uso.export_prompt(simulator, tmp_path / "deep" / "p.txt")
    assert file.read_bytes() == simulator.prompt.text.encode()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == simulator.prompt.sha256
    assert uso.read_prompt(file) == simulator.prompt


def test_cards_of_a_prompt_by_hand_say_that_it_was_not_measured(simulator, tmp_path):
    uso.export_prompt(simulator, tmp_path / "p.txt")
    card = json.loads((tmp_path / "p.json").read_text())
    assert (card["sha256"], card["measured"], card["models"]) == (
        simulator.prompt.sha256,
        False,
        {},
    )
    page = (tmp_path / "p.md").read_text()
    assert simulator.prompt.sha256 in page
    assert "was not measured" in page


def test_a_tuned_prompt_gets_a_card(tuned, tmp_path):
    file = uso.export_prompt(tuned, tmp_path / "p.txt")
    card = json.loads((tmp_path / "p.json").read_text())
    assert card["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert card["offline"] is True
    assert "offline stand-in" in card["note"]
    assert card["models"]["user"] == "offline/user temperature=0.9"
    assert card["compared_with_seed"]["tasks"] == 10
    assert card["compared_with_seed"]["shipped"] == (
        tuned.prompt.sha256 == card["compared_with_seed"]["candidate_sha256"]
    )


def test_a_prompt_that_replaces_a_tuned_one_replaces_its_cards(tuned, simulator, tmp_path):
    uso.export_prompt(tuned, tmp_path / "p.txt")
    uso.export_prompt(simulator, tmp_path / "p.txt")
    assert json.loads((tmp_path / "p.json").read_text())["measured"] is False
    assert "offline" not in (tmp_path / "p.md").read_text()


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("p.json", "name of a card"), ("folder", "is a folder"), ("file/p.txt", "cannot be written")],
)
def test_a_target_that_cannot_hold_a_prompt_is_named(simulator, tmp_path, name, complaint):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=complaint):
        uso.export_prompt(simulator, tmp_path / name)


@pytest.mark.parametrize(
    ("other", "text"),
    [("README.md", "# My project"), ("README.json", '{"name": "x"}'), ("README.json", "{")],
)
def test_a_file_that_is_no_card_is_not_overwritten_by_one(simulator, tmp_path, other, text):
    (tmp_path / other).write_text(text)
    with pytest.raises(InputError, match=f"{other}: exists and is no card"):
        uso.export_prompt(simulator, tmp_path / "README.txt")
    assert (tmp_path / other).read_text() == text
    assert not (tmp_path / "README.txt").exists()


def test_two_files_with_the_same_cards_do_not_take_them_from_each_other(simulator, tmp_path):
    first = uso.export_prompt(simulator, tmp_path / "p.txt")
    with pytest.raises(InputError, match=r"p\.json: is the card of p\.txt"):
        uso.export_prompt(uso.UserSimulator("Another."), tmp_path / "p")
    assert not (tmp_path / "p").exists()
    first.unlink()
    (tmp_path / "q").write_text("Another file, of which no card speaks.")
    for name in ("p", "q.txt", "q.txt"):
        uso.export_prompt(uso.UserSimulator("Another."), tmp_path / name)


@pytest.mark.parametrize("failing", ["p.txt", "p.json", "p.md"])
def test_all_old_files_stay_where_one_cannot_be_written(simulator, tmp_path, monkeypatch, failing):
    uso.export_prompt(simulator, tmp_path / "p.txt")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full(path, text):
        if path.name == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_text(path, text)

    monkeypatch.setattr(writing, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        uso.export_prompt(uso.UserSimulator("Another."), tmp_path / "p.txt")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_card_of_a_file_of_other_bytes_names_only_the_bytes_beside_it(simulator, tmp_path):
    card = {**unmeasured(simulator.prompt), "file_sha256": "0" * 64}
    uso.export_prompt(simulator, tmp_path / "p.txt", card=card)
    assert json.loads((tmp_path / "p.json").read_text()) == unmeasured(simulator.prompt)
