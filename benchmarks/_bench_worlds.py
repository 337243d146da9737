"""The two worlds of the optimizer benchmark, and their A/A twins in which no prompt is better than another.

    toy      8 sentences that help, 4 that hurt; what any prompt is truly worth is known exactly
    offline  the airline data set with the stand-ins `offline/user` and `offline/judge`; truth by many fresh replies

In the toy each criterion belongs to one of 8 sentences and is passed with probability .40, .80 with its sentence in the
prompt, .15 less with the harmful sentence that hits it. The stand-in user draws from the request's seed and the whole
prompt, so two prompts never share their noise.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import dspy
from _bench_calls import TEMPERATURE, Engine, said
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
from usersim_opt.scenarios.kinds import STANDARD
from usersim_opt.scenarios.records import Scenario, Task

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
TOY_PROMPT = "You are a customer who writes to a company by chat.\n\n- Stay with your story.\n- Write one message at a time.\n\n{scenario}"
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
    """What a prompt is truly worth on a scenario, by so many replies: the pass rate, and the number of criteria behind it."""
    aa: bool = False

    def quality(
        self, prompt: str, examples: Sequence[dspy.Example], *, pooled: bool = True
    ) -> float:
        """The true pass rate on scenarios; pooled, every criterion weighs the same, otherwise every scenario does."""
        found = [self.truth(prompt, e, -(-TRUTH_REPLIES // len(examples))) for e in examples]
        weights = [criteria if pooled else 1 for _, criteria in found]
        return sum(rate * weight for (rate, _), weight in zip(found, weights, strict=True)) / sum(
            weights
        )


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
    record = {
        "id": name,
        "type": list(STANDARD.types)[int(name[-1]) - 1],
        "stresses": [RULES[tested[0]][0].partition(".")[0]],
        "history": [
            {"agent": f"Desk {number} here. Which parcel is it? Asked for: {', '.join(tested)}."}
        ],
        "criteria": [
            {"id": word, "dimension": RULES[word][0], "text": f"The reply holds the word {word}."}
            for word in tested
        ],
        "examples": {
            "pass": [" ".join(tested)],
            "fail": {"reply": "nothing", "fails": [tested[0]]},
        },
    }
    task = Task(
        id=number,
        domain="toy",
        source="usersim-opt",
        story=f"You are customer {number} of a parcel service.",
    )
    return example(task, Scenario.model_validate(record))


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
        random = Random(f"{request.config.seed}:{prompt}:{asked}")  # noqa: S311 - a reproducible draw
        tested = asked.partition("Asked for: ")[2].rstrip(".").split(", ")
        passed = [word for word in tested if random.random() < toy_chance(prompt, word, aa=self.aa)]
        return said(request, f"parcel {random.randrange(100, 1000)} {' '.join(passed)}".strip())


class ToyJudge:
    """Looks for the word of each criterion in the reply."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Verdicts in the form that RubricJudge reads."""
        asked = (
            Call("", tuple((m.role, m.text or "") for m in request.messages), 0.0, 0).material()
            or {}
        )
        found = asked["reply"].split()
        verdicts = [
            {"id": c["id"], "evidence": "", "verdict": "pass" if c["id"] in found else "fail"}
            for c in asked["criteria"]
        ]
        return said(request, json.dumps({"verdicts": verdicts}))


def _offline(name: str, *, aa: bool) -> World:
    data, prompt = (
        uso.load_dataset(ROOT / "datasets" / "airline"),
        uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt").text,
    )
    user = BlindUser(prompt) if aa else OfflineEngine("user")
    return World(
        name,
        prompt,
        data.train,
        data.smoke,
        data.test,
        user,
        OfflineEngine("judge"),
        lambda text, e, replies: _replayed(text, e.record.id, replies),
        aa,
    )


class BlindUser:
    """`offline/user` that always sees the seed prompt, whatever it is sent; the prompt only stirs the noise."""

    def __init__(self, prompt: str) -> None:
        self.prompt, self.inner = prompt, OfflineEngine("user")

    def complete(self, request: lm15.Request) -> lm15.Response:
        """The reply that the seed prompt would have given."""
        system = str(request.system)
        seed = Random(f"{request.config.seed}:{system}").getrandbits(31)  # noqa: S311 - a reproducible draw
        seen = place(self.prompt, split_system(system)[1])
        return self.inner.complete(
            replace(request, system=seen, config=replace(request.config, seed=seed))
        )


@lru_cache(maxsize=20_000)
def _replayed(prompt: str, scenario: str, replies: int) -> tuple[float, int]:
    """The mean of many replies with fresh seeds, the same ones for every prompt; without DSPy on the way, as it is a thousand a prompt."""
    e = _airline()[scenario]
    metric, system = (
        uso.RubricMetric(_DirectJudge()),
        uso.UserSimulator(prompt).prompt.fill(e.scenario),
    )  # type: ignore[arg-type]
    turns = tuple(
        ("user" if turn["role"] == "agent" else "assistant", turn["content"])
        for turn in e.history.messages
    )
    grades = []
    for repeat in range(replies):
        reply = offline_user.answer(
            Call(system, turns, TEMPERATURE, job_seed(77, "truth", scenario, repeat))
        )
        grades.append(metric.grade(e.record, reply))
    return sum(grade.passed for grade in grades) / sum(grade.scored for grade in grades), len(
        e.record.criteria
    )


@cache
def _airline() -> dict[str, dspy.Example]:
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    return {e.record.id: e for e in (*data.train, *data.smoke, *data.test)}


class _DirectJudge:
    """`offline/judge`, called without DSPy."""

    def __call__(self, *, history: Any, reply: str, criteria: Any) -> SimpleNamespace:
        answer = offline_judge.answer(
            Call("", (("user", material(history, reply, criteria)),), 0.0, 0)
        )
        return SimpleNamespace(
            verdicts=read_verdicts(answer, [criterion.id for criterion in criteria])
        )
