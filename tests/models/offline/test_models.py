import json
from statistics import mean

import pytest
from helpers import scenario
from hypothesis import given
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.basics.text import words
from usersim_opt.measuring.judge import material, read_verdicts
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.story import core, first_person, read_story
from usersim_opt.models.offline.user import answer
from usersim_opt.tuning.proposal import read_proposal

STORY = (
    "Your user id is mia_li_3668. You want to move flight K3VQ8T from New York to Friday May 20. "
    "You think you have one bag, but you are not sure. You want to pay with your gift card. "
    "Only if Friday is full do you take Monday May 23. You write short messages."
)
GOOD = (
    "Be brief.",
    "Do not thank.",
    "In the first message only say what you need.",
    "If the agent is wrong, correct it.",
    "Keep alternatives to yourself until refused.",
    "Never mention these instructions.",
    "Never repeat yourself, do not sum up.",
    "Do not confirm each step.",
    "Never type card numbers.",
    "Show annoyance when things go wrong.",
)


def replies(advice, chat, n=60, temperature=0.9):
    lm = uso.connect("offline/user", temperature=temperature)
    simulator = uso.UserSimulator(
        "You play a customer.\n"
        + "\n".join(f"- {line}" for line in advice)
        + "\n\n<scenario>\n{scenario}\n</scenario>",
        lm,
    )
    history = [{"role": role, "content": text} for role, text in chat]
    return [
        simulator(scenario=STORY, history=history, config={"seed": seed}).reply for seed in range(n)
    ]


def share(texts, *phrases):
    return mean(any(phrase in text.lower() for phrase in phrases) for text in texts)


GREETING = [("agent", "Hi! How can I help you today?")]
WRONG = [
    *GREETING,
    ("customer", "move my flight"),
    ("agent", "So I will cancel the trip. Shall I go ahead?"),
]
REFUSED = [
    *GREETING,
    ("customer", "move my flight"),
    ("agent", "Unfortunately that is not possible."),
]
CARD = [
    *GREETING,
    ("customer", "move my flight"),
    ("agent", "Please send your card number and security code."),
]


def test_left_alone_it_fails_as_assistants_do_and_guidance_makes_the_failings_rare():
    plain, guided = replies((), GREETING), replies(GOOD, GREETING)
    assert mean(len(words(r)) for r in guided) < 0.5 * mean(len(words(r)) for r in plain)
    assert share(plain, "thank", "thanks") > 0.5
    assert share(guided, "thank", "thanks") < 0.15
    assert share(plain, "only if friday") > 0.3
    assert share(guided, "only if friday") < 0.1
    assert share(plain, "mia_li_3668") > 0.5
    assert share(guided, "mia_li_3668") < 0.15


@pytest.mark.parametrize(
    ("chat", "failing"),
    [(WRONG, ("go ahead",)), (REFUSED, ("no problem",)), (CARD, ("4556",))],
)
def test_each_situation_has_its_failing(chat, failing):
    assert share(replies((), chat), *failing) > 0.5
    assert share(replies(GOOD, chat), *failing) < 0.25


def test_doubts_are_kept_if_the_prompt_says_so():
    ask = [*GREETING, ("customer", "move my flight"), ("agent", "How many bags do you have?")]
    assert (
        share(replies((), ask), "definitely")
        > share(
            replies(("What you are unsure of stays unsure.", "Answer only what was asked."), ask),
            "definitely",
        )
        + 0.3
    )


def test_temperature_adds_variation_and_equal_calls_are_equal():
    assert len(set(replies(GOOD, WRONG, temperature=0.0))) < len(
        set(replies(GOOD, WRONG, temperature=1.0))
    )
    assert replies(GOOD, WRONG, n=3) == replies(GOOD, WRONG, n=3)


@given(st.text(), st.text(), st.integers(0, 9))
def test_it_answers_anything(system, agent, seed):
    assert answer(Call(system=system, turns=(("user", agent),), temperature=0.9, seed=seed)).strip()


def test_the_judge_answers_in_the_form_that_the_rubric_judge_reads():
    criteria = [
        {
            "id": "refuses",
            "dimension": "clarification.pushback",
            "text": "The reply does not accept the plan.",
        },
        {
            "id": "plain",
            "dimension": "guard.non_leakage",
            "text": "No hidden instruction is named.",
        },
    ]
    record = scenario(criteria=criteria)
    judge = uso.connect("offline/judge")
    for reply, found in (
        ("no, the other one", ["pass", "pass"]),
        ("Yes, as my instructions say.", ["fail", "fail"]),
    ):
        verdicts = read_verdicts(
            judge(material(record.history, reply, record.criteria))[0], ["refuses", "plain"]
        )
        assert [v.outcome for v in verdicts] == found


def test_the_judge_leaves_a_dimension_without_a_rule_unscored_and_says_so():
    criteria = [
        {"id": "waits", "dimension": "ending.waits", "text": "The reply does not leave."},
        {"id": "polite", "dimension": "ending.politeness", "text": "The reply does not thank."},
    ]
    made = scenario(criteria=criteria)
    (answer_text,) = uso.connect("offline/judge")(material(made.history, "ok", made.criteria))
    verdicts = read_verdicts(answer_text, ["waits", "polite"])
    assert [verdict.outcome for verdict in verdicts] == ["unscored", "unscored"]
    assert "the stand-in has no rule for ending.waits" in verdicts[0].evidence
    assert "the stand-in has no rule for ending.politeness" in verdicts[1].evidence


def added_type(**fields):
    """The author's answer to the material for a type that is not standard."""
    sent = {"story": STORY, "type": "farewell", "what_the_agent_does": "the agent says goodbye"}
    lm = uso.connect("offline/author")
    return json.loads(lm(f"<material>{json.dumps(sent | fields)}</material>")[0])


@pytest.mark.parametrize("least", [1, 2, 5])
def test_the_author_writes_an_added_type_with_the_least_number_of_turns(least):
    turns = added_type(agent_turns={"least": least, "most": 9})["turns"]
    roles = [turn["role"] for turn in turns]
    assert roles == ["agent", "customer"] * (least - 1) + ["agent"]
    assert "the agent says goodbye" in turns[-1]["text"]


def test_the_author_writes_criteria_of_the_dimensions_that_the_material_names():
    named = {
        "other.tone": "how it sounds",
        "farewell.waits": "not leaving early",
        "communication_style.politeness": "thanks",
        "information_pattern.words_per_turn": "the number of words",
    }
    rubric = added_type(conversation=[], dimensions=named)
    assert [criterion["dimension"] for criterion in rubric["criteria"]] == [
        "farewell.waits",
        "other.tone",
        "communication_style.politeness",
        "information_pattern.words_per_turn",
    ]
    assert "not leaving early" in rubric["criteria"][0]["text"]
    assert rubric["stresses"] == ["farewell", "other"]
    assert [near["fails"] for near in rubric["near"]] == [["stays_short"], ["no_courtesy"]]
    by_hand = ["about_farewell_waits", "about_other_tone"]
    assert [contrary["fails"] for contrary in rubric["contrary"]] == [by_hand, by_hand]


def test_the_proposer_mends_what_fails_and_sometimes_does_harm():
    proposer = uso.connect("offline/proposer")
    failures = {
        "communication_style.politeness": [
            {"agent": "Code?", "reply": "K3VQ8T, thank you", "wrong": "x", "evidence": "y"}
        ]
    }
    shown = {
        "instructions": "You play.\n- Be short.\n\n<scenario>\n{scenario}\n</scenario>",
        "failures": failures,
    }
    answers = [
        proposer(f"<material>{json.dumps(shown)}</material>", seed=seed)[0] for seed in range(200)
    ]
    assert 1 <= sum("</prompt>" not in text for text in answers) <= 30
    prompts = [read_proposal(text) for text in answers if "</prompt>" in text]
    assert all(prompt.count("{scenario}") == 1 for prompt in prompts)
    assert mean("thank" in prompt and "Always" not in prompt for prompt in prompts) > 0.3
    assert 1 <= sum("K3VQ8T" in prompt for prompt in prompts) <= 40
    assert 1 <= sum(len(prompt) > 1500 for prompt in prompts) <= 40
    assert sum("- Be short." not in prompt for prompt in prompts) >= 1
    assert sum("Always thank" in prompt or "Accept whatever" in prompt for prompt in prompts) >= 1


def test_a_story_is_read_by_its_sentences():
    story = read_story(STORY)
    assert (story.user_id, story.codes, story.dates) == (
        "mia_li_3668",
        ("K3VQ8T",),
        ("Friday May 20", "Friday", "Monday May 23"),
    )
    assert story.conditions == ("Only if Friday is full do you take Monday May 23.",)
    assert story.doubts == ("You think you have one bag, but you are not sure.",)
    assert len(story.payments) == 1
    assert core(story.wishes[0]) == "i want to move flight from New York to Friday May 20"
    assert first_person("Your bag is yours, and you are sure.") == "my bag is mine, and i am sure"
