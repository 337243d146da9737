import json

import pytest
from helpers import outcome
from usersim_opt.results.rounds import readable

import usersim_opt as uso
from usersim_opt.measuring.stages import round_of
from usersim_opt.results import journal
from usersim_opt.results.reading import Reading, depths
from usersim_opt.results.versions import Decision, Version


@pytest.fixture
def read(tmp_path):
    """A reading of decisions given as (stage, rule, accepted, candidate); versions v000 to v003, a reply of the seed in the round after."""

    def make(*decisions, after=()):
        versions = [
            Version(
                id=f"v00{n}",
                text="t",
                sha256="s",
                parent=None,
                origin="seed" if not n else "proposal",
            )
            for n in range(4)
        ]
        lines = [{"event": "version"} | version.model_dump(mode="json") for version in versions]
        for stage, rule, accepted, candidate in decisions:
            made = Decision(
                stage=stage,
                candidate=candidate,
                incumbent="",
                rule=rule,
                accepted=accepted,
                reason="r",
            )
            lines.append({"event": "decision"} | made.model_dump(mode="json"))
        lines += [
            {"event": "outcome"} | outcome("001.1", 1, 2).model_dump(mode="json") | {"stage": stage}
            for stage in after
        ]
        with journal.Journal.open(tmp_path, {"seed": 1}) as log:
            for line in lines:
                log.append(line)
        return Reading(uso.read_record(tmp_path))

    return make


def test_who_passes_both_gates_is_the_incumbent_from_then_on(read):
    reading = read(
        ("001.improvement", "improvement", True, "v001"),
        ("001.regression", "regression", True, "v001"),
        ("002.improvement", "improvement", True, "v002"),
        ("002.regression", "regression", False, "v002"),
        ("003.guard", "guard", False, "v003"),
    )
    assert [(step.incumbent, step.promoted) for step in reading.rounds] == [
        ("v000", "v001"),
        ("v001", ""),
        ("v001", ""),
    ]
    assert reading.best.id == "v001"
    assert reading.incumbents == ["v000", "v001"]


def test_a_decision_of_rule_regression_alone_makes_an_incumbent(read):
    assert read(("007.sample", "regression", True, "v002")).best.id == "v002"


def test_a_version_that_is_turned_down_in_a_round_may_be_accepted_at_its_close(read):
    reading = read(
        ("008.regression", "regression", False, "v002"), ("008.close", "regression", True, "v002")
    )
    assert (reading.rounds[0].promoted, reading.best.id) == ("v002", "v002")


def test_the_first_gate_alone_does_so_only_once_the_round_is_over(read):
    assert read(("002.improvement", "improvement", True, "v001")).best.id == "v000"


def test_the_first_gate_alone_does_so_when_another_round_has_begun(read):
    assert (
        read(("001.improvement", "improvement", True, "v001"), after=["002.look"]).best.id == "v001"
    )


def test_a_stage_belongs_to_the_round_before_its_dot():
    assert [
        round_of(stage) for stage in ("007.sample", "012", "smoke", "", "1e3.x", "\u0661.x", "-1.x")
    ] == [7, 12, None, None, None, None, None]


def test_a_parent_that_does_not_come_before_its_child_counts_as_none():
    def version(name, parent):
        return Version(id=name, text="t", sha256="s", parent=parent, origin="proposal")

    assert depths(
        {
            v.id: v
            for v in (version("a", None), version("b", "a"), version("c", "d"), version("d", "c"))
        }
    ) == {
        "a": 0,
        "b": 1,
        "c": 0,
        "d": 1,
    }


def test_replies_that_the_data_do_not_explain_are_left_to_themselves(finished, tmp_path):
    spoiled = tmp_path / "spoiled"
    spoiled.mkdir()
    data = json.loads((finished / "data.json").read_text())
    data["records"] = data["records"][10:]
    (spoiled / "data.json").write_text(json.dumps(data))
    (spoiled / journal.FILE).write_bytes((finished / journal.FILE).read_bytes())
    reading = Reading(uso.read_record(spoiled))
    known = {record["id"] for record in data["records"]}
    explained = readable(reading.record)
    assert {o.scenario for o in explained} <= known
    assert 0 < len(explained) < len(reading.record.outcomes)
