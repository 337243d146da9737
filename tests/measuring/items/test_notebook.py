"""An item analysis in a notebook and as a page: replies beside replies, nothing unescaped."""

import re
from dataclasses import replace

from hostile import HOSTILE
from made_items import ITEMS, analysis

from usersim_opt.measuring.items.notebook import as_html, page
from usersim_opt.measuring.items.records import Reply


def test_an_item_shows_its_figures_and_the_replies_side_by_side():
    shown = analysis()._repr_html_()
    assert "\n" not in shown
    places = [shown.index(f"<code>{each}</code>") for each in ("turned", "spent", "fine")]
    assert places == sorted(places)
    assert "75.0 %" in shown
    assert "3/4 (90 %: 50 to 90 %)" in shown
    assert "D, points over the seed (tuned)" in shown
    assert "Yes, please go ahead. &lt;b&gt;" in shown
    assert '<th style="text-align:left">replies of people, or natural examples</th>' in shown
    assert "Do not start a run" in shown


def test_only_so_many_items_are_shown_and_the_rest_is_counted():
    shown = as_html(analysis(), most=1)
    assert "(1 of 3)" in shown
    assert "spent" not in shown


def test_stand_ins_are_named():
    assert "offline stand-in" not in as_html(analysis())
    assert "offline stand-in" in as_html(analysis(offline=True))


def test_a_page_loads_and_runs_nothing(tmp_path):
    written = analysis().to_html(tmp_path / "items.html").read_text()
    assert written.startswith("<!doctype html>")
    assert "default-src 'none'" in written
    assert not re.search(r"<script|<link|<img|src=|href=", written)


def test_no_text_from_outside_is_markup():
    for text in HOSTILE.values():
        odd = replace(
            ITEMS[1], text=text, why=text, against=text, failed_by=(text,),
            passing=(Reply(text, text),),
        )  # fmt: skip
        shown = page(analysis(items=[odd], notes=[text], start_why=text), 5)
        assert set(re.findall(r"<(\w+)", shown)) <= KNOWN


KNOWN = set(
    "html head meta title style body h1 p b em small code table thead tbody tr th td details "
    "summary span ul li br".split()
)
