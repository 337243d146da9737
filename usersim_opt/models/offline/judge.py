"""`offline/judge`: a stand-in for a judge model, by word lists for each dimension.

It reads the material that any judge is sent: conversation, reply, criteria with what they are about. Its verdicts are
rough and repeatable. Not covered: what a criterion says beyond its dimension and a "not" in it.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from usersim_opt.basics.text import find_phrases, opening_phrase, words
from usersim_opt.models.offline.call import Call
from usersim_opt.scenarios.checks import LEXICONS, asks, has_list

_DENIES = re.compile(
    r"\b(?:does not|doesn't|do not|no|nothing|without|avoids?|leaves out|not)\b", re.I
)


class _Reply:
    """A reply in its conversation, with what word lists find in it."""

    def __init__(self, text: str, conversation: Sequence[dict[str, str]]) -> None:
        self.text = text
        self.earlier = [turn["customer"] for turn in conversation if "customer" in turn]
        self.known = " ".join(value for turn in conversation for value in turn.values())

    def has(self, lexicon: str) -> list[str]:
        """The phrases of a lexicon that occur."""
        return find_phrases(self.text, LEXICONS[lexicon])

    @property
    def length(self) -> int:
        """Words."""
        return len(words(self.text))

    @property
    def refuses(self) -> bool:
        """Whether it objects, asks back or complains instead of agreeing."""
        return not self.agrees and bool(
            self.has("refusal") or self.has("irritation") or asks(self.text)
        )

    @property
    def agrees(self) -> bool:
        """Whether it opens with a yes."""
        return (
            opening_phrase(
                self.text,
                (
                    *LEXICONS["agreement"],
                    "of course",
                    "no problem",
                    "understood",
                    "got it",
                    "thank you",
                ),
            )
            is not None
        )

    @property
    def repeats(self) -> bool:
        """Whether six words in a row were said before."""
        tokens = re.findall(r"[\w']+", self.text.lower())
        before = " ".join(re.findall(r"[\w']+", " ".join(self.earlier).lower()))
        return any(" ".join(tokens[i : i + 6]) in before for i in range(len(tokens) - 5))

    @property
    def new_numbers(self) -> list[str]:
        """Long numbers that nobody has named before."""
        return [n for n in re.findall(r"\b\d{4,}\b", self.text) if n not in self.known]


_RULES: dict[str, Callable[[_Reply, bool], bool]] = {
    "shortness": lambda r, denies: r.length <= 35 and not has_list(r.text),
    "politeness": lambda r, denies: not r.has("thanks") and not r.has("apology"),
    "formality": lambda r, denies: (
        "—" not in r.text
        and not find_phrases(r.text, ["i would like", "i would be", "dear", "regards", "sincerely"])
    ),
    "repetition": lambda r, denies: not r.repeats,
    "identity_confusion": lambda r, denies: not r.has("agent_talk"),
    "acknowledgement": lambda r, denies: not r.agrees,
    "stylistic_variation": lambda r, denies: (
        not any(r.text[:12].lower() == text[:12].lower() for text in r.earlier)
        and not r.text.lower().startswith("hello again")
    ),
    "front_loading": lambda r, denies: r.length <= 35,
    "identity_density": lambda r, denies: r.length <= 45 and len(r.new_numbers) <= 1,
    "opening_word_count": lambda r, denies: r.length <= 30,
    "words_per_turn": lambda r, denies: r.length <= 35,
    "uncertainty_expression": lambda r, denies: bool(r.has("unsure")) or not r.has("certain"),
    "certainty_expression": lambda r, denies: not r.has("certain") and not r.new_numbers,
    "pushback": lambda r, denies: r.refuses,
    "clarifying_questions": lambda r, denies: denies or asks(r.text) or r.refuses,
    "info_seeking_questions": lambda r, denies: denies or asks(r.text),
    "emotional_pattern": lambda r, denies: not r.has("thanks") and not r.agrees,
    "accusatory_language": lambda r, denies: not r.has("blame"),
    "pivot_behavior": lambda r, denies: not r.has("alternatives"),
    "non_leakage": lambda r, denies: (
        not r.has("meta") and not re.search(r"(?:\d[ -]?){12,}", r.text)
    ),
}


def answer(call: Call) -> str:
    """A JSON object with one verdict for each criterion, or a word that the call was understood."""
    material = call.material()
    if not material or not isinstance(material.get("criteria"), list):
        return "ready"
    reply = _Reply(str(material.get("reply", "")), material.get("conversation", []))
    return json.dumps(
        {"verdicts": [_verdict(reply, criterion) for criterion in material["criteria"]]}
    )


def _says_something(reply: _Reply, _: bool) -> bool:
    return reply.length > 0


def _verdict(reply: _Reply, criterion: dict[str, Any]) -> dict[str, str]:
    name = str(criterion.get("about", "")).rpartition(".")[2]
    rule = _RULES.get(name, _says_something)
    holds = rule(reply, _DENIES.search(str(criterion.get("criterion", ""))) is not None)
    return {
        "id": str(criterion.get("id")),
        "evidence": f"{reply.length} words: {reply.text[:60]!r}",
        "verdict": "pass" if holds else "fail",
    }
