"""The page's table of guards: of a finished run, of one under way, and of a seed that stays."""

from dataclasses import replace

import pytest
from guarded import MARKUP, breaking, with_guards, without_guards

from usersim_opt.results.reading import Reading
from usersim_opt.results.report.guards import MOST_GUARDS, guard_table
from usersim_opt.results.report.page import render


@pytest.fixture
def both_break(small_run):
    """Half of the replies of the seed and all of the winner break a guard, in all stages."""
    seed, winner = small_run.seed.id, small_run.finalist.id
    half, whole = breaking(seed, share=0.5), breaking(winner)
    return with_guards(small_run.record, lambda outcome: half(outcome) or whole(outcome))


def under_way(record):
    """The record before its smoke split was measured."""
    searched = [outcome for outcome in record.outcomes if outcome.stage != "smoke"]
    decisions = [decision for decision in record.decisions if decision.stage != "smoke"]
    return replace(record, outcomes=searched, decisions=decisions, finished=False)


def test_on_the_smoke_split_both_are_compared(both_break, small_run):
    table = guard_table(Reading(both_break))
    (row,) = table.rows
    replies = len(small_run.best_smoke.outcomes)
    assert (row.name, row.new.fraction) == (MARKUP, f"{replies}/{replies}")
    assert table.tested
    assert table.sentence.startswith("Worse on the guards: universal.markup was broken in")
    assert row.loss == "p < 0.001"


def test_replies_of_the_search_are_counted_and_not_compared(both_break):
    """Seed and incumbent met different scenarios there."""
    table = guard_table(Reading(under_way(both_break)))
    assert not table.tested
    assert table.sentence.startswith("Replies that broke a guard: base ")
    page = render(under_way(both_break))
    assert f'<th scope="row">{MARKUP}</th>' in page
    assert '<th class="n">loss</th>' not in page


def test_where_the_seed_stays_alone_its_own_guards_are_shown(both_break, small_run):
    seed = small_run.seed.id
    alone = replace(
        both_break,
        versions={seed: both_break.versions[seed]},
        outcomes=[outcome for outcome in both_break.outcomes if outcome.version == seed],
        decisions=[],
    )
    table = guard_table(Reading(alone))
    assert not table.tested
    assert table.sentence.endswith("replies broke a guard.")
    assert render(alone).count(f'<th scope="row">{MARKUP}</th>') == 1


def test_a_run_with_any_number_of_names_has_a_page_of_bounded_size(small_run):
    def guards_of(outcome):
        return breaking(outcome.version, guard=f"universal.{outcome.scenario}.{outcome.repeat}")(
            outcome
        )

    table = guard_table(Reading(with_guards(small_run.record, guards_of)))
    assert len(table.rows) == MOST_GUARDS


def test_a_run_without_guards_has_no_table(small_run):
    assert guard_table(Reading(without_guards(small_run.record))) is None
