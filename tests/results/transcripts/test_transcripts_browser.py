"""The page of conversations in headless Chromium with the network off."""

import pytest
from browsers import CONTRAST, click, opened, text
from conftest import ROOT
from talks import talk

import usersim_opt as uso

OLD, NEW = "a" * 64, "b" * 64


def search(browser, words):
    browser.execute_script(
        "const field = document.getElementById('words'); field.value = arguments[0];"
        "field.dispatchEvent(new Event('input'))",
        words,
    )
    return text(browser, "#count")


def visible_tasks(browser):
    return browser.execute_script(
        "return [...document.querySelectorAll('#talks > details')].filter(each => !each.hidden)"
        ".map(each => each.querySelector('b').textContent)"
    )


@pytest.fixture
def page(tmp_path):
    talks = [
        talk("Hi!", "lost my luggage", prompt=OLD),
        talk("Hi!", "bag gone", prompt=NEW),
        talk("Hi!", "İstanbul, " + "x" * 900, prompt=OLD, task="002"),
        talk("Hi!", "###STOP###", prompt=NEW, task="002"),
    ]
    names = {OLD: "old", NEW: "new"}
    return uso.write_transcripts(talks, tmp_path / "page.html", names=names)


def test_a_word_is_found_counted_opened_and_marked(browser, page):
    opened(browser, page)
    assert text(browser, "#count") == "2 of 2 tasks and seeds shown"
    assert search(browser, "LUGGAGE my") == "1 of 2 tasks and seeds shown"
    assert visible_tasks(browser) == ["Task 001, seed 0"]
    assert browser.execute_script("return CSS.highlights.get('found').size") == 2
    assert search(browser, "istanbul") == "0 of 2 tasks and seeds shown"
    assert search(browser, "xxx") == "1 of 2 tasks and seeds shown"
    assert search(browser, "") == "2 of 2 tasks and seeds shown"
    assert browser.execute_script("return CSS.highlights.get('found').size") == 0
    assert browser.get_log("browser") == []


def test_both_prompts_stand_beside_each_other_and_are_named(browser, page):
    opened(browser, page)
    tops = browser.execute_script(
        "return [...document.querySelectorAll('#talks details[open] h4')]"
        ".map(each => [each.textContent, each.getBoundingClientRect().top])"
    )
    assert [name for name, _ in tops] == ["old", "new"]
    assert tops[0][1] == tops[1][1]
    assert "old: the limit of turns" in text(browser, "#talks summary")


def test_an_end_is_chosen_and_all_are_opened(browser, page):
    opened(browser, page)
    browser.execute_script(
        "const mark = document.getElementById('mark'); mark.value = 'stopped';"
        "mark.dispatchEvent(new Event('change'))"
    )
    assert visible_tasks(browser) == ["Task 002, seed 0"]
    click(browser, "#unfold")
    assert browser.execute_script("return document.querySelectorAll('details[open]').length") == 2


def test_long_turns_wrap_on_a_phone(browser, page):
    opened(browser, page, width=375)
    click(browser, "#unfold")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_recorded_conversations_can_be_read_in_light_and_dark(browser, tmp_path, dark):
    talks = [
        talk
        for name in ("base", "calibrated")
        for talk in uso.read_conversations(ROOT / f"docs/examples/conversations_{name}.jsonl")
    ]
    page = uso.write_transcripts(talks, tmp_path / "page.html")
    opened(browser, page, dark=dark)
    found = browser.execute_script(CONTRAST)
    assert found["seen"] > 300
    assert found["low"] == []
    assert search(browser, "refund") == "3 of 12 tasks and seeds shown"


def test_a_customer_who_is_steered_is_another_side(tmp_path):
    talks = [talk(), talk(steering="impatient")]
    html = uso.write_transcripts(talks, tmp_path / "page.html", names={OLD: "old"}).read_text()
    assert "<h4>old, not steered</h4>" in html
    assert "<h4>old, impatient</h4>" in html
