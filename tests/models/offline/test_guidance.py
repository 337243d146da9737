import pytest
from conftest import ROOT

from usersim_opt.customer.prompt import Prompt
from usersim_opt.models.offline.guidance import read_guidance, split_system
from usersim_opt.models.offline.wordings import KINDS

WORDINGS = {
    "brief": [
        "Keep replies short.",
        "A few words are usually enough.",
        "One line per message, no more than fifteen words.",
    ],
    "no_thanks": [
        "Do not thank the agent.",
        "Leave out please and thank you.",
        "Pleasantries are rare: no thanks for each step.",
    ],
    "casual": [
        "Write casually, in lower case.",
        "Half sentences and typos are welcome.",
        "Type the way people type on a phone.",
    ],
    "no_repeat": [
        "Never repeat what you said before.",
        "Do not sum up your request.",
        "What has been said already is not said again.",
    ],
    "in_role": [
        "Never sound like an agent.",
        "Do not offer help or assistance.",
        "You are the customer, not the one who helps.",
    ],
    "no_ack": [
        "Do not acknowledge each step.",
        "Don't confirm everything the agent says.",
        "Avoid comments such as understood.",
    ],
    "vary": [
        "Vary the length of your messages.",
        "Use different openings.",
        "Never begin with the same words twice.",
        "Do not use the agent's name.",
    ],
    "hold_back": [
        "In your first message only say what you need.",
        "Open with the need in general, without details.",
        "At the start do not give codes or payment.",
    ],
    "answer_asked": [
        "Answer only what was asked.",
        "Give the one detail that the agent asked for.",
        "Asked a question, do not volunteer more.",
    ],
    "keep_doubt": [
        "If you are unsure, stay unsure.",
        "Keep an 'I think' as a guess.",
        "Where your memory is vague, let it show.",
    ],
    "no_invent": [
        "Do not make up facts.",
        "Never invent numbers.",
        "Information that is not in the scenario must not be supplied.",
    ],
    "push_back": [
        "If the agent is wrong, correct it.",
        "Do not agree to a mistaken plan.",
        "Object when a summary has an error.",
    ],
    "ask_meaning": [
        "If a question is unclear, ask what is meant.",
        "When asked too many things, answer only a part.",
        "Confused by jargon? Ask.",
        "From a list of questions answer one or two, and let the rest be.",
    ],
    "no_echo": [
        "Use your own words for what you remember.",
        "Never recite sentences of the story.",
        "Do not copy phrases of the scenario.",
    ],
    "no_strategy": [
        "Never say how you mean to decide.",
        "Do not name your limits.",
        "Keep your budget out of it; never mention it.",
    ],
    "one_move": [
        "Make one move per message.",
        "Ask one question at a time.",
        "Do not go on to the next step.",
    ],
    "show_feeling": [
        "Show annoyance when things go wrong.",
        "Let frustration be heard.",
        "Lose patience if you are asked twice.",
    ],
    "no_insult": [
        "Do not insult anybody.",
        "Complain without blaming the agent.",
        "Never accuse or abuse.",
    ],
    "lock_fallback": [
        "Do not mention your fallback before it is needed.",
        "Keep alternatives to yourself until the first wish is refused.",
        "Conditions stay locked: not until they have happened.",
    ],
    "no_meta": [
        "Never mention these instructions.",
        "Do not narrate.",
        "The scenario is memory, not a script.",
    ],
    "privacy": [
        "Never type card numbers.",
        "Ask why when something sensitive is wanted.",
        "Decline questions for passwords.",
    ],
    "consent": [
        "If the plan is right, a short yes is all it takes.",
        "When the agent asks you to confirm and nothing is wrong, say yes.",
        "Agree in a word to a summary that is what you asked for.",
        "Compare it with your wish. If every point fits, say yes in one to four words.",
    ],
    "wait": [
        "Do not end the chat until the agent has said that it is done.",
        "Wait for the agent to say that it is done; leave after that, not while you confirm.",
        "Stay as long as the agent has not confirmed that it went through.",
    ],
    "leave": [
        "Once everything is done, leave without a speech.",
        "If it is all settled, a short goodbye is enough.",
        "If what you want has been done, write ###STOP### as your whole message.",
    ],
    "name_open": [
        "Asked whether there is anything else, say what you still want.",
        "What has not come up yet, mention before you go.",
        "Bring up the rest of your wishes when the agent wants to close: name them.",
    ],
    "give_in": [
        "If the agent is right and you were wrong, take it and go on.",
        "Do not argue against a rule that holds for everybody.",
        "When the agent corrects you by a fact, accept it in a word.",
    ],
}


def kinds(*advice):
    return read_guidance("You play somebody.\n" + "\n".join(f"- {line}" for line in advice)).kinds


def test_every_kind_has_wordings_here():
    assert set(WORDINGS) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "wording"),
    [(kind, wording) for kind, wordings in WORDINGS.items() for wording in wordings],
)
def test_a_kind_is_found_in_any_wording_that_says_it(kind, wording):
    assert kinds(wording)[kind] == 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_a_prompt_that_says_nothing_of_it_has_no_kind(kind):
    assert kinds("Be a good partner in a talk about travel.")[kind] == 0.0


@pytest.mark.parametrize(
    ("kind", "harmful"),
    [
        ("no_thanks", "Always thank the agent."),
        ("brief", "Write long detailed messages."),
        ("hold_back", "Give the agent all details at the start."),
        ("push_back", "Accept whatever the agent says."),
        ("show_feeling", "Always stay calm."),
        ("consent", "Do not say yes to a plan, even if it is right."),
    ],
)
def test_the_opposite_counts_against_it_and_both_are_a_contradiction(kind, harmful):
    alone, both = (
        kinds(harmful),
        read_guidance(f"You play somebody.\n- {harmful}\n- {WORDINGS[kind][0]}"),
    )
    assert alone[kind] < 0
    assert 0 < both.kinds[kind] < 1
    assert both.attention < read_guidance(f"You play somebody.\n- {WORDINGS[kind][0]}").attention


@pytest.mark.parametrize(
    ("kind", "denied"),
    [
        ("brief", "Do not keep messages short."),
        ("push_back", "Never push back when the plan is wrong."),
        ("show_feeling", "Do not show any annoyance."),
        ("casual", "Never write in lower case."),
        ("vary", "Do not vary your messages."),
    ],
)
def test_a_denied_wish_is_the_opposite(kind, denied):
    assert kinds(denied)[kind] < 0


def test_advice_against_thanks_is_no_contradiction():
    found = read_guidance(
        "You play somebody.\n- Do not thank the agent for each step, and leave out please "
        "and sorry."
    )
    assert found.kinds["no_thanks"] == 1.0


def test_a_very_long_prompt_is_followed_less():
    filler = "\n".join(f"- The quality of point {i} matters greatly." for i in range(150))
    assert (
        read_guidance(f"You play somebody.\n{filler}").attention
        < 0.7 * read_guidance("You play somebody.").attention
    )


PADDING = "It is of great importance that the quality of the talk is taken into account here."


def test_a_long_prompt_is_heeded_where_its_pieces_guide_and_padding_costs(base_prompt):
    guiding = [line for lines in WORDINGS.values() for line in lines][:70]
    made = "You play somebody.\n" + "\n".join(f"- {line}" for line in guiding)
    padded = f"{made}\n" + "\n".join(f"- {PADDING} Point {n} is one." for n in range(40))
    assert read_guidance(made).attention > 0.8
    assert read_guidance(padded).attention < read_guidance(made).attention - 0.1
    calibrated = read_guidance((ROOT / "optimized" / "airline" / "calibrated.txt").read_text())
    assert calibrated.attention > 0.8
    assert min(calibrated.kinds.values()) == 1.0


@pytest.mark.parametrize(
    ("system", "story"),
    [
        ("Rules.\n\n<scenario>\nYou are X.\nId 12.\n</scenario>", "You are X.\nId 12.\n"),
        ("Rules.\n\nInstruction:\nYou are X.", "You are X."),
        ("Rules.\n\n## Your scenario\nYou are X.\n\nMore.", "You are X.\n\nMore."),
        ("Rules.\n\nYou are x_y_123, code A1B2C3.\n\nBe short.", "You are x_y_123, code A1B2C3."),
    ],
)
def test_the_story_is_told_apart_from_the_instructions(system, story):
    instructions, found = split_system(system)
    assert found.strip() == story.strip()
    assert story.strip() not in instructions


def test_the_base_prompt_leaves_room_for_improvement(base_prompt):
    found = read_guidance(base_prompt.text).kinds
    assert found["no_invent"] == 1.0
    assert sum(strength > 0 for strength in found.values()) <= 6


def test_a_text_can_be_parsed_as_its_guidance_is_read():
    assert Prompt("You play somebody.\n- Be short.").pieces[0].words == "Be short."


def test_guidance_to_wait_is_none_against_leaving(base_prompt):
    advice = "Do not leave until the agent has said that it is done."
    found = kinds(advice, "Once all is done, leave in a word.")
    assert (found["wait"], found["leave"]) == (1.0, 1.0)
    assert kinds(advice)["leave"] == 0.0
    base = read_guidance(base_prompt.text).kinds
    assert (base["leave"], base["wait"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    "advice",
    [
        "If the agent gets something wrong, say no and correct it; never agree to a wrong plan.",
        "When a summary is mistaken, object at once and do not accept it.",
        "Do not confirm or acknowledge every step; react only where it matters to you.",
    ],
)
def test_advice_against_wrong_plans_is_none_against_right_ones(advice):
    found = kinds(advice)
    assert (found["consent"], found["give_in"]) == (0.0, 0.0)
