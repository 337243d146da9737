"""The two worlds of the optimizer benchmark, and their A/A twins.

    toy      8 sentences that help, 4 that hurt; what any prompt is truly worth is known exactly
    offline  the airline data set with the stand-ins `offline/user` and `offline/judge`; the truth
             is the mean of many fresh replies

In an A/A twin no prompt is better than another. In the toy each criterion belongs to one of 8
sentences and is passed with probability .40, .80 with its sentence in the prompt, .15 less with the
harmful sentence that hits it. The stand-in user draws from the request's seed and the whole prompt,
so two prompts never share their noise.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any

import dspy
from _bench_calls import TEMPERATURE, Engine, plain_answer
from dspy import lm15

import usersim_opt as uso
from usersim_opt.customer.prompt import place
from usersim_opt.measuring.judge import material, read_verdicts
from usersim_opt.measuring.runner import job_seed
from usersim_opt.models.offline import OfflineEngine
from usersim_opt.models.offline import judge as offline_judge
from usersim_opt.models.offline import user as offline_user
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.guidance import split_system
from usersim_opt.scenarios.dataset import example
from usersim_opt.scenarios.kinds import STANDARD, family_of
from usersim_opt.scenarios.records import Criterion, Scenario, Task, Turn

ROOT = Path(__file__).resolve().parent.parent
BASE, HELP, HARM = 0.40, 0.40, 0.15
RULES = {  # what helps, by the word with which a reply shows that the criterion is passed
    "amber": ("communication_style.shortness", "Look at the clock before you type."),
    "birch": ("communication_style.politeness", "Think of a rainy morning at home."),
    "cobalt": ("communication_style.formality", "Hold the telephone in your left hand."),
    "dune": ("communication_style.repetition", "Picture the queue behind the counter."),
    "ember": ("information_pattern.words_per_turn", "Remember where the receipt is kept."),
    "fjord": ("clarification.pushback", "Imagine that lunch is getting cold."),
    "grove": ("clarification.uncertainty_expression", "Let the kettle boil while waiting."),
    "heron": ("error_reaction.emotional_pattern", "Count the coins inside your pocket."),
}
HARMFUL = {  # each hits two of the words
    "Admire every painting on the wall.": ("amber", "birch"),
    "Whistle an old song under your breath.": ("cobalt", "dune"),
    "Water the plants beside the window.": ("ember", "fjord"),
    "Polish both shoes until they shine.": ("grove", "heron"),
}
SENTENCES = (*(sentence for _, sentence in RULES.values()), *HARMFUL)
TOY_PROMPT = """\
You are a customer who writes to a company by chat.

- Stay with your story.
- Write one message at a time.

{scenario}"""
TRUTH_REPLIES = 600
"""Replies, at least, behind a true value of the offline world: standard errors below .01."""


@dataclass(frozen=True)
class World:
    """Data, engines and truth of one world."""

    name: str
    prompt: str
    train: Sequence[dspy.Example]
    smoke: Sequence[dspy.Example]
    unseen: Sequence[dspy.Example]
    """Where the true gain is measured."""
    user: Engine
    judge: Engine
    truth: Callable[[str, dspy.Example, int], tuple[float, int]]
    """A prompt's true pass rate on a scenario, by so many replies, and its number of criteria."""
    aa: bool = False

    def quality(
        self, prompt: str, examples: Sequence[dspy.Example], *, pooled: bool = True
    ) -> float:
        """The true pass rate on scenarios.

        Pooled, every criterion weighs the same, otherwise every scenario does.
        """
        replies = math.ceil(TRUTH_REPLIES / len(examples))
        truths = [self.truth(prompt, e, replies) for e in examples]
        weighted = [(rate, criteria if pooled else 1) for rate, criteria in truths]
        return sum(rate * weight for rate, weight in weighted) / sum(w for _, w in weighted)


@cache
def world(name: str) -> World:
    """`toy`, `offline`, `toy-aa` or `offline-aa`."""
    kind, _, twin = name.partition("-")
    return _toy(name, aa=bool(twin)) if kind == "toy" else _offline(name, aa=bool(twin))


def _toy(name: str, *, aa: bool) -> World:
    train = [_toy_example(f"{number:03}.1") for number in range(1, 41)]
    smoke = [
        _toy_example(f"{number:03}.{n}")
        for number in range(101, 111)
        for n in range(1, 3 + number % 2)
    ]

    def truth(prompt: str, e: dspy.Example, _: int) -> tuple[float, int]:
        chances = [toy_chance(prompt, c.id, aa=aa) for c in e.record.criteria]
        return sum(chances) / len(chances), len(chances)

    return World(name, TOY_PROMPT, train, smoke, smoke, ToyUser(aa=aa), ToyJudge(), truth, aa)


def _toy_example(name: str) -> dspy.Example:
    """A scenario that tests four of the eight rules."""
    random, number = Random(name), name.partition(".")[0]  # noqa: S311 - a reproducible draw
    tested = sorted(random.sample(sorted(RULES), 4))
    asked = f"Desk {number} here. Which parcel is it? Asked for: {', '.join(tested)}."
    data = {
        "id": name,
        "type": list(STANDARD.types)[int(name[-1]) - 1],
        "stresses": [family_of(RULES[tested[0]][0])],
        "history": [{"agent": asked}],
        "criteria": [_toy_criterion(word) for word in tested],
        "examples": _toy_examples(tested),
    }
    story = f"You are customer {number} of a parcel service."
    task = Task(id=number, domain="toy", source="usersim-opt", story=story)
    return example(task, Scenario.model_validate(data))


def _toy_criterion(word: str) -> dict[str, str]:
    dimension, _ = RULES[word]
    return {"id": word, "dimension": dimension, "text": f"The reply holds the word {word}."}


def _toy_examples(tested: Sequence[str]) -> dict[str, Any]:
    """A reply that passes everything, and one that says none of the words."""
    failing = {"reply": "nothing", "fails": [tested[0]]}
    return {"pass": [" ".join(tested)], "fail": failing}


def toy_chance(prompt: str, word: str, *, aa: bool = False) -> float:
    """The probability that a reply under this prompt passes the criterion of a word."""
    if aa:
        return BASE
    harmed = sum(word in hit and sentence in prompt for sentence, hit in HARMFUL.items())
    return BASE + HELP * (RULES[word][1] in prompt) - HARM * harmed


class ToyUser:
    """Answers with the words of the criteria that it happens to pass."""

    def __init__(self, *, aa: bool) -> None:
        self.aa = aa

    def complete(self, request: lm15.Request) -> lm15.Response:
        """A draw for each criterion of the scenario, which stands in the agent's last turn."""
        prompt, asked = str(request.system), request.messages[-1].text or ""
        noise = f"{request.config.seed}:{prompt}:{asked}"
        random = Random(noise)  # noqa: S311 - a reproducible draw
        tested = asked.partition("Asked for: ")[2].rstrip(".").split(", ")
        passed = [word for word in tested if random.random() < toy_chance(prompt, word, aa=self.aa)]
        number = random.randrange(100, 1000)
        return plain_answer(request, f"parcel {number} {' '.join(passed)}".strip())


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


def _offline(name: str, *, aa: bool) -> World:
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    prompt = uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt").text
    return World(
        name=name,
        prompt=prompt,
        train=data.train,
        smoke=data.smoke,
        unseen=data.test,
        user=BlindUser(prompt) if aa else OfflineEngine("user"),
        judge=OfflineEngine("judge"),
        truth=lambda text, e, replies: _replayed(text, e.record.id, replies),
        aa=aa,
    )


class BlindUser:
    """`offline/user` that always sees the seed prompt; what it is sent only stirs the noise."""

    def __init__(self, prompt: str) -> None:
        self.prompt, self.inner = prompt, OfflineEngine("user")

    def complete(self, request: lm15.Request) -> lm15.Response:
        """The reply that the seed prompt would have given."""
        system = str(request.system)
        noise = f"{request.config.seed}:{system}"
        seed = Random(noise).getrandbits(31)  # noqa: S311 - a reproducible draw
        _, story = split_system(system)
        seen = place(self.prompt, story)
        config = replace(request.config, seed=seed)
        return self.inner.complete(replace(request, system=seen, config=config))


@lru_cache(maxsize=20_000)
def _replayed(prompt: str, scenario: str, replies: int) -> tuple[float, int]:
    """The mean pass rate of replies with fresh seeds, and the number of criteria.

    The seeds are the same for every prompt. DSPy is not on the way: a prompt takes 1,000 calls.
    """
    e = _airline()[scenario]
    metric = uso.RubricMetric(_DirectJudge())
    system = uso.Prompt(prompt).fill(e.scenario)
    turns = tuple((_ROLES[turn["role"]], turn["content"]) for turn in e.history.messages)
    grades = []
    for repeat in range(replies):
        call = Call(system, turns, TEMPERATURE, job_seed(77, "truth", scenario, repeat))
        grades.append(metric.grade(e.record, offline_user.answer(call)))
    passed, scored = sum(grade.passed for grade in grades), sum(grade.scored for grade in grades)
    return passed / scored, len(e.record.criteria)


_ROLES = {"agent": "user", "customer": "assistant"}
"""To the customer's model the agent is the user."""


@cache
def _airline() -> dict[str, dspy.Example]:
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    return {e.record.id: e for e in (*data.train, *data.smoke, *data.test)}


class _DirectJudge:
    """`offline/judge`, called without DSPy."""

    price, models = 1, ()

    def __call__(
        self, *, history: Sequence[Turn], reply: str, criteria: Sequence[Criterion]
    ) -> dspy.Prediction:
        turns = (("user", material(history, reply, criteria)),)
        answer = offline_judge.answer(Call("", turns, 0.0, 0))
        ids = [criterion.id for criterion in criteria]
        return dspy.Prediction(verdicts=read_verdicts(answer, ids))
