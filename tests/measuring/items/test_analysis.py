"""The item analysis as a whole: what is filled, what is empty and why."""

from types import SimpleNamespace

import pytest
from helpers import CRITERION, scenario
from item_worlds import DIMENSIONS, evaluation, graded, rubric

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.flips import JudgedTwice, Rejudged
from usersim_opt.measuring.items.records import ADVICE, FLAGS, Reply
from usersim_opt.measuring.outcome import Verdict

NAMES = [f"{task:03}.3" for task in range(1, 9)]
RUBRICS = [rubric(name, {"a": DIMENSIONS[0], "b": DIMENSIONS[2]}) for name in NAMES]


def answered(version, *, a, repeats=15, scenarios=RUBRICS):
    """Replies of which `a` of 15 pass `a`; `b` passes in every third reply."""
    outcomes = [
        graded(each.id, {"a": n < a, "b": n % 3 == 0}, version=version, repeat=n)
        for each in scenarios
        for n in range(repeats)
    ]
    return evaluation(scenarios, outcomes)


@pytest.fixture(scope="module")
def analysis():
    return uso.item_analysis(
        {"base": answered("v1", a=5), "better": answered("v2", a=14)},
        people=answered("p", a=15),
    )


def test_every_criterion_is_an_item_in_order_with_all_its_figures(analysis):
    assert [item.name for item in analysis.items[:3]] == ["001.3 a", "001.3 b", "002.3 a"]
    first = analysis.items[0]
    assert first.shares["base"].fraction == "5/15"
    assert 0.3 < first.shares["base"].shrunk < 0.4
    assert (first.people.fraction, first.weakest.fraction) == ("15/15", "5/15")
    assert (first.weakest_version, first.against, first.decided_by) == ("base", "people", "judge")
    assert first.discrimination.mean == pytest.approx(0.65, abs=0.03)
    assert first.counted.mean == pytest.approx(10 / 15)
    assert first.information > 0.4
    assert first.rest is not None
    assert first.rest_replies == 45
    assert first.failed_by == ("base", "better", "near failure")
    assert (first.flags, first.advice) == ((), "keep")


def test_a_criterion_on_which_nobody_differs_is_spent_and_to_be_rewritten(analysis):
    spent = analysis.items[1]
    assert "spent" in spent.flags
    assert "unfair" in spent.flags
    assert spent.advice == "drop"
    assert spent.information < 0.01
    assert analysis.weights[DIMENSIONS[0]] > 0.99


def test_respondents_are_versions_then_people_then_robots(analysis):
    kinds = [(each.name, each.kind) for each in analysis.respondents]
    assert kinds[:3] == [("base", "version"), ("better", "version"), ("people", "people")]
    assert [name for name, kind in kinds[3:] if kind == "robot"] == [
        "ok",
        "no",
        "helpful",
        "silence",
        "parrot",
    ]
    base = analysis.respondents[0]
    assert (base.replies, base.passed, base.scored) == (120, 80, 240)
    assert analysis.versions == list(analysis.respondents[:2])


def test_counts_and_summary_say_the_same(analysis):
    assert list(analysis.by_flag) == list(FLAGS)
    assert list(analysis.by_advice) == list(ADVICE)
    assert sum(analysis.by_advice.values()) == len(analysis.items) == 16
    assert len(analysis.with_flag("spent")) == analysis.by_flag["spent"]
    assert [item.advice for item in analysis.worst_first] == ["drop"] * 8 + ["keep"] * 8
    assert analysis.summary.startswith("16 items: 8 unfair, 8 spent")
    assert "Advice: drop 8, keep 8." in analysis.summary
    assert analysis.summary.endswith(analysis.start_why)
    assert repr(analysis) == f"<ItemAnalysis: {analysis.summary}>"


def test_one_evaluation_says_what_it_can_and_why_the_rest_is_empty():
    alone = uso.item_analysis(answered("v1", a=5))
    assert all(item.discrimination is None and item.information is None for item in alone.items)
    assert all(item.rest_replies == 15 for item in alone.items)
    assert "D and information: there is one version and nobody to compare it with" in alone.notes
    assert any(note.startswith("people: no replies of people") for note in alone.notes)
    assert any(note.startswith("flips: no reply was judged twice") for note in alone.notes)
    assert alone.weights == {}
    assert alone.start is True


def test_one_reply_per_scenario_names_the_columns_that_need_more():
    both = {name: answered(name, a=1, repeats=1) for name in ("v1", "v2")}
    found = uso.item_analysis(both)
    assert any(
        note.startswith("rest: no scenario has 10 replies (at most 2)") for note in found.notes
    )
    assert any(note.startswith("implied, twins: at most 2 replies") for note in found.notes)
    assert any(note.startswith("16 items without variance") for note in found.notes)


def test_a_criterion_that_nobody_decided_is_kept_and_counted_apart():
    outcomes = [graded("001.3", {"a": n < 3, "b": "unscored"}, repeat=n) for n in range(12)]
    found = uso.item_analysis(evaluation(RUBRICS[:1], outcomes))
    undecided = found.items[1]
    assert (undecided.decided_by, undecided.scored, undecided.flags) == ("nobody", False, ())
    assert (undecided.advice, undecided.why) == (
        "keep",
        "nobody decided it, so nothing is known of it",
    )
    assert found.summary.startswith("2 items (1 without a verdict)")
    assert any(note.startswith("1 item of 2 have no verdict") for note in found.notes)


def test_without_one_scored_verdict_everything_is_empty_and_said():
    outcomes = [graded("001.3", {"a": "unscored", "b": "unscored"})]
    found = uso.item_analysis(evaluation(RUBRICS[:1], outcomes))
    assert "no item has a scored verdict: every column of verdicts is empty" in found.notes
    assert found.start is None
    assert found.by_advice["keep"] == 2


def test_d_compares_with_the_best_version_where_people_did_not_answer():
    people = answered("p", a=15, scenarios=RUBRICS[:4])
    found = uso.item_analysis(
        {"base": answered("v1", a=5), "better": answered("v2", a=14)}, people=people
    )
    assert [item.against for item in found.items[::2]] == ["people"] * 4 + ["better"] * 4


def test_the_weakest_version_is_one_that_was_measured_well():
    few = answered("few", a=0, scenarios=RUBRICS[:1], repeats=3)
    found = uso.item_analysis({"base": answered("v1", a=10), "few": few})
    assert {item.weakest_version for item in found.items} == {"base"}
    assert found.items[0].shares["few"].fraction == "0/3"


def test_where_no_well_measured_version_answered_all_versions_count_together():
    few = [answered(f"v{n}", a=2, scenarios=RUBRICS[1:2], repeats=2) for n in range(3)]
    seed = answered("seed", a=10, scenarios=RUBRICS[:1], repeats=60)
    found = uso.item_analysis([seed, *few])
    first, _, second, _ = found.items
    assert (first.weakest_version, first.weakest.fraction) == ("seed", "10/60")
    assert (second.weakest_version, second.weakest.fraction) == ("all versions together", "6/6")


def test_splits_come_from_the_data_set_or_from_the_stages_of_a_run(airline):
    chosen = [airline.of("train")[0], airline.of("smoke")[0]]
    outcomes = [
        graded(each.id, {c.id: True for c in each.criteria}, source="check") for each in chosen
    ]
    found = uso.item_analysis(evaluation(chosen, outcomes), data=airline)
    assert {item.split for item in found.items} == {"train", "smoke"}
    assert {row.split for row in found.headroom[:3]} == {"all", "train", "smoke"}
    in_run = [
        graded("001.3", {"a": True}, stage="smoke"),
        graded("002.3", {"a": True}, stage="001.look"),
    ]
    run = SimpleNamespace(
        scenarios={each.id: each for each in RUBRICS}, outcomes=in_run, offline=True
    )
    by_stage = uso.item_analysis(run)
    assert [item.split for item in by_stage.items] == ["smoke", "smoke", "train", "train"]
    assert by_stage.offline


def test_a_preference_is_held_against_single_items_and_dimensions():
    names = [f"v{n}" for n in range(12)]
    outcomes = [
        graded(each.id, {"a": n % 2 == 0, "b": n < 6}, version=name)
        for each in RUBRICS[:2]
        for n, name in enumerate(names)
    ]
    scores = [
        SimpleNamespace(scenario=each.id, prompt=name, reply="", score=float(n % 2))
        for each in RUBRICS[:2]
        for n, name in enumerate(names)
    ]
    found = uso.item_analysis(evaluation(RUBRICS[:2], outcomes), preferences=scores)
    assert found.items[0].preference == pytest.approx(-1.0)
    assert found.items[0].advice == "drop"
    assert "replies that pass are liked less" in found.items[0].why
    assert found.items[1].preference == pytest.approx(0.0, abs=1e-9)
    assert found.preference[DIMENSIONS[0]] == pytest.approx(-1.0)


def test_what_was_judged_twice_fills_the_flips():
    def verdict(word):
        return Verdict(criterion="a", outcome=word, evidence="", source="judge")

    changed = [
        Rejudged("001.3", "a", str(n), verdict("pass"), verdict("fail" if n < 4 else "pass"))
        for n in range(8)
    ]
    found = uso.item_analysis(answered("v1", a=8), twice=JudgedTwice(changed, 8))
    assert found.items[0].flips.fraction == "4/8"
    assert found.items[0].flags == ("unreliable",)
    assert found.items[0].why == "the judge changed 4 of 8 verdicts that it gave twice"
    assert found.items[2].flips is None


def test_a_criterion_that_always_passes_and_can_fail_is_to_be_a_guard():
    examples = {"natural": ["no"], "fail": {"reply": "Yes, please go on.", "fails": ["short"]}}
    rubrics = [
        scenario(f"{task:03}.3", criteria=[CRITERION], examples=examples) for task in range(1, 25)
    ]
    outcomes = [
        graded(each.id, {"short": True}, version=version, repeat=n, source="check")
        for version in ("base", "better")
        for each in rubrics
        for n in range(7)
    ]
    found = uso.item_analysis(evaluation(rubrics, outcomes))
    item = found.items[0]
    robots = {"ok": True, "no": True, "helpful": False, "silence": True, "parrot": True}
    assert item.robots == robots
    assert (item.flags, item.advice) == (("saturated", "spent"), "guard")
    assert "it can fail (robot helpful)" in item.why
    assert (item.passing, item.wanted) == ((), ())
    assert found.start is False


def test_an_item_to_rewrite_has_the_replies_that_help_to_do_so():
    both = {"base": answered("v1", a=13), "better": answered("v2", a=13)}
    item = uso.item_analysis(both).items[0]
    assert (item.flags, item.advice) == (("spent",), "rewrite")
    assert item.passing == tuple(Reply("base", f"v1 {n}") for n in range(5))
    assert item.wanted == (Reply("natural example", "no, thursday"),)
    by_people = uso.item_analysis(both, people=answered("p", a=14)).items[0]
    assert by_people.advice == "rewrite"
    assert by_people.wanted == tuple(Reply("people", f"p {n}") for n in range(5))


def test_what_is_no_evaluation_is_refused():
    with pytest.raises(InputError, match="expected an Evaluation"):
        uso.item_analysis({"base": [1, 2]})


def test_a_run_s_record_is_analysed_version_by_version(tuned):
    found = uso.item_analysis(tuned.result)
    assert found.offline
    assert found.versions[0].name == "v000"
    assert {item.split for item in found.items} == {"smoke", "train"}
    assert any(item.against for item in found.items)
    assert found.start is True
