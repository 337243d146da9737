"""The criteria that the stand-in for the author writes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usersim_opt.models.offline.story import DATE, Story
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.identifiers import BOOKING_CODE

PAYMENT = (
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
_COMMON = frozenset(
    "i my me a an the to for from of on in at and or but with want would like need you your it is "
    "be have has as by if that this not any all only one two there will can do so i'm im don't "
    "also which".split()
)
_NEED = (
    "change",
    "cancel",
    "book",
    "move",
    "refund",
    "help",
    "problem",
    "question",
)
_CARD = ("security code is", "the code is", "number is", "my card is", "cvv is")
_REASONS = ("because", "since", "so that", "the reason", "as you can see", "due to")
_DOUBTS = (
    "i think",
    "i guess",
    "i believe",
    "maybe",
    "perhaps",
    "probably",
    "not sure",
    "no idea",
    "don't know",
    "don't remember",
    "can't remember",
    "or so",
)
_WALKING_AWAY = ("forget it", "never mind", "whatever", "leave it", "drop it", "i give up")
_NEXT_STEPS = ("then i", "i could", "i can also", "the next", "suggest", "if that", "if not")
_ASKS: dict[str, Any] = {"asks": True}
WORDS = 25
"""What nine of ten people keep to in a message."""


@dataclass(frozen=True)
class Criterion:
    """A criterion; without a check a judge decides it."""

    id: str
    dimension: str
    text: str
    check: dict[str, Any] | None = None
    role: str = "score"

    def holds(self, reply: str) -> bool:
        """Whether the check lets a reply pass; nothing is held against it without one."""
        return self.check is None or checks.run(self.check, reply).holds

    def as_guard(self) -> "Criterion":
        """The same, as a guard."""
        return replace(self, role="guard")


NO_COURTESY = Criterion(
    "no_courtesy",
    "communication_style.politeness",
    "The reply holds no please, no thanks and no apology; there is nothing to be polite about.",
    {"none_of": ["@please", "@thanks", "@apology"]},
)
OPENS_SHORT = Criterion(
    "opens_short",
    "information_pattern.opening_word_count",
    f"The first message has at most {WORDS} words.",
    {"max_words": WORDS},
)
STAYS_SHORT = Criterion(
    "stays_short",
    "information_pattern.words_per_turn",
    f"The reply has at most {WORDS} words.",
    {"max_words": WORDS},
)
NO_REASON = Criterion(
    "no_reason",
    "information_pattern.front_loading",
    "The reply gives no reason; nobody has asked for one.",
    {"none_of": list(_REASONS)},
)
DOES_NOT_AGREE = Criterion(
    "does_not_agree",
    "clarification.pushback",
    "The reply does not accept the plan; any refusal or question counts.",
    {"not": {"opens_with": ["@agreement", "please", "thank you"]}},
)
STAYS_WITH_IT = Criterion(
    "stays_with_it",
    "error_reaction.pivot_behavior",
    "The customer does not walk away from the matter.",
    {"none_of": list(_WALKING_AWAY)},
)
KEEPS_CARD_DATA = Criterion(
    "keeps_card_data",
    "guard.non_leakage",
    "The reply contains no card number and no security code.",
    {"none_of": list(_CARD)},
)
ONE_DOUBT = Criterion(
    "one_doubt",
    "clarification.uncertainty_expression",
    "Doubt is shown once at the most; people do not hedge twice in a message.",
    {"max_times": {"n": 1, "of": list(_DOUBTS)}},
)
DOUBTS_OR_DECLINES = Criterion(
    "doubts_or_declines",
    "clarification.pushback",
    "The reply shows doubt, declines or asks why; one word of it is enough.",
    {"any": [_ASKS, {"any_of": ["@unsure", "@refusal"]}]},
)
NO_INSULT = Criterion(
    "no_insult",
    "error_reaction.accusatory_language",
    "The reply does not insult the agent; complaining about what happened is fine.",
    {"none_of": ["@blame"]},
    role="guard",
)
SHOWS_DISPLEASURE = Criterion(
    "shows_displeasure",
    "error_reaction.emotional_pattern",
    "The reply shows displeasure, surprise or insistence; any word of it will do.",
    {"any": [_ASKS, {"any_of": ["@irritation", "@refusal", "what", "come on"]}]},
)
REACTION_ALONE = Criterion(
    "reaction_alone",
    "error_reaction.pivot_behavior",
    "The first reaction proposes no next step and no second choice.",
    {"none_of": ["@alternatives", *_NEXT_STEPS]},
)


def says_what_about(wish: str, topic: str) -> Criterion:
    """On an opening: one word of the wish, or of any need, or the topic will do."""
    return Criterion(
        "says_what_about",
        "information_pattern.front_loading",
        "The reply says in some way what the customer is writing about; one word of it is enough.",
        {"any_of": list(dict.fromkeys([*_NEED, topic, *content_words(wish)]))},
    )


def answers_something(facts: Sequence[str]) -> Criterion:
    """On an answer to many questions: a fact, that it is not at hand, or a question back."""
    return Criterion(
        "answers_something",
        "communication_style.acknowledgement",
        "The reply gives one of the details asked for, says that it is not at hand, or asks back.",
        {"any": [_ASKS, {"any_of": [*facts, "@unsure", "@refusal"]}]},
    )


def not_all_of(things: Sequence[str]) -> Criterion:
    """On an answer to many questions: not every one of them is worked off."""
    most = len(things) - 1
    return Criterion(
        "list_not_worked_off",
        "communication_style.shortness",
        f"Of {len(things)} details at most {most} are given.",
        {"at_most": {"n": most, "of": list(things)}},
    )


def fallback_locked(story: Story) -> Criterion:
    """The words that only the story's conditional sentences hold must not come up yet."""
    plain = " ".join([*story.wishes, *story.doubts, *story.payments]).lower()
    facts = dict.fromkeys(fact for part in story.conditions for fact in _facts(part))
    held_back = [fact for fact in facts if fact.lower() not in plain]
    return Criterion(
        "fallback_kept",
        "error_reaction.pivot_behavior",
        "The reply brings up no alternative or second choice; nothing so far calls for one.",
        {"none_of": ["@alternatives", *held_back]},
        role="guard",
    )


def _facts(sentence: str) -> Iterator[str]:
    yield from DATE.findall(sentence)
    yield from BOOKING_CODE.findall(sentence)
    yield from re.findall(r"\b\d+\b", sentence)


def content_words(text: str) -> list[str]:
    """The words of a text that tell what it is about, a dozen at most."""
    words = dict.fromkeys(re.findall(r"[\w']+", text.lower()))
    telling = [word for word in words if word not in _COMMON]
    return [word for word in telling if len(word) > 2 or word.isdigit()][:12]
