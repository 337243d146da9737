"""`offline/author`: a stand-in for a model that writes scenarios: simple ones, by rule, true to the story.

Everything in them comes from the private story in the material: ids, dates, wishes, conditions. Every criterion has a
check, and is only used if the scenario's own example replies bear it out.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from usersim_opt.basics.text import find_phrases
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.story import DATE, Story, core, first_person, read_story
from usersim_opt.scenarios.identifiers import BOOKING_CODE as CODE
from usersim_opt.scenarios import checks

_COMMON = frozenset(
    "i my me a an the to for from of on in at and or but with want would like need you your it is be have has as by if that this not any all only one two there will can do so i'm im don't also which".split()
)
_PAYMENT = (
    "card",
    "certificate",
    "certificates",
    "gift card",
    "paypal",
    "visa",
    "mastercard",
    "voucher",
    "credit card",
)
_NEED = (
    "change",
    "cancel",
    "book",
    "move",
    "refund",
    "flight",
    "trip",
    "bag",
    "bags",
    "seat",
    "upgrade",
    "ticket",
    "booking",
    "reservation",
    "help",
    "problem",
    "question",
)
_CARD = ("security code is", "the code is", "number is", "my card is", "cvv is")
Criterion = dict[str, Any]


def answer(call: Call) -> str:
    """A conversation, or the rubric of one, as a JSON object."""
    material = call.material()
    if not material or material.get("type") not in _TYPES:
        return "ready"
    story = read_story(str(material.get("story", "")))
    scenario = _TYPES[material["type"]](story)
    return json.dumps(
        _rubric(scenario) if "conversation" in material else {"turns": scenario["history"]}
    )


def _rubric(scenario: dict[str, Any]) -> dict[str, Any]:
    criteria = [
        criterion | {"check": json.dumps(criterion["check"])} for criterion in scenario["criteria"]
    ]
    return {"stresses": scenario["stresses"], "criteria": criteria, **scenario["examples"]}


def _scenario(
    history: list[str], criteria: Sequence[Criterion | None], replies: tuple[str, str, str]
) -> dict[str, Any]:
    """Turns alternate, the agent first; a criterion that an example does not bear out is left out."""
    good, short, bad = replies
    kept = [
        c
        for c in criteria
        if c is not None and all(checks.run(c["check"], reply).holds for reply in (good, short))
    ]
    families = list(dict.fromkeys(c["dimension"].partition(".")[0] for c in kept))[:2]
    return {
        "stresses": families,
        "history": [
            {"role": "customer" if i % 2 else "agent", "text": text}
            for i, text in enumerate(history)
        ],
        "criteria": kept,
        "examples": {
            "pass": [good, short],
            "fail": {
                "reply": bad,
                "fails": [c["id"] for c in kept if not checks.run(c["check"], bad).holds],
            },
        },
    }


def _criterion(name: str, dimension: str, text: str, check: dict[str, Any]) -> Criterion:
    return {"id": name, "dimension": dimension, "text": text, "check": check}


def _wish(story: Story, most: int = 14) -> str:
    """The first wish that is not about paying, in a few words of the customer's own."""
    unpaid = [wish for wish in story.wishes if not find_phrases(wish, _PAYMENT)]
    return core((unpaid or list(story.wishes) or ["You have a question about a booking"])[0], most)


def _everything(story: Story) -> str:
    """The story told the way a model does that is too helpful."""
    parts = [
        f"my user id is {story.user_id}" if story.user_id else "",
        *(f"my reservation is {code}" for code in story.codes[:1]),
    ]
    told = [
        *parts,
        *map(first_person, story.wishes),
        *map(first_person, story.payments[:1]),
        *map(first_person, story.conditions[:1]),
    ]
    return (
        ". ".join(
            [
                "Hello! Thank you so much for your help",
                *(t[:1].upper() + t[1:] for t in dict.fromkeys(told) if t),
                "Alternatively I can accept another option. I appreciate it",
            ]
        )
        + "!"
    )


def _content_words(text: str) -> list[str]:
    return [
        word
        for word in dict.fromkeys(re.findall(r"[\w']+", text.lower()))
        if word not in _COMMON and len(word) > 2
    ][:12]


def _no_thanks() -> Criterion:
    return _criterion(
        "no_thanks",
        "communication_style.politeness",
        "The reply does not thank the agent.",
        {"none_of": ["@thanks"]},
    )


def _fallback_locked(story: Story) -> Criterion:
    """The words that only the story's conditional sentences hold must not come up yet."""
    plain = " ".join([*story.wishes, *story.doubts, *story.payments]).lower()
    facts = [
        fact
        for condition in story.conditions
        for fact in (
            *DATE.findall(condition),
            *CODE.findall(condition),
            *re.findall(r"\b\d+\b", condition),
        )
    ]
    held = dict.fromkeys(fact for fact in facts if fact.lower() not in plain)
    text = "The reply brings up no alternative or second choice; nothing so far calls for one."
    return _criterion(
        "fallback_kept",
        "error_reaction.pivot_behavior",
        text,
        {"none_of": ["@alternatives", *held]},
    )


def _initial_request(story: Story) -> dict[str, Any]:
    wish = _wish(story)
    criteria = [
        _criterion(
            "says_what_about",
            "information_pattern.front_loading",
            "The reply says in some way what the customer is writing about; one word of it is enough.",
            {"any_of": [*_NEED, *_content_words(wish)]},
        ),
        _criterion(
            "no_payment_yet",
            "information_pattern.identity_density",
            "The reply does not say how the customer would pay; nobody has asked.",
            {"none_of": list(_PAYMENT)},
        )
        if story.payments
        else None,
        _fallback_locked(story),
        _criterion(
            "opens_short",
            "information_pattern.opening_word_count",
            "The first message has at most 30 words.",
            {"max_words": 30},
        ),
        _no_thanks(),
    ]
    return _scenario(
        ["Hi! How can I help you today?"],
        criteria,
        (f"hi, {wish}", _wish(story, 9), _everything(story)),
    )


def _detail_elicitation(story: Story) -> dict[str, Any]:
    wish = _wish(story)
    facts = [fact for fact in (story.user_id, *story.codes) if fact]
    ask = "Certainly. I will need your user id, the reservation number, the names of all passengers, and how you would like to pay."
    criteria = [
        _criterion(
            "answers_something",
            "information_pattern.identity_density",
            "The reply gives one of the details asked for, or says that it is not at hand.",
            {"any_of": [*facts, "@unsure", "@refusal"]},
        ),
        _criterion(
            "no_form",
            "communication_style.shortness",
            "The reply is not laid out as a list.",
            {"no_list": True},
        ),
        _no_thanks(),
        _fallback_locked(story),
        _criterion(
            "stays_short",
            "information_pattern.words_per_turn",
            "The reply has at most 40 words.",
            {"max_words": 40},
        ),
    ]
    good = f"{facts[0]}, the rest i don't have here" if facts else "i don't have the number here"
    listed = "Thank you for your help! Here is everything:\n1. " + "\n2. ".join(
        [*facts, _everything(story)]
    )
    return _scenario(
        ["Hi! How can I help you today?", wish, ask],
        criteria,
        (good, facts[0] if facts else "no idea", listed),
    )


def _wrong_assumption(story: Story) -> dict[str, Any]:
    wish = _wish(story)
    cancels = "cancel" in wish.lower()
    plan = (
        "move you to the flight one day later and keep the booking"
        if cancels
        else "cancel the whole booking and refund it to you"
    )
    history = [
        "Hi! How can I help you today?",
        wish,
        "Let me have a look at that.",
        "ok",
        f"All right, so I will {plan}. Shall I go ahead?",
    ]
    criteria = [
        _criterion(
            "does_not_agree",
            "clarification.pushback",
            "The reply does not accept the plan; any refusal or question counts.",
            {"not": {"opens_with": ["@agreement", "please", "thank you"]}},
        ),
        _criterion(
            "objects_or_asks",
            "clarification.clarifying_questions",
            "The reply objects in a word or asks what is meant.",
            {"any": [{"asks": True}, {"any_of": ["@refusal"]}]},
        ),
        _fallback_locked(story),
        _criterion(
            "no_apology",
            "communication_style.politeness",
            "The reply does not apologise.",
            {"none_of": ["@apology"]},
        ),
    ]
    return _scenario(
        history,
        criteria,
        (
            f"no, that's not it. {wish}",
            "no",
            "Yes, please go ahead, that works for me. Sorry for the trouble, and alternatively I can take another day!",
        ),
    )


def _uncertainty(story: Story) -> dict[str, Any]:
    wish = _wish(story)
    ask = "Before I go on, please send me the full card number with its security code, and confirm when exactly the booking was made."
    criteria = [
        _criterion(
            "keeps_card_data",
            "guard.non_leakage",
            "The reply contains no card number and no security code.",
            {"none_of": list(_CARD)},
        ),
        _criterion(
            "claims_no_certainty",
            "clarification.certainty_expression",
            "The reply claims no certainty about details that were not given before.",
            {"none_of": ["@certain"]},
        ),
        _criterion(
            "doubts_or_declines",
            "clarification.uncertainty_expression",
            "The reply shows doubt, declines or asks why; one word of it is enough.",
            {"any": [{"asks": True}, {"any_of": ["@unsure", "@refusal"]}]},
        ),
        _no_thanks(),
    ]
    bad = "Of course, thank you! My card is 4556 7100 2234 9081, the security code is 552, and it was definitely booked on May 2."
    return _scenario(
        ["Hi! How can I help you today?", wish, ask],
        criteria,
        (
            "why do you need the card number? i don't know when it was booked",
            "not giving that out",
            bad,
        ),
    )


def _error(story: Story) -> dict[str, Any]:
    wish = _wish(story)
    history = [
        "Hi! How can I help you today?", wish, "Let me check what is possible.", "ok", "I have found your booking and am making the change now.", "good",
        "Something went wrong, the change was not saved. You would have to contact us again tomorrow.",
    ]  # fmt: skip
    criteria = [
        _criterion(
            "no_cheerful_yes",
            "communication_style.acknowledgement",
            "The reply does not accept it cheerfully.",
            {
                "not": {
                    "opens_with": [
                        "no problem",
                        "no worries",
                        "of course",
                        "sure",
                        "thank you",
                        "thanks",
                        "understood",
                        "that's fine",
                        "great",
                    ]
                }
            },
        ),
        _criterion(
            "no_insult",
            "error_reaction.accusatory_language",
            "The reply does not insult the agent; complaining about what happened is fine.",
            {"none_of": ["@blame"]},
        ),
        _criterion(
            "shows_displeasure",
            "error_reaction.emotional_pattern",
            "The reply shows displeasure, surprise or insistence in any form.",
            {"any": [{"asks": True}, {"any_of": ["@irritation", "@refusal", "what", "come on"]}]},
        ),
        _fallback_locked(story),
    ]
    return _scenario(
        history,
        criteria,
        (
            f"come on, i don't want to wait. {wish}",
            "what? no",
            "No problem, I understand! Alternatively I can call again. Thank you so much.",
        ),
    )


_TYPES: dict[str, Callable[[Story], dict[str, Any]]] = {
    "initial_request": _initial_request,
    "detail_elicitation": _detail_elicitation,
    "wrong_assumption": _wrong_assumption,
    "uncertainty_or_sensitive_info": _uncertainty,
    "error_or_repair": _error,
}
