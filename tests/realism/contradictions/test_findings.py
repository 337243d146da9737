"""What code finds of contradictions: planted faults, clean conversations, recorded ones."""

import re

import pytest
from conftest import AIRLINE, ROOT
from talks import talk

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.customer.conversation import Said
from usersim_opt.realism.contradictions.findings import KINDS, findings_in

CORPUS = strict_yaml.load(ROOT / "tests" / "corpus" / "consistency.yaml")
STORIES = {name: task.story for name, task in uso.load_dataset(AIRLINE).tasks.items()}
EXAMPLES = ROOT / "docs" / "examples"
MISSED = {"from_nowhere": ["I see a Dr. Hwang in Seoul"]}
"""Faults that are known not to be found: a name after an abbreviation begins a sentence."""


def findings(entry):
    story = STORIES.get(entry["story"], entry["story"])
    return findings_in(talk("Hi! How can I help you today?", *entry["chat"]), story)


@pytest.mark.parametrize("kind", KINDS)
def test_planted_faults_are_found_in_the_turn_where_they_are(kind):
    entries = CORPUS["faults"][kind]
    missed = [
        entry["chat"][-1]
        for entry in entries
        if (kind, len(entry["chat"]) // 2 + 1) not in {(f.kind, f.turn) for f in findings(entry)}
    ]
    assert len(entries) >= 12
    assert missed == MISSED.get(kind, [])


def test_clean_conversations_have_no_finding():
    assert len(CORPUS["clean"]) >= 20
    assert [entry for entry in CORPUS["clean"] if findings(entry)] == []


HELD_OUT = CORPUS["held_out"]
KNOWN_GAPS = ["They charged 65 euros at the gate.", "coming back on the 22nd of March"]
"""Half of a known sum, and a day after a known one where days are shifted, count as known."""


def test_faults_that_no_rule_was_made_for_are_found_as_the_page_says():
    missed = [
        entry["chat"][-1]
        for kind, entries in HELD_OUT["faults"].items()
        for entry in entries
        if kind not in {finding.kind for finding in findings(entry)}
    ]
    assert missed == KNOWN_GAPS
    assert [entry["story"] for entry in HELD_OUT["clean"] if findings(entry)] == ["005"]


def with_changed_codes(conversation):
    """The conversation up to each of the customer's codes, which has another first letter."""
    for place, turn in enumerate(conversation.turns):
        codes = re.findall(r"\b(?=\S*\d)[A-Z0-9]{6}\b", turn.text)
        for code in codes if turn.role == "customer" else []:
            last = Said(role="customer", text=turn.text.replace(code, f"Q{code[1:]}"))
            yield conversation.model_copy(update={"turns": (*conversation.turns[:place], last)})


def test_a_changed_code_in_a_recorded_conversation_is_found():
    talks = uso.read_conversations(EXAMPLES / "conversations_calibrated.jsonl")
    changed = [each for talk in talks for each in with_changed_codes(talk)]
    assert len(changed) == 12
    assert [each.task for each in changed if not findings_in(each, STORIES[each.task])] == []


@pytest.mark.parametrize("name", ["base", "calibrated"])
def test_recorded_conversations_have_no_finding(name):
    talks = uso.read_conversations(EXAMPLES / f"conversations_{name}.jsonl")
    assert [findings_in(each, STORIES[each.task]) for each in talks] == [()] * 12


def test_a_finding_says_where_what_and_why():
    (finding,) = findings({"story": "001", "chat": ["move K3VQ8X to june 12"]})
    assert str(finding) == "turn 1, against_story: K3VQ8X (the story has K3VQ8T)"
    assert finding.about == "booking"


def test_a_correction_is_no_contradiction_and_a_fact_taken_back_is_none():
    story = "You want to change a booking."
    chat = ["i paid 80 euros", "How much?", "sorry, i mixed that up. i paid 95 euros"]
    assert [f.kind for f in findings({"story": story, "chat": chat})] == ["from_nowhere"] * 2
    chat = ["may 12, no wait, may 14"]
    assert findings({"story": "You fly on May 14.", "chat": chat}) == ()


def test_what_the_agent_said_may_be_echoed_and_stop_tokens_say_nothing():
    chat = ["hello", "Flight NL 88 on May 3 at 9:15 for $99?", "NL 88, 3 may, 9:15, 99 dollars"]
    assert findings({"story": "You want to fly.", "chat": [*chat, "Done.", "###STOP###"]}) == ()


def test_a_conversation_without_turns_has_no_finding():
    assert findings_in(talk("Hi!"), "You are Ada.") == ()
