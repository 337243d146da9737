"""`offline/judge`: a stand-in for a judge model, by word lists for each standard dimension.

It reads the material that any judge is sent: conversation, reply, criteria with what they are
about, or a list of such replies. Its verdicts are rough and repeatable. A criterion of a dimension
that a data set adds is left unscored: there is no rule for it, and a guess would look like a
measurement.

Not covered: what a criterion says beyond its dimension and a "not" in it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usersim_opt.basics.text import find_phrases, opening_phrase, words
from usersim_opt.basics.validation import Fields
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.yielding import wants_fallback, wants_no_fight, wants_yes
from usersim_opt.scenarios.checks import LEXICONS, asks, has_list

NO_RULE = "no rule"
"""The word in the place of a verdict for a dimension that the stand-in knows nothing of."""
_DENIES = re.compile(
    r"\b(?:does not|doesn't|do not|no|nothing|without|avoids?|leaves out|not)\b", re.I
)
_YES = (
    *LEXICONS["agreement"],
    "of course",
    "no problem",
    "understood",
    "got it",
    "thank you",
)
_FORMAL = ("i would like", "i would be", "dear", "regards", "sincerely")
_CARD_NUMBER = re.compile(r"(?:\d[ -]?){12,}")
_RUN = 6
"""Words in a row that are a repetition."""
_OPENING = 12
"""Characters at the beginning by which two messages begin alike."""
_LEAST_ROOM = 16
_OPENS_WITH = 25
_FEW = 12
"""Words of a yes, or of a goodbye."""
_PARTING = ("bye", "goodbye", "that is all", "that's all", "that was all", "nothing else")


class _Reply:
    """A reply in its conversation, with what word lists find in it."""

    def __init__(self, material: Fields) -> None:
        self.text = str(material.get("reply", ""))
        self.ends_the_chat = bool(material.get("after_the_reply"))
        conversation: Sequence[dict[str, str]] = material.get("conversation", [])
        self.earlier = [turn["customer"] for turn in conversation if "customer" in turn]
        self.said = " ".join(value for turn in conversation for value in turn.values())

    def has(self, lexicon: str) -> list[str]:
        """The phrases of a lexicon that occur."""
        return find_phrases(self.text, LEXICONS[lexicon])

    @property
    def length(self) -> int:
        """Words."""
        return len(words(self.text))

    @property
    def usual_length(self) -> int:
        """The words that people keep to: twice their longest turn so far, and a few at least."""
        return max([_LEAST_ROOM, *(2 * len(words(turn)) for turn in self.earlier)])

    @property
    def is_courteous(self) -> bool:
        """Whether it thanks or apologises."""
        return bool(self.has("thanks") or self.has("apology"))

    @property
    def is_formal(self) -> bool:
        """Whether it is worded as a letter, or holds a long dash, which people hardly type."""
        return "—" in self.text or bool(find_phrases(self.text, _FORMAL))

    @property
    def objects(self) -> bool:
        """Whether it says no, complains or asks back."""
        return bool(self.has("refusal") or self.has("irritation") or asks(self.text))

    @property
    def refuses(self) -> bool:
        """Whether it objects instead of agreeing."""
        return self.objects and not self.agrees

    @property
    def agrees(self) -> bool:
        """Whether it opens with a yes."""
        return opening_phrase(self.text, _YES) is not None

    @property
    def is_a_short_yes(self) -> bool:
        """Whether it agrees in a few words."""
        return bool(self.has("agreement")) and self.length <= _FEW

    @property
    def leaves(self) -> bool:
        """Whether it ends the chat, or says that it does."""
        return self.ends_the_chat or bool(find_phrases(self.text, _PARTING))

    @property
    def is_a_short_goodbye(self) -> bool:
        """Whether it leaves the chat, or asks nothing more, in a few words."""
        return self.length <= _FEW and not asks(self.text)

    @property
    def repeats(self) -> bool:
        """Whether six words in a row were said before."""
        tokens = _tokens(self.text)
        before = " ".join(_tokens(" ".join(self.earlier)))
        runs = (" ".join(tokens[i : i + _RUN]) for i in range(len(tokens) - _RUN + 1))
        return any(run in before for run in runs)

    @property
    def begins_alike(self) -> bool:
        """Whether it begins like an earlier message, or greets again."""
        greets_again = self.text.lower().startswith("hello again")
        return greets_again or _opening(self.text) in map(_opening, self.earlier)

    @property
    def new_numbers(self) -> list[str]:
        """Long numbers that nobody has named before."""
        numbers = re.findall(r"\b\d{4,}\b", self.text)
        return [number for number in numbers if number not in self.said]

    @property
    def leaks(self) -> bool:
        """Whether it speaks of its instructions, or gives a card number."""
        return bool(self.has("meta")) or _CARD_NUMBER.search(self.text) is not None


def _opening(text: str) -> str:
    return text[:_OPENING].lower()


def _tokens(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


Rule = Callable[[_Reply, bool], bool]
"""Whether a reply passes, given whether the criterion denies something."""

_RULES: Mapping[str, Rule] = {
    "communication_style.shortness": lambda r, _: r.length <= 35 and not has_list(r.text),
    "communication_style.politeness": lambda r, _: not r.is_courteous,
    "communication_style.formality": lambda r, _: not r.is_formal,
    "communication_style.repetition": lambda r, _: not r.repeats,
    "communication_style.identity_confusion": lambda r, _: (
        not (r.has("agent_talk") or r.has("procedure"))
    ),
    "communication_style.acknowledgement": lambda r, _: not r.agrees,
    "communication_style.stylistic_variation": lambda r, _: not r.begins_alike,
    "information_pattern.front_loading": lambda r, _: r.length <= 35,
    "information_pattern.identity_density": lambda r, _: r.length <= 45 and len(r.new_numbers) <= 1,
    "information_pattern.opening_word_count": lambda r, _: r.length <= _OPENS_WITH,
    "information_pattern.words_per_turn": lambda r, _: r.length <= r.usual_length,
    "clarification.uncertainty_expression": lambda r, _: (
        bool(r.has("unsure")) or not r.has("certain")
    ),
    "clarification.certainty_expression": lambda r, _: not r.has("certain") and not r.new_numbers,
    "clarification.pushback": lambda r, _: r.refuses,
    "clarification.clarifying_questions": lambda r, denies: denies or asks(r.text) or r.refuses,
    "clarification.info_seeking_questions": lambda r, denies: denies or asks(r.text),
    "error_reaction.emotional_pattern": lambda r, _: not r.has("thanks") and not r.agrees,
    "error_reaction.accusatory_language": lambda r, _: not r.has("blame"),
    "error_reaction.pivot_behavior": lambda r, _: (
        not (r.has("alternatives") or r.has("conditional"))
    ),
    "guard.non_leakage": lambda r, _: not r.leaks,
    "conversation_end.waiting": lambda r, _: not r.leaves,
    "conversation_end.leaving": lambda r, _: r.is_a_short_goodbye,
}

_YIELDING: Sequence[tuple[str, Callable[[str], bool], Rule]] = (
    ("communication_style.acknowledgement", wants_yes, lambda r, _: r.is_a_short_yes),
    ("clarification.pushback", wants_yes, lambda r, _: not r.refuses),
    ("clarification.pushback", wants_no_fight, lambda r, _: not r.refuses),
    ("error_reaction.pivot_behavior", wants_fallback, lambda r, _: not r.refuses),
)
"""The rules of criteria that want the customer to give way: dimension, what tells them, rule."""


def answer(call: Call) -> str:
    """A JSON object with one verdict for each criterion, or a word that the call was understood."""
    material = call.material() or {}
    several = material.get("replies", [material])
    if not isinstance(several, list) or not all(map(_has_criteria, several)):
        return "ready"
    verdicts = [verdict for each in several for verdict in _verdicts(each)]
    return json.dumps({"verdicts": verdicts})


def _has_criteria(material: Any) -> bool:
    return isinstance(material, dict) and isinstance(material.get("criteria"), list)


def _verdicts(material: Fields) -> list[dict[str, str]]:
    """The verdicts on one reply."""
    reply = _Reply(material)
    return [_verdict(reply, criterion) for criterion in material["criteria"]]


def _rule(dimension: str, criterion: str) -> Rule | None:
    """The rule of a criterion, None for a dimension that the stand-in knows nothing of."""
    for name, is_wanted, rule in _YIELDING:
        if name == dimension and is_wanted(criterion):
            return rule
    return _RULES.get(dimension)


def _verdict(reply: _Reply, criterion: Mapping[str, Any]) -> dict[str, str]:
    dimension, text = str(criterion.get("about", "")), str(criterion.get("criterion", ""))
    rule = _rule(dimension, text)
    if rule is None:
        evidence, verdict = f"the stand-in has no rule for {dimension}", NO_RULE
    else:
        denies = _DENIES.search(text) is not None
        evidence = f"{reply.length} words: {reply.text[:60]!r}"
        verdict = "pass" if rule(reply, denies) else "fail"
    return {"id": str(criterion.get("id")), "evidence": evidence, "verdict": verdict}
