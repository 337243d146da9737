from dataclasses import replace

import pytest
from usersim_opt.results.rounds import incumbents, last_round, rounds, worths

from usersim_opt.measuring.stages import round_of
from usersim_opt.results.versions import Decision


@pytest.mark.parametrize(
    ("stage", "number"),
    [
        ("003.look", 3),
        ("007.sample", 7),
        ("000.first", 0),
        ("smoke", None),
        ("evaluate", None),
        ("", None),
        ("\u0663.x", None),
        ("9" * 5000, None),
    ],
)
def test_a_round_is_the_number_before_the_dot(stage, number):
    assert round_of(stage) == number


def ruling(stage, candidate, rule, *, accepted):
    return Decision(
        stage=stage, candidate=candidate, incumbent="v000", rule=rule, accepted=accepted, reason="r"
    )


def test_the_incumbents_are_the_versions_that_led_to_the_finalist(small_run):
    assert [step.version for step in incumbents(small_run.record)] == [
        version.id for version in small_run.accepted
    ]
    assert len(small_run.accepted) > 1
    assert last_round(small_run.record) >= small_run.record.rounds


def test_a_candidate_waits_for_the_second_gate(small_run):
    passed = ruling("004.improvement", "v001", "improvement", accepted=True)
    waiting = replace(small_run.record, outcomes=[], decisions=[passed], ended_by="")
    assert [step.version for step in incumbents(waiting)] == ["v000"]
    held = replace(
        waiting, decisions=[passed, ruling("004.regression", "v001", "regression", accepted=True)]
    )
    assert [(step.version, step.round) for step in incumbents(held)] == [("v000", 0), ("v001", 4)]
    refused = replace(
        waiting, decisions=[passed, ruling("004.regression", "v001", "regression", accepted=False)]
    )
    assert [step.version for step in incumbents(refused)] == ["v000"]
    alone = replace(
        waiting, decisions=[passed, ruling("005.propose", "-", "proposal", accepted=False)]
    )
    assert [step.version for step in incumbents(alone)] == ["v000", "v001"]


def test_a_search_that_rules_once_per_candidate_is_read_too(small_run):
    record = replace(
        small_run.record,
        outcomes=[],
        ended_by="",
        decisions=[ruling("007.model", "v002", "regression", accepted=True)],
    )
    assert [(step.version, step.round) for step in incumbents(record)] == [("v000", 0), ("v002", 7)]
    assert incumbents(replace(record, versions={})) == []


def test_rounds_hold_the_search_and_not_the_smoke_split(small_run):
    found = rounds(small_run.record)
    assert list(found) == list(range(1, last_round(small_run.record) + 1))
    counted = sum(
        len(outcomes) for by_version in found.values() for outcomes in by_version.values()
    )
    assert counted == len(small_run.record.outcomes) - len(small_run.record.of_stage("smoke"))


def test_pieces_have_a_worth_once_something_readable_is_scored(small_run):
    record = small_run.record
    assert worths(record).pieces
    assert worths(replace(record, outcomes=[])) is None
    assert worths(replace(record, scenarios={})) is None
    assert worths(replace(record, versions={})) is None
