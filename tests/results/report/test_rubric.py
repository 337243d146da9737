"""What the page of a run says of its rubric: the items by dimension, what is left, the worst."""

import re

import pytest
from results.report.pages import Page

import usersim_opt as uso
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.page import render
from usersim_opt.results.report.rubric import MOST_ITEMS, rubric


@pytest.fixture(scope="module")
def section(finished):
    return rubric(Reading(uso.read_record(finished)))


def test_every_item_of_the_run_is_counted_once_under_its_dimension(section):
    counted = [len(row.items) for row in section.dimensions]
    assert sum(counted) == len(section.analysis.items)
    assert sum(row.saturated for row in section.dimensions) == section.saturated
    assert len({row.name for row in section.dimensions}) == len(section.dimensions)


def test_the_seed_s_rates_are_those_of_its_own_verdicts(section, finished):
    record = uso.read_record(finished)
    seed = [each for each in record.outcomes if each.version == record.seed.id]
    for row in section.dimensions:
        names = {(item.scenario, item.criterion) for item in row.items}
        verdicts = [
            verdict
            for outcome in seed
            for verdict in outcome.scored_verdicts
            if (outcome.scenario, verdict.criterion) in names
        ]
        if verdicts:
            assert row.headroom.share.scored == len(verdicts)
            assert row.headroom.share.passed == sum(verdict.passed for verdict in verdicts)


def test_a_bar_is_filled_from_side_to_side(section):
    for row in section.dimensions:
        widths = re.findall(r'<rect [^>]*width="([\d.]+)%"', str(row.plot))
        assert sum(map(float, widths)) == pytest.approx(100, abs=0.1)


def test_only_items_that_cannot_stay_as_they_are_have_a_row(section):
    assert all(row.item.advice != "keep" for row in section.worst)
    assert len(section.worst) <= MOST_ITEMS
    to_mend = sum(item.advice != "keep" for item in section.analysis.items)
    assert len(section.worst) + section.more == to_mend


def test_the_page_says_what_the_analysis_says(section, finished):
    told = Page(render(uso.read_record(finished))).sections["rubric"]
    assert section.start in told
    for advice, number in section.analysis.by_advice.items():
        assert f"{advice} {number:,}" in told
    for row in section.worst:
        assert row.text in told


def test_the_section_is_as_heavy_as_it_says_about(section, finished):
    page = render(uso.read_record(finished))
    drawn = page.partition('<section id="rubric">')[2].partition("</section>")[0]
    assert 0.5 * section.weight < len(drawn.encode()) < 1.5 * section.weight


def test_a_run_without_a_graded_reply_has_an_empty_section(finished, tmp_path):
    record = uso.read_record(finished)
    first = (finished / "journal.jsonl").read_text().split("\n", 1)[0]
    (tmp_path / "journal.jsonl").write_text(first + "\n")
    begun = uso.read_record(tmp_path)
    assert rubric(Reading(begun)) is None
    assert "No reply with known criteria has been graded yet." in render(begun)
    assert record.outcomes


def test_a_block_is_a_part_of_the_width():
    drawn = str(svg.block(0.25, 0.5, height=9, kind="keep", title="a < b"))
    assert 'x="25.00%" width="50.00%" height="9"' in drawn
    assert "a &lt; b" in drawn
