import json

import pytest
from helpers import CRITERION, scenario
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import BadReply
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.metric import RubricMetric
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.tuning.guard import MAX_CHARACTERS
from usersim_opt.tuning.proposal import (
    EXTENTS,
    group_by_dimension,
    proposal_material,
    read_proposal,
)

ASKS = {
    "id": "asks",
    "dimension": "clarification.clarifying_questions",
    "text": "It asks.",
    "check": {"asks": True},
}
SCENARIOS = {f"00{i}.3": scenario(f"00{i}.3", criteria=[CRITERION, ASKS]) for i in range(1, 6)}


def outcomes(reply):
    return [
        Outcome(
            scenario=name,
            version="v",
            stage="s",
            repeat=0,
            status="scored",
            reply=reply,
            grade=RubricMetric().grade(record, reply),
        )
        for name, record in SCENARIOS.items()
    ]


def test_failures_are_grouped_by_dimension_and_what_passes_is_shown():
    failures, shares = group_by_dimension(
        SCENARIOS, [*outcomes("this is no question at all, sir"), *outcomes("what?")[:1]]
    )
    assert list(failures) == ["clarification.clarifying_questions", "communication_style.shortness"]
    assert len(failures["communication_style.shortness"]) == 3
    assert failures["clarification.clarifying_questions"][0] == {
        "agent": "Hello, what is it about?",
        "reply": "this is no question at all, sir",
        "wrong": "It asks.",
        "evidence": "asks nothing",
    }
    assert shares == {
        "clarification.clarifying_questions": 0.17,
        "communication_style.shortness": 0.17,
    }


def test_the_proposer_sees_prompt_pieces_evidence_and_what_was_turned_away():
    text = proposal_material(
        Prompt("Frame.\n- Be short."),
        SCENARIOS,
        outcomes("what?"),
        rejected=[{"added": "x", "dropped": "", "reason": "worse"}],
    )
    sent = json.loads(text.removeprefix("<material>").removesuffix("</material>"))
    assert sent["instructions"] == "Frame.\n- Be short."
    assert sent["pieces"] == [{"number": 1, "section": "", "piece": "Be short."}]
    assert sent["turned_away"][0]["reason"] == "worse"
    assert (sent["failures"], sent["length_limit"]) == ({}, MAX_CHARACTERS)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ("", "cut off"),
        ("Be short.", "cut off"),
        ("<prompt>Be sh", "cut off"),
        ("<prompt> \n </prompt>", "is empty"),
        ("<prompt>a</prompt><prompt>b</prompt>", "more than one"),
        ("<prompt>a<prompt>b</prompt>", "more than one"),
        ("<think><prompt>a</prompt>", "cut off"),
        ("<think><prompt>b</prompt></think><prompt>a</prompt>", ""),
    ],
)
def test_a_proposal_that_is_none_is_refused(answer, complaint):
    if not complaint:
        assert read_proposal(answer) == "a"
        return
    with pytest.raises(BadReply, match=complaint):
        read_proposal(answer)


@given(st.text(st.characters(exclude_characters="<")).filter(str.strip))
def test_a_proposal_is_taken_as_it_is_written(text):
    assert read_proposal(f"Here it is.\n<prompt>\n{text}\n</prompt>").strip("\n") == text.strip(
        "\n"
    )


def test_a_smaller_extent_shows_less_and_the_same_prompt():
    materials = [
        proposal_material(
            Prompt("Frame.\n- Be short."),
            SCENARIOS,
            outcomes("this is no question at all, sir"),
            left_out=["Be calm."],
            extent=extent,
        )
        for extent in EXTENTS
    ]
    sent = [
        json.loads(each.removeprefix("<material>").removesuffix("</material>"))
        for each in materials
    ]
    assert [len(one["failures"].get("communication_style.shortness", ())) for one in sent] == [
        3,
        1,
        1,
        0,
    ]
    assert {one["instructions"] for one in sent} == {"Frame.\n- Be short."}
    assert (sent[-1]["pieces"], sent[-1]["left_out"]) == ([], [])
    assert sent[0]["share_right"] == sent[-1]["share_right"]


@pytest.mark.parametrize("fence", ["```", "```markdown"])
def test_a_fence_around_the_whole_proposal_is_taken_off(fence):
    assert read_proposal(f"<prompt>\n{fence}\nBe short.\n- No.\n```\n</prompt>") == (
        "Be short.\n- No."
    )
