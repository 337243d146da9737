"""The page of an evaluation in tau2, in headless Chromium with the network off."""

import pytest
from browsers import CONTRAST, opened, said_and_loaded
from made_downstream import downstream, judged

import usersim_opt as uso


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of two prompts with a judge's faults."""
    folder = tmp_path_factory.mktemp("page")
    return uso.tau.write_page(downstream(), folder / "tau2.html", errors=judged())


def test_it_opens_without_network_and_without_a_word_on_the_console(browser, page):
    opened(browser, page)
    assert said_and_loaded(browser) == ([], [])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_aa_contrast(browser, page, dark):
    opened(browser, page, dark=dark)
    found = browser.execute_script(CONTRAST)
    assert found["seen"] > 150
    assert found["low"] == []


@pytest.mark.parametrize("width", [375, 1280])
def test_plots_have_room_and_no_page_scrolls_sideways(browser, page, width):
    opened(browser, page, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    widths = browser.execute_script(
        "return [...document.querySelectorAll('td svg.plot')]"
        ".map(each => each.getBoundingClientRect().width)"
    )
    assert min(widths) > 120


def test_the_line_of_doing_nothing_stands_where_its_share_is(browser, page):
    opened(browser, page)
    left, line, right = browser.execute_script(
        "const plot = document.querySelector('.sides svg.plot').getBoundingClientRect();"
        "const line = document.querySelector('.sides .plot .nothing').getBoundingClientRect();"
        "return [plot.left, line.left + line.width / 2, plot.right]"
    )
    assert (line - left) / (right - left) == pytest.approx(0.25, abs=0.01)
