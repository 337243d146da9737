"""The page of realism in headless Chromium with the network off."""

import pytest
from browsers import CONTRAST, opened, said_and_loaded
from conftest import ROOT

import usersim_opt as uso


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of the recorded conversations of both prompts."""
    old, new = (
        uso.realism.of_conversations(
            uso.read_conversations(ROOT / f"docs/examples/conversations_{name}.jsonl"), name=name
        )
        for name in ("base", "calibrated")
    )
    measured = uso.realism.measure(new, against=old)
    return uso.write_realism(measured, tmp_path_factory.mktemp("page") / "realism.html")


def test_it_opens_without_network_and_without_a_word_on_the_console(browser, page):
    opened(browser, page)
    assert said_and_loaded(browser) == ([], [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_aa_contrast(browser, page, dark):
    opened(browser, page, dark=dark)
    found = browser.execute_script(CONTRAST)
    assert found["seen"] > 300
    assert found["low"] == []


@pytest.mark.parametrize("width", [375, 1280])
def test_plots_have_room_and_no_page_scrolls_sideways(browser, page, width):
    opened(browser, page, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    widths = browser.execute_script(
        "return [...document.querySelectorAll('svg.plot')]"
        ".map(each => each.getBoundingClientRect().width)"
    )
    assert len(widths) == 19
    assert min(widths) > 200


def test_marks_stand_where_their_figures_are(browser, page):
    opened(browser, page)
    dot, people, low, high = browser.execute_script(
        "const plot = document.querySelectorAll('svg.plot')[1];"
        "const at = (part) => { const box = plot.querySelector(part).getBoundingClientRect();"
        "  return box.left + box.width / 2; };"
        "const band = plot.querySelector('.band').getBoundingClientRect();"
        "return [at('circle'), at('.people'), band.left, band.right]"
    )
    assert low < people < dot < high  # short turns: people 29.0 %, calibrated 30.6 %
