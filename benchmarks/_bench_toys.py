"""The toy worlds: their scenarios, the customer that plays in them, and the judge.

Each scenario tests four of the eight words of _bench_worth.py and names them in the agent's turn.
The customer draws from the request's seed and the whole prompt, so two prompts never share their
noise.
"""

import json
import math
import re
from collections.abc import Sequence
from random import Random
from typing import Any

import dspy
from _bench_calls import plain_answer
from _bench_worth import RULES, Worth
from dspy import lm15

import usersim_opt as uso
from usersim_opt.models.offline.call import Call
from usersim_opt.scenarios.dataset import example
from usersim_opt.scenarios.kinds import STANDARD, family_of
from usersim_opt.scenarios.records import Scenario, Task

TOY_PROMPT = """\
You are a customer who writes to a company by chat.

- Stay with your story.
- Write one message at a time.

{scenario}"""
_STORY = "You are customer {} of a parcel service."
_SEED = re.compile(re.escape(TOY_PROMPT.replace("{scenario}", _STORY)).replace(r"\{\}", r"\d+"))
"""The system messages that the seed prompt makes."""


def train() -> list[dspy.Example]:
    """One scenario each of 40 tasks."""
    return [_example(f"{number:03}.1") for number in range(1, 41)]


def smoke() -> list[dspy.Example]:
    """Two or three scenarios each of 10 tasks."""
    return [
        _example(f"{number:03}.{n}") for number in range(101, 111) for n in range(1, 3 + number % 2)
    ]


def _example(name: str) -> dspy.Example:
    """A scenario that tests four of the eight rules."""
    random, number = Random(name), name.partition(".")[0]  # noqa: S311 - a reproducible draw
    tested = sorted(random.sample(sorted(RULES), 4))
    asked = f"Desk {number} here. Which parcel is it? Asked for: {', '.join(tested)}."
    data = {
        "id": name,
        "type": list(STANDARD.types)[int(name[-1]) - 1],
        "stresses": [family_of(RULES[tested[0]][0])],
        "history": [{"agent": asked}],
        "criteria": [_criterion(word) for word in tested],
        "examples": _replies(tested),
    }
    task = Task(id=number, domain="toy", source="usersim-opt", story=_STORY.format(number))
    return example(task, Scenario.model_validate(data))


def _criterion(word: str) -> dict[str, str]:
    dimension, _ = RULES[word]
    return {"id": word, "dimension": dimension, "text": f"The reply holds the word {word}."}


def _replies(tested: Sequence[str]) -> dict[str, Any]:
    """A reply that passes everything, and one that says none of the words."""
    failing = {"reply": "nothing", "fails": [tested[0]]}
    return {"pass": [" ".join(tested)], "fail": failing}


class ToyUser:
    """Answers with the words of the criteria that it happens to pass."""

    def __init__(self, worth: Worth, *, aa: bool) -> None:
        self.worth, self.aa = worth, aa

    def complete(self, request: lm15.Request) -> lm15.Response:
        """A draw for each criterion of the scenario, which stands in the agent's last turn."""
        system, asked = str(request.system), request.messages[-1].text or ""
        noise = f"{request.config.seed}:{system}:{asked}"
        random = Random(noise)  # noqa: S311 - a reproducible draw
        tested = asked.partition("Asked for: ")[2].rstrip(".").split(", ")
        number, whole = random.randrange(100, 1000), random.random()
        passed = [w for w in tested if self._draw(random, whole) < self._chance(system, w)]
        desk = asked.split()[1]  # without a word of its own chat, a reply is known as canned
        return plain_answer(request, f"desk {desk} parcel {number} {' '.join(passed)}".strip())

    def _draw(self, random: Random, whole: float) -> float:
        """A uniform number, that of the whole reply so often that verdicts correlate as wanted."""
        own, is_whole = random.random(), random.random() < math.sqrt(self.worth.correlation)
        return whole if is_whole else own

    def _chance(self, system: str, word: str) -> float:
        if not self.aa:
            return self.worth.chance(system, word)
        return self.worth.base if _SEED.fullmatch(system) else self.worth.shifted(system)

    def truth(self, prompt: str, e: dspy.Example, _: int) -> tuple[float, int]:
        """A prompt's true pass rate on a scenario, and the number of its criteria."""
        system = uso.Prompt(prompt).fill(e.scenario)
        chances = [self._chance(system, criterion.id) for criterion in e.record.criteria]
        return sum(chances) / len(chances), len(chances)


class ToyJudge:
    """Looks for the word of each criterion in the reply."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Verdicts in the form that RubricJudge reads."""
        turns = tuple((message.role, message.text or "") for message in request.messages)
        asked = Call("", turns, 0.0, 0).material() or {}
        words = asked["reply"].split()
        verdicts = [self._verdict(criterion["id"], words) for criterion in asked["criteria"]]
        return plain_answer(request, json.dumps({"verdicts": verdicts}))

    def _verdict(self, word: str, words: Sequence[str]) -> dict[str, str]:
        return {"id": word, "evidence": "", "verdict": "pass" if word in words else "fail"}
