import json
import shutil
from dataclasses import replace

import pytest
from helpers import outcome

import usersim_opt as uso
from usersim_opt.basics.errors import JournalError
from usersim_opt.measuring.stages import SMOKE, ends_round, round_of
from usersim_opt.results import journal
from usersim_opt.results.reading import Reading, depths
from usersim_opt.results.record import RunRecord
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.rules import in_order
from usersim_opt.results.version_rows import version_rows
from usersim_opt.results.versions import Decision, Version


def version(number, parent=None):
    name = f"v{number:03}"
    return Version(
        id=name,
        text=f"Play the customer, wording {number}.",
        sha256=name,
        parent=parent,
        origin="proposal" if number else "seed",
    )


def decided(stage, candidate, rule, *, accepted):
    return Decision(
        stage=stage, candidate=candidate, incumbent="v000", rule=rule, accepted=accepted, reason="r"
    )


def replies(name, stage, passed=1):
    """Replies of a version to six scenarios of six tasks, with `passed` of two criteria passed."""
    return [
        outcome(f"{task:03}.1", passed, 2, version=name).model_copy(update={"stage": stage})
        for task in range(1, 7)
    ]


@pytest.fixture
def record(small_run):
    """Makes the record of a run: of versions v000 to v003, decisions, and replies."""

    def make(*decisions, outcomes=(), versions=None, **changes) -> RunRecord:
        chosen = [version(n) for n in range(4)] if versions is None else versions
        state = {"ended_by": "", "finished": False} | changes
        return replace(
            small_run.record,
            versions={made.id: made for made in chosen},
            decisions=list(decisions),
            outcomes=list(outcomes),
            scenarios={},
            **state,
        )

    return make


@pytest.fixture
def finished(record):
    """Makes the record of a finished run in which v001 faced the seed."""

    def make(*decisions, finalist="v001", versions=None):
        smoke = [*replies("v000", SMOKE), *(replies(finalist, SMOKE, 2) if finalist else ())]
        return record(
            *decisions, outcomes=smoke, versions=versions, finished=True, ended_by="the budget"
        )

    return make


# -- stages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("003.look", 3), ("007.sample", 7), ("000.first", 0), ("012", 12), ("smoke", None),
        ("evaluate", None), ("", None), ("\u0663.x", None), ("1e3.x", None), ("-1.x", None),
        ("9" * 5000, None),
    ],
)  # fmt: skip
def test_a_round_is_the_number_before_the_dot(stage, number):
    assert round_of(stage) == number


# -- the incumbents ------------------------------------------------------------------------------


def test_who_passes_both_gates_is_the_incumbent_from_then_on(record):
    reading = Reading(
        record(
            decided("001.improvement", "v001", "improvement", accepted=True),
            decided("001.regression", "v001", "regression", accepted=True),
            decided("002.improvement", "v002", "improvement", accepted=True),
            decided("002.regression", "v002", "regression", accepted=False),
            decided("003.guard", "v003", "guard", accepted=False),
        )
    )
    assert [(step.incumbent, step.promoted) for step in reading.rounds] == [
        ("v000", "v001"),
        ("v001", ""),
        ("v001", ""),
    ]
    assert reading.finalist.id == "v001"
    assert reading.incumbents == ["v000", "v001"]


def test_the_incumbents_are_the_versions_that_led_to_the_finalist(small_run):
    reading = small_run.reading
    assert reading.incumbents == [version.id for version in small_run.accepted]
    assert len(small_run.accepted) > 1
    assert reading.last_round >= small_run.record.rounds


def test_a_candidate_waits_for_the_second_gate(record):
    passed = decided("004.improvement", "v001", "improvement", accepted=True)

    def incumbents(*later, **changes):
        return Reading(record(passed, *later, **changes)).incumbents

    assert incumbents() == ["v000"]
    second = decided("004.regression", "v001", "regression", accepted=True)
    assert incumbents(second) == ["v000", "v001"]
    assert incumbents(second.model_copy(update={"accepted": False})) == ["v000"]
    next_round = decided("005.propose", "-", "proposal", accepted=False)
    assert incumbents(next_round) == ["v000", "v001"]
    assert incumbents(outcomes=replies("v000", "005.look")) == ["v000", "v001"]
    assert incumbents(ended_by="the budget") == ["v000", "v001"]


def test_a_search_that_rules_once_per_candidate_is_read_too(record):
    once = decided("007.model", "v002", "regression", accepted=True)
    reading = Reading(record(once, ended_by="the budget"))
    assert [(step.version, step.round) for step in reading.promotions] == [("v000", 0), ("v002", 7)]
    assert Reading(record(once, versions=[])).promotions == []


def test_a_version_that_is_turned_down_in_a_round_may_be_accepted_at_its_close(record):
    reading = Reading(
        record(
            decided("008.regression", "v002", "regression", accepted=False),
            decided("008.close", "v002", "regression", accepted=True),
        )
    )
    assert (reading.rounds[0].promoted, reading.finalist.id) == ("v002", "v002")


def test_who_is_accepted_last_holds_the_place(record):
    reading = Reading(
        record(
            decided("008.regression", "v002", "regression", accepted=False),
            decided("008.regression", "v003", "regression", accepted=True),
            decided("008.close", "v002", "regression", accepted=True),
        )
    )
    assert reading.incumbents == ["v000", "v003", "v002"]
    assert reading.finalist.id == "v002"


def test_a_version_is_accepted_on_the_first_gate_that_said_yes(record):
    no = decided("008.improvement", "v002", "improvement", accepted=False)
    yes = decided("008.close", "v002", "regression", accepted=True)
    assert Reading(record(no, yes)).promotions[-1].decision == yes


def test_the_seed_is_the_incumbent_of_every_round_before_another_is(record):
    reading = Reading(record(outcomes=[*replies("v000", "000.first"), *replies("v000", "001.x")]))
    assert [step.incumbent for step in reading.rounds] == ["v000", "v000"]


def test_rounds_hold_the_search_and_not_the_smoke_split(small_run):
    reading = small_run.reading
    assert [step.number for step in reading.rounds] == list(range(1, reading.last_round + 1))
    counted = sum(len(step.outcomes) for step in reading.rounds)
    assert counted == len(small_run.record.outcomes) - len(small_run.record.of_stage(SMOKE))


# -- rules and gates of somebody's own -----------------------------------------------------------


def test_a_gate_that_no_table_lists_promotes_whom_it_accepts(record):
    passed = decided("002.length", "v001", "length", accepted=True)
    assert not ends_round(passed.stage)
    waiting = Reading(record(passed))
    over = Reading(record(passed, outcomes=replies("v001", "003.look")))
    assert (waiting.incumbents, over.incumbents) == (["v000"], ["v000", "v001"])
    assert over.promotions[-1].decision == passed
    refused = Reading(record(passed.model_copy(update={"accepted": False}), ended_by="x"))
    assert refused.incumbents == ["v000"]


def test_a_rule_that_no_table_lists_is_counted_by_its_name(finished):
    result = OptimizationResult(
        finished(
            decided("001.guard", "v001", "guard", accepted=False),
            decided("002.length", "v002", "length", accepted=False),
            decided("003.length", "v003", "length", accepted=False),
            decided(SMOKE, "v001", "smoke", accepted=True),
        )
    )
    assert "3 rejected (1 turned away by the guard, 2 turned down by length)" in str(result)


def test_a_refusal_is_the_last_no_of_the_search_to_a_version(record):
    reading = Reading(
        record(
            decided("001.look", "v001", "improvement", accepted=False),
            decided("002.look", "v001", "improvement", accepted=True),
            decided("002.regression", "v001", "regression", accepted=False),
            decided("003.look", "v001", "improvement", accepted=True),
            decided("003.look", "v002", "improvement", accepted=True),
            decided(SMOKE, "v002", "smoke", accepted=False),
        )
    )
    assert {name: refusal.rule for name, refusal in reading.refusals.items()} == {
        "v001": "regression"
    }
    assert [ruling.stage for ruling in reading.last_rulings.values()] == ["003.look", "003.look"]


def test_rules_that_no_table_lists_come_last_as_they_came():
    assert in_order(["zeal", "guard", "amber", "proposal", "guard"]) == [
        "proposal",
        "guard",
        "zeal",
        "amber",
    ]


def test_a_version_of_an_unlisted_rule_has_its_row_with_the_ruling(finished):
    ruling = decided("002.length", "v002", "length", accepted=False)
    rows = {row["version"]: row for row in version_rows(Reading(finished(ruling)))}
    assert list(rows) == ["v000", "v001", "v002", "v003"]
    assert (rows["v002"]["rule"], rows["v002"]["accepted"]) == ("length", False)


@pytest.mark.parametrize("rule", ["smoke", "length", "collapse"])
@pytest.mark.parametrize(("accepted", "ships"), [(True, "v001"), (False, "v000")])
def test_the_stage_and_not_the_rule_makes_a_ruling(finished, rule, accepted, ships):
    result = OptimizationResult(finished(decided(SMOKE, "v001", rule, accepted=accepted)))
    assert result.reading.ruling.rule == rule
    assert (result.shipped.id, result.finalist.id) == (ships, "v001")
    assert result.reading.rival == ("winner" if accepted else "candidate")


def test_a_gate_called_smoke_in_the_search_is_no_ruling(finished):
    reading = Reading(finished(decided("003.smoke", "v002", "smoke", accepted=True), finalist=""))
    assert reading.ruling is None
    assert reading.shipped.id == "v000"


def test_a_gain_that_was_measured_and_refused_does_not_ship(finished):
    result = OptimizationResult(finished(decided(SMOKE, "v001", "length", accepted=False)))
    assert result.confirmation.gain.mean == pytest.approx(0.5)
    assert result.verdict.startswith(
        "Shipped: the seed prompt, not v001, by the rule 'length': r.\n"
    )


# -- the finalist --------------------------------------------------------------------------------


def test_the_finalist_is_who_faced_the_seed(finished):
    reading = Reading(
        finished(
            decided("001.close", "v003", "regression", accepted=True),
            decided(SMOKE, "v001", "smoke", accepted=True),
        )
    )
    assert reading.finalist.id == "v001"


def test_nobody_faced_the_seed_of_a_finished_run_that_measured_it_alone(finished):
    reading = Reading(
        finished(decided("001.close", "v003", "regression", accepted=True), finalist="")
    )
    assert reading.finalist == reading.seed == reading.shipped
    assert not reading.found_better
    assert "The seed prompt stays" in OptimizationResult(reading.record).verdict


def test_the_ruling_names_a_finalist_whose_replies_cannot_be_read(finished):
    ruling = decided(SMOKE, "v002", "smoke", accepted=True)
    assert Reading(finished(ruling, finalist="")).shipped.id == "v002"
    stranger = decided(SMOKE, "v999", "smoke", accepted=True)
    assert Reading(finished(stranger, finalist="")).shipped.id == "v000"


def test_before_the_smoke_split_rates_are_those_of_the_search(record):
    searched = [*replies("v000", "001.look"), *replies("v001", "001.sample", 2)]
    reading = Reading(
        record(decided("001.close", "v001", "regression", accepted=True), outcomes=searched)
    )
    assert (reading.split, reading.rival, reading.shipped) == ("search", "incumbent", None)
    assert {o.version for o in reading.best_outcomes} == {"v001"}
    assert reading.gain.scenarios == 0


# -- records that hold anything ------------------------------------------------------------------


def test_parents_in_a_ring_come_to_an_end(finished):
    ring = [version(0), version(1, "v002"), version(2, "v003"), version(3, "v001")]
    result = OptimizationResult(
        finished(decided(SMOKE, "v001", "smoke", accepted=True), versions=ring)
    )
    assert [made.id for made in result.accepted] == ["v003", "v002", "v001"]
    assert depths(result.versions) == {"v000": 0, "v001": 0, "v002": 0, "v003": 1}
    assert "v003" in str(result)


def test_a_parent_that_does_not_come_before_its_child_counts_as_none():
    chain = [version(0), version(1, "v000"), version(2, "v003"), version(3, "v002")]
    assert depths({made.id: made for made in chain}) == {"v000": 0, "v001": 1, "v002": 0, "v003": 1}


def test_a_version_is_its_own_parent_at_most_once(finished):
    own = [version(0), version(1, "v001")]
    result = OptimizationResult(
        finished(decided(SMOKE, "v001", "smoke", accepted=True), versions=own)
    )
    assert [made.id for made in result.accepted] == ["v001"]


def test_versions_without_replies_have_rows_without_rates(record):
    rows = version_rows(Reading(record(outcomes=replies("v000", "001.look"))))
    assert [(row["replies"], row["pass_rate"]) for row in rows] == [(6, 0.5), *[(0, None)] * 3]
    assert [row["smoke_pass_rate"] for row in rows] == [None] * 4


def test_an_empty_record_has_no_answers_and_no_errors(record):
    reading = Reading(record(versions=[]))
    assert (reading.seed, reading.finalist, reading.shipped, reading.ruling) == (None,) * 4
    assert (reading.rounds, reading.last_round, reading.incumbents) == ([], 0, [])
    assert (reading.smoke_rates, reading.worths, reading.found_better) == ([], None, False)
    with pytest.raises(JournalError, match="holds no finished run"):
        _ = OptimizationResult(reading.record).seed


def test_decisions_and_replies_of_strangers_are_left_out(record):
    reading = Reading(
        record(
            decided("001.close", "v777", "regression", accepted=True),
            outcomes=replies("v888", "002.look"),
        )
    )
    assert reading.incumbents == ["v000"]
    assert reading.finalist.id == "v000"
    assert reading.readable == []


def test_pieces_have_a_worth_once_something_readable_is_scored(small_run):
    record = small_run.record
    assert small_run.reading.worths.pieces
    for changes in ({"outcomes": []}, {"scenarios": {}}, {"versions": {}}):
        assert Reading(replace(record, **changes)).worths is None


def test_replies_that_the_data_do_not_explain_are_left_to_themselves(small_run, tmp_path):
    folder = shutil.copytree(small_run.run_dir, tmp_path / "spoiled")
    data = json.loads((folder / "data.json").read_text())
    data["records"] = data["records"][::2]
    (folder / "data.json").write_text(json.dumps(data))
    result = uso.load_result(folder)
    present = set(result.record.scenarios)
    assert {o.scenario for o in result.reading.readable} <= present
    assert 0 < len(result.reading.readable) < len(result.record.outcomes)
    assert {o.scenario for o in result.base_smoke.outcomes} <= present
    assert 0 < len(result.base_smoke.outcomes) < len(result.reading.base_outcomes)
    assert str(result)
    assert result._repr_html_()


def test_a_reading_of_the_log_is_that_of_the_result(small_run):
    copy = Reading(uso.read_record(small_run.run_dir))
    assert copy.shipped == small_run.shipped
    assert copy.gain == small_run.confirmation
    assert copy.record.folder / journal.FILE == small_run.run_dir / journal.FILE
