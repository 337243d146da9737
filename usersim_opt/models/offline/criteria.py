"""The criteria that the stand-in for the author writes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
_CHEERFUL = (
    "no problem",
    "no worries",
    "of course",
    "sure",
    "thank you",
    "thanks",
    "understood",
    "that's fine",
    "great",
)
_ASKS: dict[str, Any] = {"asks": True}


@dataclass(frozen=True)
class Criterion:
    """A criterion; without a check a judge decides it."""

    id: str
    dimension: str
    text: str
    check: dict[str, Any] | None = None

    def holds(self, reply: str) -> bool:
        """Whether the check lets a reply pass; nothing is held against it without one."""
        return self.check is None or checks.run(self.check, reply).holds


NO_THANKS = Criterion(
    "no_thanks",
    "communication_style.politeness",
    "The reply does not thank the agent.",
    {"none_of": ["@thanks"]},
)
NO_APOLOGY = Criterion(
    "no_apology",
    "communication_style.politeness",
    "The reply does not apologise.",
    {"none_of": ["@apology"]},
)
NO_FORM = Criterion(
    "no_form",
    "communication_style.shortness",
    "The reply is not laid out as a list.",
    {"no_list": True},
)
OPENS_SHORT = Criterion(
    "opens_short",
    "information_pattern.opening_word_count",
    "The first message has at most 30 words.",
    {"max_words": 30},
)
STAYS_SHORT = Criterion(
    "stays_short",
    "information_pattern.words_per_turn",
    "The reply has at most 40 words.",
    {"max_words": 40},
)
NO_PAYMENT_YET = Criterion(
    "no_payment_yet",
    "information_pattern.identity_density",
    "The reply does not say how the customer would pay; nobody has asked.",
    {"none_of": list(PAYMENT)},
)
DOES_NOT_AGREE = Criterion(
    "does_not_agree",
    "clarification.pushback",
    "The reply does not accept the plan; any refusal or question counts.",
    {"not": {"opens_with": ["@agreement", "please", "thank you"]}},
)
OBJECTS_OR_ASKS = Criterion(
    "objects_or_asks",
    "clarification.clarifying_questions",
    "The reply objects in a word or asks what is meant.",
    {"any": [_ASKS, {"any_of": ["@refusal"]}]},
)
KEEPS_CARD_DATA = Criterion(
    "keeps_card_data",
    "guard.non_leakage",
    "The reply contains no card number and no security code.",
    {"none_of": list(_CARD)},
)
CLAIMS_NO_CERTAINTY = Criterion(
    "claims_no_certainty",
    "clarification.certainty_expression",
    "The reply claims no certainty about details that were not given before.",
    {"none_of": ["@certain"]},
)
DOUBTS_OR_DECLINES = Criterion(
    "doubts_or_declines",
    "clarification.uncertainty_expression",
    "The reply shows doubt, declines or asks why; one word of it is enough.",
    {"any": [_ASKS, {"any_of": ["@unsure", "@refusal"]}]},
)
NO_CHEERFUL_YES = Criterion(
    "no_cheerful_yes",
    "communication_style.acknowledgement",
    "The reply does not accept it cheerfully.",
    {"not": {"opens_with": list(_CHEERFUL)}},
)
NO_INSULT = Criterion(
    "no_insult",
    "error_reaction.accusatory_language",
    "The reply does not insult the agent; complaining about what happened is fine.",
    {"none_of": ["@blame"]},
)
SHOWS_DISPLEASURE = Criterion(
    "shows_displeasure",
    "error_reaction.emotional_pattern",
    "The reply shows displeasure, surprise or insistence in any form.",
    {"any": [_ASKS, {"any_of": ["@irritation", "@refusal", "what", "come on"]}]},
)


def says_what_about(wish: str) -> Criterion:
    """On an opening: one word of the wish, or of any need, will do."""
    return Criterion(
        "says_what_about",
        "information_pattern.front_loading",
        "The reply says in some way what the customer is writing about; one word of it is enough.",
        {"any_of": [*_NEED, *_content_words(wish)]},
    )


def answers_something(facts: Sequence[str]) -> Criterion:
    """On an answer to many questions: one of the facts, or that they are not at hand."""
    return Criterion(
        "answers_something",
        "information_pattern.identity_density",
        "The reply gives one of the details asked for, or says that it is not at hand.",
        {"any_of": [*facts, "@unsure", "@refusal"]},
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
    )


def _facts(sentence: str) -> Iterator[str]:
    yield from DATE.findall(sentence)
    yield from BOOKING_CODE.findall(sentence)
    yield from re.findall(r"\b\d+\b", sentence)


def _content_words(text: str) -> list[str]:
    words = dict.fromkeys(re.findall(r"[\w']+", text.lower()))
    return [word for word in words if word not in _COMMON and len(word) > 2][:12]
