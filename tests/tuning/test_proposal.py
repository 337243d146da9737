import json

import pytest
from guarded import EVIDENCE, MARKUP, broken
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
    MUST_NEVER_HAPPEN,
    REQUESTS,
    broken_by_guard,
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


def breaking(*guards, replies=4):
    """Replies that satisfy the rubric, the first of which break guards."""
    found = outcomes("what?")
    verdicts = tuple(map(broken, guards))
    graded = [reply.grade.model_copy(update={"guards": verdicts}) for reply in found]
    updated = [
        reply.model_copy(update={"grade": grade})
        for reply, grade in zip(found, graded, strict=True)
    ]
    return [*updated[:replies], *found[replies:]]


def test_broken_guards_are_shown_apart_from_what_failed_with_their_evidence():
    told = material_of(proposal_material(Prompt("Be brief."), SCENARIOS, breaking(MARKUP)))
    assert told["failures"] == {}
    assert told["must_never_happen"] == {
        MARKUP: {
            "replies": 4,
            "examples": [
                {
                    "agent": "Hello, what is it about?",
                    "reply": "what?",
                    "wrong": MARKUP,
                    "evidence": EVIDENCE,
                }
            ]
            * 3,
        }
    }
    assert told["task"] == REQUESTS["edit"] + MUST_NEVER_HAPPEN


def test_without_broken_guards_the_material_has_no_word_about_them():
    told = material_of(proposal_material(Prompt("Be brief."), SCENARIOS, outcomes("what?")))
    assert "must_never_happen" not in told
    assert told["task"] == REQUESTS["edit"]


def test_a_guard_of_the_rubric_is_shown_by_its_sentence_under_its_dimension():
    guard = ASKS | {"id": "no_leak", "dimension": "guard.non_leakage", "text": "It tells nothing."}
    scenarios = {
        name: scenario(name, criteria=[CRITERION, guard | {"role": "guard"}]) for name in SCENARIOS
    }
    found = broken_by_guard(scenarios, breaking("no_leak", MARKUP, replies=2))
    assert list(found) == ["guard.non_leakage", MARKUP]
    assert found["guard.non_leakage"]["examples"][0]["wrong"] == "It tells nothing."


def test_what_most_replies_broke_comes_first_and_a_small_window_gets_counts_alone():
    found = [*breaking("universal.a"), *breaking("universal.b", replies=5)]
    assert list(broken_by_guard(SCENARIOS, found)) == ["universal.b", "universal.a"]
    told = material_of(proposal_material(Prompt("Be brief."), SCENARIOS, found, extent=EXTENTS[-1]))
    assert told["must_never_happen"]["universal.b"] == {"replies": 5, "examples": []}


def material_of(message):
    return json.loads(message.partition("<material>")[2].partition("</material>")[0])
