"""Labels of people are read; what contradicts itself has no label."""

import json

import pytest
from helpers import CRITERION, scenario

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.calibration.people import labels_of

OPEN = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "It is calm."}
SCENARIOS = {"001.3": scenario(criteria=[CRITERION, OPEN])}
LABEL = {"scenario": "001.3", "reply": "no", "passes": ["short"]}


def test_labels_come_from_a_file_of_lines_or_from_records(tmp_path):
    file = tmp_path / "labels.jsonl"
    file.write_text(json.dumps(LABEL) + "\n")
    for given in (file, str(file), [LABEL]):
        (reply,) = labels_of(given, SCENARIOS).replies
        assert (reply.label("short"), reply.label("calm")) == ("pass", "")
    assert labels_of(None, SCENARIOS).replies == []


def test_two_people_on_one_reply_are_put_together_and_contradictions_are_counted():
    other = {"scenario": "001.3", "reply": "no", "fails": ["short", "calm"], "who": "b"}
    found = labels_of([LABEL | {"who": "a"}, other], SCENARIOS)
    (reply,) = found.replies
    assert (reply.label("short"), reply.label("calm")) == ("", "fail")
    assert found.contradictions == 1


def test_replies_of_two_prompts_stay_apart():
    found = labels_of([LABEL | {"prompt": "a"}, LABEL | {"version": "b"}], SCENARIOS)
    assert [reply.prompt for reply in found.replies] == ["a", "b"]


@pytest.mark.parametrize(
    ("label", "complaint"),
    [
        (LABEL | {"scenario": "009.9"}, r"labels\[0\]: scenario '009.9' is none of"),
        (LABEL | {"passes": ["long"]}, r"labels\[0\]: 'long' is no criterion of scenario 001.3"),
        (LABEL | {"fails": ["short"]}, "stands in passes and in fails"),
        (LABEL | {"passes": []}, "labels no criterion"),
        (LABEL | {"reply": " "}, "expected a text"),
        (7, "holds int; expected a mapping"),
    ],
)
def test_a_label_that_cannot_be_used_is_named(label, complaint):
    with pytest.raises(InputError, match=complaint):
        labels_of([label], SCENARIOS)


def test_no_label_at_all_is_refused():
    with pytest.raises(InputError, match="there is no label"):
        labels_of([], SCENARIOS)


def test_one_person_may_not_contradict_herself():
    mine = LABEL | {"who": "a"}
    with pytest.raises(InputError, match="contradict each other"):
        labels_of([mine, mine | {"passes": [], "fails": ["short"]}], SCENARIOS)
