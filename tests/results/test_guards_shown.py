"""Broken guards in the views of a run: shown beside the score, never a part of it."""

import json

import pytest
from conftest import BASE_PROMPT
from guarded import (
    EVIDENCE,
    MARKUP,
    breaking,
    last_criterion_as_guard,
    with_guards,
    without_guards,
    without_last_criterion,
)

import usersim_opt as uso
from usersim_opt.results.card import card_of
from usersim_opt.results.card_page import markdown
from usersim_opt.results.export.mlflow_log import _search_numbers, _smoke_numbers
from usersim_opt.results.reading import Reading
from usersim_opt.results.report.comparison import comparison
from usersim_opt.results.report.page import render
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.standings import Standings
from usersim_opt.results.terminal import screen
from usersim_opt.results.version_rows import version_rows


def shown(record):
    return screen(record, None, held="", width=200, height=60, now=2e9)


@pytest.fixture
def winner_breaks(small_run):
    """The run, had three of ten replies of the winner broken a guard, and none of the seed."""
    return with_guards(small_run.record, breaking(small_run.finalist.id, share=0.3))


def test_a_guard_that_flips_moves_no_figure_of_the_score(small_run):
    def flips(outcome):
        return outcome.repeat % 2 == 0 or outcome.version != "v000"

    guarded = last_criterion_as_guard(small_run.record, flips=flips)
    without = without_last_criterion(small_run.record)
    assert Reading(guarded).evaluation(small_run.finalist).guards.names
    assert figures(guarded) == figures(without)
    assert figures(small_run.record) != figures(without)


def figures(record):
    """Everything that a view of a run says of the score, in one mapping."""
    reading, result = Reading(record), OptimizationResult(record)
    base, best = result.base_smoke, result.best_smoke
    smoke = {k: v for k, v in _smoke_numbers(result).items() if ".guard" not in k}
    rows = best.to_pandas()
    replies = record.to_pandas().drop(columns="guards_broken")
    return {
        "gain": reading.gain,
        "rates": reading.smoke_rates,
        "rounds": [[o.pass_rate for o in step.outcomes] for step in reading.rounds],
        "dimensions": (base.by_dimension, best.by_dimension),
        "failing": (base.failing, best.failing, best.unscored),
        "worths": reading.worths,
        "standings": str(Standings.of(record)),
        "mlflow": smoke,
        "search": [_search_numbers(result, version, None) for version in record.versions],
        "versions": version_rows(reading),
        "page": comparison(reading),
        "verdicts": rows[rows.role == "score"].to_csv(index=False),
        "pairs": uso.Comparison(base, best, reading.gain).to_pandas().to_csv(),
        "replies": replies.to_csv(),
    }


def test_result_card_terminal_and_page_show_what_was_broken(winner_breaks, tuned, small_run):
    result = OptimizationResult(winner_breaks)
    guards = result.best_smoke.guards
    rival, fraction = small_run.finalist.id, guards.together.fraction
    assert 0 < guards.together.broken < guards.together.replies
    row = next(line for line in str(result).splitlines() if line.startswith(MARKUP))
    assert row.split()[:3] == [MARKUP, f"0/{guards.together.replies}", fraction]
    assert f"Replies that broke a guard: base 0/{guards.together.replies}, {rival} {fraction}." in (
        result.verdict
    )
    assert f"Worse on the guards: {MARKUP} was broken in 0 of" in str(result)
    assert MARKUP in result._repr_html_()
    whole = shown(winner_breaks)
    assert "broke a guard, in the whole run: universal.markup" in " ".join(whole.split())
    page = render(winner_breaks)
    assert page.count(f'<th scope="row">{MARKUP}</th>') == 1
    assert f"<code>{MARKUP}</code> <span>{EVIDENCE.replace(chr(39), '&#39;')}" in page
    assert "failed criterion or broken guard" in page


def test_the_card_tells_of_the_prompt_and_of_its_seed(winner_breaks, tuned):
    simulator = tuned.with_prompt(tuned.prompt.text)
    simulator.result = OptimizationResult(winner_breaks)
    card = json.loads(json.dumps(card_of(simulator)))
    broken = simulator.result.best_smoke.guards.together
    assert card["guards"] == {
        "replies": broken.replies,
        "broken": broken.broken,
        "by_guard": {MARKUP: broken.broken},
    }
    assert card["guards_of_seed"] == {"replies": broken.replies, "broken": 0, "by_guard": {}}
    page = markdown(card, "p.txt", use="")
    own = f"{broken.broken} of {broken.replies} ({MARKUP} {broken.broken})"
    assert f"| replies that broke a guard | {own} |" in page
    assert f"| replies of the seed prompt that broke a guard | 0 of {broken.replies} |" in page


def test_mlflow_gets_the_replies_that_broke_guards_on_both_sides(winner_breaks):
    numbers = _smoke_numbers(OptimizationResult(winner_breaks))
    broken = OptimizationResult(winner_breaks).best_smoke.guards.together.broken
    assert numbers["smoke.seed.guards_broken"] == 0.0
    assert numbers["smoke.finalist.guards_broken"] == broken
    assert numbers[f"smoke.finalist.guard.{MARKUP}"] == broken


def test_where_guards_were_in_force_and_none_was_broken_one_line_says_so(small_run):
    """The search met a broken guard, so they were in force; on the smoke split none was broken."""
    record = small_run.record
    first = record.outcomes[0].key
    guards_of = breaking(small_run.seed.id)
    record = with_guards(record, lambda o: guards_of(o) if o.key == first else [])
    result = OptimizationResult(record)
    replies = len(result.base_smoke.outcomes) + len(result.best_smoke.outcomes)
    line = f"No guard was broken in {replies} replies."
    assert line in str(result).splitlines()
    assert line in result._repr_html_()
    assert line in render(record)
    assert "guard" not in result.verdict


def test_of_a_run_that_knew_no_guards_nothing_is_said(small_run, tuned):
    record = without_guards(small_run.record)
    simulator = tuned.with_prompt(tuned.prompt.text)
    simulator.result = OptimizationResult(record)
    card = card_of(simulator)
    views = [
        str(simulator.result).replace("turned away by the guard", ""),
        shown(record).replace("turned away by the guard", ""),
        markdown(card, "p.txt", use=""),
    ]
    assert not [view for view in views if "a guard" in view or "No guard" in view]
    assert "<h3>Guards</h3>" not in render(record)
    assert not {"guards", "guards_of_seed"} & card.keys()
    numbers = _smoke_numbers(simulator.result)
    assert numbers
    assert not [name for name in numbers if ".guard" in name.replace(".dimension.guard.", "")]


def test_a_hostile_name_of_a_guard_stays_text(small_run):
    name = "<script>alert(1)</script>" * 20
    guards_of = breaking(small_run.finalist.id, small_run.seed.id, guard=name)
    page = render(with_guards(small_run.record, guards_of))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


class Curt:
    """The rubric, with a guard that replies of less than so many words break."""

    def __init__(self, inner, words):
        self.inner, self.words = inner, words
        self.models, self.price = inner.models, inner.price
        self.name = f"Curt({words})"

    def grade(self, scenario, reply):
        grade = self.inner.grade(scenario, reply)
        if len(reply.split()) >= self.words:
            return grade
        curt = uso.Verdict(
            criterion="universal.curt", outcome="fail", evidence=reply, source="check"
        )
        return grade.model_copy(update={"guards": (*grade.guards, curt)})


def test_a_run_ships_nothing_that_loses_a_guard_however_much_it_gains(airline, metric, tmp_path):
    """The stand-ins become brief, which the rubric wants and this guard forbids."""
    student = uso.UserSimulator(
        uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9)
    )
    optimizer = uso.RubricOptimizer(
        metric=Curt(metric, 20),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path / "run",
        max_calls=1000,
        seed=6,
    )
    best = optimizer.compile(student, trainset=airline.train, valset=airline.smoke)
    result = best.result
    vetoed = result.decisions[-1]
    assert (vetoed.stage, vetoed.rule, vetoed.accepted) == ("smoke", "guard_loss", False)
    assert vetoed.reason.startswith("worse on the guards: universal.curt was broken in")
    assert result.confirmation.proven
    assert best.prompt == student.prompt
    assert f"Shipped: the seed prompt, not {result.finalist.id}: {vetoed.reason}." in result.verdict
    assert "would settle it" not in result.verdict
    assert "Not shipped" in render(result.record)
    assert f"and was not shipped: {vetoed.reason}.".replace("<", "&lt;") in markdown(
        card_of(best), "p.txt", use=""
    )
    again = optimizer.compile(student, trainset=airline.train, valset=airline.smoke)
    assert again.result.decisions == result.decisions
