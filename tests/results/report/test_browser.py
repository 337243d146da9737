"""The page in headless Chromium with the network off.

Nothing on the console, scenarios open, versions are compared, AA contrast.
"""

import pytest
from browsers import CONTRAST, click, opened, text
from hostile import HOSTILE

import usersim_opt as uso
from usersim_opt.results.report.page import write_report


@pytest.fixture
def show(browser, tmp_path):
    """Opens the page of a run folder, its failures on the smoke split included."""

    def open_page(folder, *, width=1280, dark=False):
        record = uso.read_record(folder)
        page = write_report(record, tmp_path / "page.html", smoke_failures=True)
        return opened(browser, page, width=width, dark=dark)

    return open_page


def test_the_page_opens_without_network_and_without_a_word_on_the_console(show, finished):
    browser = show(finished)
    assert browser.get_log("browser") == []
    assert (
        browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
        == []
    )
    heights = browser.execute_script(
        "return [...document.querySelectorAll('section')]"
        ".map(s => [s.id, s.textContent.trim().length])"
    )
    assert len(heights) == 12
    assert all(length > 150 for _, length in heights)


def test_a_failing_scenario_opens_on_a_click_with_reply_context_and_evidence(show, finished):
    browser = show(finished)
    result = uso.load_result(finished)
    assert not browser.execute_script("return document.querySelector('dialog').open")
    click(browser, ".compared tbody a.id")
    assert browser.execute_script("return document.querySelector('dialog').open")
    named = text(browser, "#reader-title").removeprefix("Scenario ")
    record, told = result.record.scenarios[named], text(browser, "#reader-body")
    failed = [
        o
        for o in result.best_smoke.outcomes
        if o.scenario == named and o.grade.passed < o.grade.scored
    ]
    assert any(outcome.reply in told for outcome in failed)
    assert all(turn.text in told for turn in record.history)
    assert all(criterion.text in told for criterion in record.criteria)
    click(browser, "#reader-after")
    assert text(browser, "#reader-title") != f"Scenario {named}"
    click(browser, "#reader-close")
    assert not browser.execute_script("return document.querySelector('dialog').open")
    assert browser.get_log("browser") == []


def test_any_two_versions_are_compared_word_by_word(show, finished):
    browser = show(finished)
    versions = list(uso.read_record(finished).versions.values())
    choose = (
        "const s = document.querySelector(arguments[0]);"
        "s.value = arguments[1]; s.dispatchEvent(new Event('change'))"
    )
    read = """return [...document.querySelectorAll('#diff-lines tr')].map(row => [1, 3].map(i =>
        row.cells[i].classList.contains('none') ? null : row.cells[i].textContent))"""
    for old, new in ((1, len(versions) - 1), (len(versions) - 1, 0), (2, 2)):
        browser.execute_script(choose, "#diff-old", str(old))
        browser.execute_script(choose, "#diff-new", str(new))
        rows = browser.execute_script(read)
        assert "\n".join(a for a, _ in rows if a is not None) == versions[old].text
        assert "\n".join(b for _, b in rows if b is not None) == versions[new].text
        marked = browser.execute_script(
            "return document.querySelectorAll('#diff-lines ins, #diff-lines del').length"
        )
        assert bool(marked) == (versions[old].text != versions[new].text)
        assert text(browser, "#old-name") == versions[old].id


def test_the_script_marks_the_words_that_changed(show, write_run):
    browser = show(write_run("one two three"))
    browser.execute_script("""const texts = document.querySelectorAll('pre[data-version]');
        texts[0].textContent = 'a\\n- Say one short thing.\\nb';
        texts[1].textContent = 'a\\n- Say one long thing.\\nc d e\\nb';
        document.querySelector('#diff-old').value = 0;
        document.querySelector('#diff-new').value = 1;
        document.querySelector('#diff-new').dispatchEvent(new Event('change'))""")
    marks = browser.execute_script(
        "return [...document.querySelectorAll('#diff-lines ins, #diff-lines del')]"
        ".map(n => [n.tagName, n.textContent])"
    )
    assert marks == [["DEL", "short "], ["INS", "long "], ["INS", "c d e"]]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_has_aa_contrast(show, finished, dark):
    browser = show(finished, dark=dark)
    click(browser, ".compared tbody a.id")
    found = browser.execute_script(CONTRAST)
    assert found["seen"] > 500
    assert found["low"] == []


def test_the_button_changes_the_colours(show, finished):
    browser = show(finished)
    ground = "return getComputedStyle(document.body).backgroundColor"
    before = browser.execute_script(ground)
    click(browser, "#theme")
    after = browser.execute_script(ground)
    click(browser, "#theme")
    assert before != after
    assert browser.execute_script(ground) == before


def test_a_phone_needs_no_sideways_scrolling(show, finished):
    browser = show(finished, width=375)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375
    click(browser, ".compared tbody a.id")
    assert (
        browser.execute_script(
            "const d = document.querySelector('dialog'); return d.scrollWidth - d.clientWidth"
        )
        == 0
    )


@pytest.mark.parametrize(
    "name",
    [
        "script end",
        "img",
        "svg",
        "attribute",
        "apostrophe",
        "iframe",
        "comment",
        "style",
        "jinja",
        "huge word",
        "bidi",
    ],
)
def test_hostile_texts_are_not_executed(show, write_run, name):
    text = HOSTILE[name]
    browser = show(
        write_run(
            "<script>document.title = 'hit'</script><img src=x onerror=\"document.title='hit'\">"
            + text
        ),
        width=375,
    )
    click(browser, ".compared tbody a.id")
    click(browser, "#reader-after")
    browser.execute_script("document.querySelector('#diff-new').dispatchEvent(new Event('change'))")
    assert browser.title != "hit"
    assert browser.get_log("browser") == []
    assert (
        browser.execute_script(
            "return document.querySelectorAll('img, iframe, object, script').length"
        )
        == 1
    )
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 375


def test_the_policy_keeps_injected_script_from_running(show, finished):
    browser = show(finished)
    browser.execute_script(
        "const s = document.createElement('script');"
        "s.textContent = 'document.title = \"hit\"'; document.body.append(s)"
    )
    assert browser.title != "hit"
    assert "Content Security Policy" in browser.get_log("browser")[0]["message"]


def test_without_script_the_links_lead_to_the_scenarios_and_the_diff_is_there(
    browser, show, finished
):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(finished)
        link = browser.find_element("css selector", ".compared tbody a.id")
        target = link.get_attribute("href").partition("#")[2]
        link.click()
        assert browser.find_element("id", target).is_displayed()
        assert browser.find_elements("css selector", "#diff-lines ins, #diff-lines del")
        assert not browser.find_element("id", "picks").is_displayed()
        assert not browser.find_element("id", "theme").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
