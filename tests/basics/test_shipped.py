"""What comes with the package: by its name, from a checkout and from an installed package."""

import shutil
from pathlib import Path

import pytest
from conftest import AIRLINE, BASE_PROMPT

import usersim_opt as uso
from usersim_opt.basics import shipped
from usersim_opt.basics.errors import DatasetError, PromptError


@pytest.fixture
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def installed(empty, monkeypatch):
    """As in a wheel: the files beside the package's modules, no checkout around."""
    folder = empty / "package" / "shipped"
    shutil.copytree(AIRLINE, folder / "datasets" / "airline")
    shutil.copytree(BASE_PROMPT.parent, folder / "prompts")
    places = {kind: (folder / kind, empty / "nowhere") for kind in ("datasets", "prompts")}
    monkeypatch.setattr(shipped, "_INSTALLED", folder)
    monkeypatch.setattr(shipped, "_FOLDERS", places)
    return folder


@pytest.mark.usefixtures("empty")
def test_in_a_checkout_data_and_prompts_have_names():
    assert shipped.dataset_names() == ["airline"]
    assert shipped.prompt_names() == ["base", "brief", "calibrated"]
    assert uso.load_dataset("airline").folder == AIRLINE
    assert uso.read_prompt("base") == uso.read_prompt(BASE_PROMPT)


def test_in_an_installed_package_they_have_the_same_names(installed):
    assert shipped.dataset_names() == ["airline"]
    assert shipped.prompt_names() == ["base", "brief", "calibrated"]
    assert uso.load_dataset("airline").folder == installed / "datasets" / "airline"
    assert uso.read_prompt("brief") == uso.read_prompt(BASE_PROMPT.with_name("brief.txt"))


@pytest.mark.usefixtures("installed")
def test_what_you_have_yourself_wins(empty):
    (empty / "base").write_text("My own prompt.")
    (empty / "airline").mkdir()
    assert uso.read_prompt("base").text == "My own prompt."
    with pytest.raises(DatasetError, match="airline"):
        uso.load_dataset("airline")


@pytest.mark.parametrize("path", [Path("./base.txt"), Path("sub/base"), Path("/base")], ids=str)
def test_a_path_is_no_name(empty, path):
    assert shipped.shipped_prompt(path) == path


@pytest.mark.usefixtures("empty")
def test_a_name_that_is_none_is_told_with_those_that_are():
    with pytest.raises(DatasetError, match="no such folder.* comes with the package: airline"):
        uso.load_dataset("hotel")
    with pytest.raises(PromptError, match="or one of base, brief, calibrated"):
        uso.read_prompt("bass")


def test_files_of_an_installed_package_are_told_from_a_user_s(installed, empty):
    assert shipped.is_packaged(installed / "datasets" / "airline")
    assert not shipped.is_packaged(AIRLINE)
    assert not shipped.is_packaged(empty)
