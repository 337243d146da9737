"""The world in which false ships are tried: a customer by code and a judge by code.

The draft differs from the first prompt in one sentence that is worth nothing: under either prompt
each criterion is passed with probability .4, unless a way says otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import dspy
from _bench_calls import plain_answer
from _bench_toys import TOY_PROMPT
from _bench_worth import RULES, WORTHS
from dspy import lm15

import usersim_opt as uso

TOY = WORTHS["toy"]
SENTENCE = "- Keep the lamp switched on."
"""What the draft has more than the first prompt."""
DRAFT = TOY_PROMPT.replace("\n\n{scenario}", f"\n{SENTENCE}\n\n{{scenario}}")
FILLERS = (
    "you know it is a bit like that thing we had before so maybe now then ask them again later on "
    "because my day was rather slow and quite wet too"
).split()
"""Words that no criterion looks for."""
WORDS = tuple(RULES)
"""Those by which the criteria are passed; a scenario asks for four of the eight."""


@dataclass(frozen=True)
class Asked:
    """What a customer by code knows when it is to answer."""

    is_new: bool
    """Whether the draft plays it."""
    turn: str
    """What the agent wrote last."""
    random: Random

    @property
    def desk(self) -> str:
        """The number by which scenarios of a task differ from those of others."""
        return self.turn.split()[1]

    @property
    def words(self) -> list[str]:
        """What the criteria of this scenario want to read."""
        return self.turn.partition("Asked for: ")[2].rstrip(".").split(", ")

    def said(self, chance: float = TOY.base) -> str:
        """An ordinary reply: each word with a probability."""
        passed = [word for word in self.words if self.random.random() < chance]
        return f"desk {self.desk} {' '.join(passed)}".strip()


Speak = Callable[[Asked], str]


def fair(asked: Asked) -> str:
    """The same customer under both prompts."""
    return asked.said()


class Customer:
    """An engine that answers as a function says."""

    def __init__(self, speak: Speak, *, lock: str = "", finish: str = "stop") -> None:
        self.speak, self.lock, self.finish = speak, lock, finish

    def __deepcopy__(self, memo: dict[int, Any]) -> "Customer":
        return self

    def complete(self, request: lm15.Request) -> lm15.Response:
        """A draw from the request's seed, or from the lock if it has one, and from the prompt."""
        prompt, turn = str(request.system), request.messages[-1].text or ""
        noise = f"{self.lock or request.config.seed}:{prompt}:{turn}"
        random = Random(noise)  # noqa: S311 - a reproducible draw
        answer = plain_answer(request, self.speak(Asked(SENTENCE in prompt, turn, random)))
        return replace(answer, finish_reason=self.finish)


class WordJudge:
    """A judge without a model: a criterion is passed by its word."""

    price, models, name = 0, (), "words"

    def __call__(self, *, history: Any, reply: str, criteria: Sequence[Any]) -> dspy.Prediction:
        """A verdict for each criterion."""
        given = [self.verdict(criterion.id, reply) for criterion in criteria]
        return dspy.Prediction(verdicts=tuple(given))

    def verdict(self, word: str, reply: str) -> uso.Verdict:
        """The verdict on one criterion."""
        outcome = "pass" if self.passes(word, reply) else "fail"
        return uso.Verdict(criterion=word, outcome=outcome, evidence="", source="judge")

    def passes(self, word: str, reply: str) -> bool:
        """Whether the reply holds the word."""
        return word in reply.split()


def model(engine: Any, name: str = "toy/model") -> dspy.LM:
    """A model on an engine."""
    return dspy.LM(name, engine=engine, cache=False, num_retries=0)
