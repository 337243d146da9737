"""The page of a worksheet in headless Chromium: labelled by keys, saved, imported."""

import pytest
from browsers import CONTRAST, opened, text
from helpers import until
from reviews import made_dataset, saved

import usersim_opt as uso
from usersim_opt.results.review.page import write_page


@pytest.fixture
def world(tmp_path):
    data = made_dataset(tmp_path / "data")
    return data, saved(data, tmp_path)


@pytest.fixture
def show(browser, tmp_path):
    """Opens the page of a worksheet; files are saved in the folder of the test."""

    def open_page(sheet, *, dark=False):
        allowed = {"behavior": "allow", "downloadPath": str(tmp_path)}
        browser.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
        page = write_page(sheet, tmp_path / "review.html")
        opened(browser, page, dark=dark)
        browser.execute_script("localStorage.clear()")  # of another test's page
        return opened(browser, page, dark=dark)

    return open_page


def press(browser, keys):
    from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415 - optional

    ActionChains(browser).send_keys(keys).perform()


def named(browser, name):
    browser.execute_script("document.querySelector('#who').focus()")
    press(browser, f"{name}\ue007")


def test_ten_verdicts_are_labelled_by_keys_saved_and_imported_and_the_ranking_changes(
    show, world, tmp_path
):
    data, files = world
    sheet = uso.make_worksheet(*files)
    assert len(sheet.entries) == 12
    browser = show(sheet)
    named(browser, "p07")
    for entry in sheet.entries[:10]:
        press(browser, "p" if entry.version == "new" else "f")
    assert text(browser, "#count").startswith("10 of 12 labelled.")
    press(browser, "s")
    file = tmp_path / "review.labelled.json"
    until(file.is_file)
    assert browser.get_log("browser") == []
    right = ["pass" if entry.version == "new" else "fail" for entry in sheet.entries[:10]]
    assert [entry.label for entry in uso.read_worksheet(file).entries] == [*right, "", ""]
    review = uso.apply_worksheet(file, files, labels=tmp_path / "labels.jsonl", dataset=data.folder)
    assert [each.name for each in review.ranking.versions] == ["new", "old"]
    assert [each.was for each in review.ranking.versions] == [2, 1]
    assert "2 of 2 versions change their place" in str(review)


def test_a_criterion_that_is_wrong_needs_a_note_and_takes_new_words(show, world, tmp_path):
    _, files = world
    browser = show(uso.make_worksheet(*files))
    named(browser, "p07")
    press(browser, "w")
    press(browser, "\ue00c")
    press(browser, "s")
    assert "needs a note" in text(browser, "#count")
    press(browser, "calm is no word for it\ue007")
    press(browser, "No insult.\ue007")
    press(browser, "s")
    file = tmp_path / "review.labelled.json"
    until(file.is_file)
    first = uso.read_worksheet(file).entries[0]
    told = (first.label, first.note, first.rewording)
    assert told == ("wrong", "calm is no word for it", "No insult.")


def test_nothing_is_saved_without_a_name_and_a_page_that_was_closed_goes_on(show, world, tmp_path):
    _, files = world
    browser = show(uso.make_worksheet(*files))
    press(browser, "pf")
    press(browser, "s")
    assert "give your name" in text(browser, "#count")
    opened(browser, tmp_path / "review.html")
    assert text(browser, "#count").startswith("2 of 12 labelled.")
    press(browser, "ku")
    assert text(browser, "#e002 .label") == ""
    assert text(browser, "#count").startswith("1 of 12 labelled.")


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(show, world, dark):
    _, files = world
    browser = show(uso.make_worksheet(*files), dark=dark)
    found = browser.execute_script(CONTRAST)
    assert found["seen"] > 100
    assert found["low"] == []
