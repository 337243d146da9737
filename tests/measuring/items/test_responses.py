"""Who answered what."""

from types import SimpleNamespace

import pytest
from item_worlds import DIMENSIONS, evaluation, graded, rubric

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.items.responses import counts, responses_of
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict

CRITERIA = {"a": DIMENSIONS[0], "b": DIMENSIONS[1]}
RUBRIC = rubric("001.3", CRITERIA)
PASSES = {"a": True, "b": True}


def one(version="v", **verdicts):
    return evaluation([RUBRIC], [graded("001.3", PASSES | verdicts, version=version)])


def test_the_names_of_a_mapping_are_those_of_the_versions():
    found = responses_of({"base": one("1234"), "mine": one("5678", a=False)})
    assert found.versions == ["base", "mine"]
    assert counts(found.of("mine")) == {("001.3", "a"): (0, 1), ("001.3", "b"): (1, 1)}


def test_several_versions_under_one_name_keep_their_own():
    both = evaluation([RUBRIC], [graded("001.3", PASSES, version=name) for name in ("v0", "v1")])
    assert responses_of({"run": both}).versions == ["run v0", "run v1"]
    assert responses_of(both).versions == ["v0", "v1"]


def test_the_same_version_in_two_evaluations_is_one_respondent():
    found = responses_of([one("v"), one("v", a=False), one("w")])
    assert found.versions == ["v", "w"]
    assert counts(found.of("v"))["001.3", "a"] == (1, 2)


def test_a_result_stands_for_its_record():
    record = SimpleNamespace(scenarios={"001.3": RUBRIC}, outcomes=one().outcomes, offline=True)
    found = responses_of(SimpleNamespace(record=record))
    assert (found.versions, found.offline) == (["v"], True)


def test_unscored_verdicts_and_failed_replies_are_no_verdicts():
    error = Outcome(scenario="001.3", version="v", stage="s", repeat=1, status="error", why="down")
    both = evaluation([RUBRIC], [graded("001.3", {"a": "unscored", "b": True}), error])
    assert counts(responses_of(both).replies) == {("001.3", "b"): (1, 1)}


def test_verdicts_on_guards_of_the_rubric_count_and_universal_ones_do_not():
    guard = {"id": "g", "dimension": DIMENSIONS[0], "text": "G.", "role": "guard"}
    plain = {"id": "a", "dimension": DIMENSIONS[0], "text": "A."}
    guarded = rubric("001.3", {"a": DIMENSIONS[0]}, criteria=[plain, guard])

    def verdict(name):
        return Verdict(criterion=name, outcome="fail", evidence="", source="judge")

    grade = Grade(
        scenario="001.3",
        verdicts=(verdict("a"),),
        guards=(verdict("g"), verdict("universal.empty")),
    )
    outcome = Outcome(
        scenario="001.3", version="v", stage="s", repeat=0, status="scored", grade=grade
    )
    found = responses_of(evaluation([guarded], [outcome]))
    assert set(counts(found.replies)) == {("001.3", "a"), ("001.3", "g")}
    assert found.notes == []


def test_verdicts_of_another_edition_are_left_out_and_said():
    other = rubric("001.3", {"a": DIMENSIONS[0], "c": DIMENSIONS[1]})
    outcome = graded("001.3", {"a": True, "c": False}, version="new", repeat=1)
    found = responses_of({"old": one(), "new": evaluation([other], [outcome])})
    assert counts(found.of("new")) == {("001.3", "a"): (1, 1)}
    (note,) = found.notes
    assert note.startswith("new: 1 verdict on 1 item of another edition of the data set left out")
    assert "001.3 c" in note


def test_an_edition_with_another_conversation_has_no_item_in_common():
    other = rubric("001.3", CRITERIA, history=[{"agent": "Something else?"}])
    found = responses_of({"old": one(), "new": evaluation([other], [graded("001.3", PASSES)])})
    assert counts(found.of("new")) == {}
    assert "2 verdicts on 2 items" in found.notes[0]


def test_people_answer_for_themselves_and_only_what_is_known():
    people = evaluation(
        [RUBRIC, rubric("002.3", CRITERIA)],
        [graded("001.3", PASSES, version="anna"), graded("002.3", PASSES, version="ben")],
    )
    found = responses_of(one(), people)
    assert counts(found.of("people")) == {("001.3", "a"): (1, 1), ("001.3", "b"): (1, 1)}
    assert found.notes == [
        "people: replies to 1 scenario that no evaluation holds are left out (002.3)"
    ]


@pytest.mark.parametrize(
    ("evaluations", "message"),
    [
        ([], "there is no reply to analyse"),
        ({}, "there is no reply to analyse"),
        (evaluation([RUBRIC], []), "there is no reply to analyse"),
        ("base", "got a str; expected an Evaluation"),
        ({"base": 7}, "base: got a int; expected an Evaluation"),
        ({"people": one()}, "a version is called 'people'"),
    ],
)
def test_what_cannot_be_analysed_is_refused(evaluations, message):
    with pytest.raises(InputError, match=message):
        responses_of(evaluations)


def test_people_must_be_an_evaluation():
    with pytest.raises(InputError, match="people: got a list"):
        responses_of(one(), ["no, thursday"])
