"""`offline/agent`: a stand-in for a service agent, which follows the script of a desk.

It asks for details, shows options, proposes a plan, acts on a yes, and asks for anything else. At a
rate that its policy states ("mistakes: 30 %") it asks twice, makes a wrong plan, and fails once. It
sees the chat alone, never the story. Its earlier turns follow from the customer's messages and the
seed, so that it needs no memory.

Not covered: understanding. Whatever is no objection counts as a yes.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import sentences, sha256
from usersim_opt.basics.validation import parse
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.story import DATE

_FILE = Path(__file__).with_name("desk.yaml")
_RATE = re.compile(r"\bmistakes?\b\D{0,40}(\d{1,3}(?:\.\d+)?) ?%", re.I)
_OBJECTION = re.compile(
    r"\b(?:no|not|nope|wait|wrong|instead|actually|never|don't|isn't|stop)\b", re.I
)
_CONSENT = re.compile(r"\bno (?:problem|worries|fee)\b|\bdon't worry\b", re.I)
"""What holds the word of an objection and is none."""
_MANNERS = re.compile(r"\b(?:go ahead|thank\w*|sorry|glad|appreciate|help|trouble|user id)\b", re.I)
_WISH = re.compile(
    r"\b(?:want|need|would like|i'd like|can you|could you|please|move|chang\w*|cancel\w*|book"
    r"|add|remov\w*|refund\w*|upgrad\w*|switch|rebook|return)\b",
    re.I,
)
_SWAPS = (
    (r"\bi am\b|\bi'm\b", "you are"),
    (r"\bi'd\b", "you would"),
    (r"\bmy\b", "your"),
    (r"\bme\b", "you"),
    (r"\bi\b", "you"),
)
_JOURNEY = re.compile(
    r"\b(?:flights?|fl(?:y|ies|ew|ying)|book(?:ed|ings?)?|reservations?|trips?|tickets?|airports?"
    r"|seats?|bags?|luggage|suitcases?|planes?|travel\w*|passengers?|airlines?|return|upgrade)\b",
    re.I,
)
_MOST_WORDS = 24
_PLANS = ("right_plan", "wrong_plan")
_DAY = re.compile(DATE.pattern, re.I)


class _Script(BaseModel):
    """The shape of desk.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    mistakes: float
    objections: int
    ask: list[str]
    options: list[str]
    right_plan: list[str]
    wrong_plan: list[str]
    failure: list[str]
    done: list[str]
    wrongly_done: list[str]
    handed_over: list[str]
    elsewhere: dict[str, list[str]]

    def wordings(self, move: str, *, elsewhere: bool) -> list[str]:
        """The wordings of a move, of an airline's desk or of one of another trade."""
        usual: list[str] = getattr(self, move)
        return self.elsewhere.get(move, usual) if elsewhere else usual


_SCRIPT = parse(strict_yaml.load(_FILE), _Script, where=_FILE.name)


def answer(call: Call) -> str:
    """The agent's next message."""
    desk = _Desk(stated_rate(call.system), _draw(call))
    customer = [text for role, text in call.turns if role == "user"]
    desk.elsewhere = _JOURNEY.search(customer[0]) is None if customer else False
    return [desk.answer(message) for message in customer or [""]][-1]


def stated_rate(policy: str) -> float:
    """The chance of each mistake that a policy states, 0 to 1; else the script's own."""
    stated = _RATE.search(policy)
    return min(1.0, float(stated[1]) / 100) if stated else _SCRIPT.mistakes


def _draw(call: Call) -> Random:
    """What the whole conversation is drawn from, the same at each of its turns."""
    first = next((text for role, text in call.turns if role == "user"), "")
    request = json.dumps([call.system, call.seed, first])
    return Random(sha256(request))  # noqa: S311 - nothing secret


@dataclass
class _Desk:
    """Where the script stands."""

    mistakes: float
    draw: Random
    move: str = "start"
    """The move that was made last."""
    wish: str = "what you asked for"
    date: str = "the same day"
    objections: int = 0
    elsewhere: bool = False
    """Whether the customer speaks of no journey."""
    made: Counter[str] = field(default_factory=Counter)
    """How often each move was made."""

    def answer(self, message: str) -> str:
        """The next message, after the customer's."""
        self._listen(message)
        self.move = self._next(message)
        wordings = _SCRIPT.wordings(self.move, elsewhere=self.elsewhere)
        said = wordings[self.made[self.move] % len(wordings)]
        self.made[self.move] += 1
        return said.replace("{wish}", self.wish).replace("{date}", self.date)

    def _listen(self, message: str) -> None:
        """Note the last wish and date that the customer names."""
        wishes = [part for part in _clauses(message) if _is_wish(part)]
        if wishes and not self.made["done"]:
            self.wish = _second_person(wishes[-1])
        dates = _DAY.findall(message)
        self.date = dates[-1] if dates else self.date
        if self.move in _PLANS:
            self.objections = self.objections + 1 if _objects(message) else 0

    def _next(self, message: str) -> str:
        if self.move == "handed_over" or self.objections >= _SCRIPT.objections:
            return "handed_over"
        steps = {"start": self._first, "ask": self._details, "options": self._plan}
        after = {"failure": self._finish, "done": self._closing, "wrongly_done": self._closing}
        step = (steps | after).get(self.move)
        return step() if step else self._after_plan(message)

    def _errs(self) -> bool:
        return self.draw.random() < self.mistakes

    def _first(self) -> str:
        return "ask"

    def _details(self) -> str:
        return "ask" if self.made["ask"] == 1 and self._errs() else "options"

    def _plan(self) -> str:
        return "wrong_plan" if self._errs() else "right_plan"

    def _after_plan(self, message: str) -> str:
        if self.objections:
            return "right_plan"
        if self.move == "wrong_plan":
            return "wrongly_done"
        return "failure" if not self.made["failure"] and self._errs() else self._finish()

    def _finish(self) -> str:
        return "done"

    def _closing(self) -> str:
        return "done"


def _clauses(message: str) -> list[str]:
    """What stands between full stops, commas, dashes and line ends."""
    return [part for line in sentences(message) for part in re.split(r"[,;\u2014]|\.+\s", line)]


def _is_wish(clause: str) -> bool:
    return _WISH.search(clause) is not None and not _MANNERS.search(clause)


def _objects(message: str) -> bool:
    return _OBJECTION.search(_CONSENT.sub("", message)) is not None


def _second_person(sentence: str) -> str:
    """A wish as the agent says it again, in a few words."""
    said = " ".join(sentence.split()[:_MOST_WORDS]).rstrip(" .,;:!?")
    return _swapped(said, _SWAPS)


def _swapped(text: str, swaps: Iterable[tuple[str, str]]) -> str:
    for pattern, other in swaps:
        text = re.sub(pattern, other, text, flags=re.I)
    return text
