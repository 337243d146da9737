"""Recorded replies are read; unknown scenarios and contradictions are named with their places."""

import pytest

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.recorded.replies import (
    RecordedReply,
    as_replies,
    check_usable,
    places,
    read_replies,
    usable,
)


@pytest.fixture
def written(tmp_path):
    def write(*lines):
        file = tmp_path / "replies.jsonl"
        file.write_text("".join(line + "\n" for line in lines))
        return file

    return write


def test_a_line_is_a_reply_with_its_place(written):
    file = written(
        '{"scenario": "001.3", "prompt": "base", "repeat": 2, "reply": "no"}',
        '{"scenario": "001.3", "version": "v007", "who": "p1", "when": "today", "reply": "hm"}',
    )
    first, second = read_replies(file)
    assert (first.scenario, first.prompt, first.repeat, first.reply) == ("001.3", "base", 2, "no")
    assert (second.prompt, second.who, second.when) == ("v007", "p1", "today")
    assert (first.where, second.where) == (f"{file}:1", f"{file}:2")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('{"scenario": "001.3"}', ":1: reply: Field required"),
        ('{"scenario": "001.3", "repyl": "no"}', "repyl: is no field here, did you mean 'reply'?"),
        ('{"scenario": "001.3", "reply": "  "}', ":1: reply: is '  '; expected a text"),
        ('{"scenario": "001.3", "reply": "no", "repeat": -1}', "repeat: Input should be greater"),
        ('{"scenario": "001.3", "reply": "no", "repeat": true}', "repeat: Input should be a valid"),
        ('{"scenario": 1.3, "reply": "no"}', "scenario: Input should be a valid string (got 1.3)"),
    ],
)
def test_a_line_that_is_no_reply_is_named(written, line, complaint):
    with pytest.raises(InputError) as raised:
        read_replies(written(line))
    assert complaint in str(raised.value)


def test_mappings_do_as_well_and_other_things_do_not():
    (reply,) = as_replies([{"scenario": "001.3", "reply": "no"}])
    assert (reply.reply, reply.where) == ("no", "replies[0]")
    with pytest.raises(InputError, match=r"replies\[1\]: holds str"):
        as_replies([reply, "no"])


def test_replies_to_unknown_scenarios_are_named_by_scenario(written):
    lines = [f'{{"scenario": "{name}", "reply": "no"}}' for name in ("1.1", "001.3", "1.1")]
    replies = read_replies(written(*lines))
    sifted = usable(replies, {"001.3", "001.4"})
    assert [reply.scenario for reply in sifted.lines] == ["001.3"]
    (problem,) = sifted.problems
    assert problem.startswith(f"{replies[0].where}, :3: scenario '1.1' is none of the 2 scenarios")
    with pytest.raises(InputError, match="is none of the 2 scenarios here"):
        check_usable(replies, {"001.3", "001.4"})


def test_two_replies_that_claim_to_be_the_same_repeat_are_both_left_out():
    same = {"scenario": "001.3", "prompt": "base", "repeat": 0}
    replies = as_replies([
        same | {"reply": "no"},
        same | {"reply": "yes"},
        same | {"reply": "no", "prompt": "other"},
    ])  # fmt: skip
    sifted = usable(replies, {"001.3"})
    assert [reply.prompt for reply in sifted.lines] == ["other"]
    (problem,) = sifted.problems
    assert problem.startswith(
        "replies[0], replies[1]: contradict each other on scenario 001.3 ('no', 'yes')"
    )


def test_repeats_without_numbers_and_equal_lines_are_no_contradiction():
    same = {"scenario": "001.3", "prompt": "base"}
    without = [same | {"reply": "no"}, same | {"reply": "yes"}]
    equal = [same | {"reply": "no", "repeat": 0}] * 2
    for replies in (without, equal):
        assert usable(as_replies(replies), {"001.3"}).problems == []


def test_many_places_are_counted():
    replies = [RecordedReply(scenario="x", reply="no").at(f"a.jsonl:{n}") for n in range(1, 8)]
    assert places(replies) == "a.jsonl:1, :2, :3, :4 and 3 more"
    mixed = [replies[0], replies[1].at("b.jsonl:9")]
    assert places(mixed) == "a.jsonl:1, b.jsonl:9"
