"""The offline world: the airline data set with the stand-ins for user and judge.

The truth is the mean of many fresh replies. In the A/A twin the user always sees the seed prompt,
but every other prompt brings every task a shift of its own, up or down: so often the better, or the
worse, of two such replies is given. Up is as likely as down, so on new tasks no prompt gains.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from random import Random

import dspy
from _bench_calls import TEMPERATURE
from dspy import lm15

import usersim_opt as uso
from usersim_opt.customer.prompt import place
from usersim_opt.measuring.job import job_seed
from usersim_opt.measuring.judge import material, read_verdicts
from usersim_opt.models.offline import OfflineEngine
from usersim_opt.models.offline import judge as offline_judge
from usersim_opt.models.offline import user as offline_user
from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.guidance import split_system
from usersim_opt.scenarios.records import Criterion, Turn

ROOT = Path(__file__).resolve().parent.parent
SHIFT = 0.4
"""Standard deviation of how often one of two replies is chosen: .3 logits of the pass rate."""


class BlindUser:
    """`offline/user` that always sees the seed prompt; what it is sent only stirs the noise."""

    def __init__(self, prompt: str) -> None:
        self.prompt, self.inner = prompt, OfflineEngine("user")

    def complete(self, request: lm15.Request) -> lm15.Response:
        """A reply that the seed prompt would have given."""
        system, asked = str(request.system), request.messages[-1].text or ""
        _, story = split_system(system)
        noise = Random(f"{request.config.seed}:{system}")  # noqa: S311 - a reproducible draw
        replies = [self._reply(request, story, noise.getrandbits(31)) for _ in range(2)]
        shift = 0.0 if system == place(self.prompt, story) else _shift(system)
        if noise.random() >= abs(shift):
            return replies[0]
        record = next(e.record for e in _by_turn()[asked] if e.scenario.strip() in system)
        metric = uso.RubricMetric(_DirectJudge())
        passed = [metric.grade(record, reply.message.text or "").passed for reply in replies]
        return replies[passed.index(max(passed) if shift > 0 else min(passed))]

    def _reply(self, request: lm15.Request, story: str, seed: int) -> lm15.Response:
        config = replace(request.config, seed=seed)
        seen = place(self.prompt, story)
        return self.inner.complete(replace(request, system=seen, config=config))


def _shift(system: str) -> float:
    """How often a reply is chosen, -1 to 1 and the worse one below 0, by prompt and task."""
    return Random(f"shift:{system}").gauss(0, SHIFT)  # noqa: S311 - a reproducible draw


@lru_cache(maxsize=20_000)
def replayed(prompt: str, scenario: str, replies: int) -> tuple[float, int]:
    """The mean pass rate of replies with fresh seeds, and the number of criteria.

    The seeds are the same for every prompt. DSPy is not on the way: a prompt takes 1,000 calls.
    """
    e = _examples()[scenario]
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
def airline() -> uso.Dataset:
    """The airline data set."""
    return uso.load_dataset(ROOT / "datasets" / "airline")


@cache
def _examples() -> dict[str, dspy.Example]:
    data = airline()
    return {e.record.id: e for e in (*data.train, *data.smoke, *data.test)}


@cache
def _by_turn() -> Mapping[str, Sequence[dspy.Example]]:
    """The examples by the agent's last turn; a model is not told which scenario it is in."""
    found = defaultdict(list)
    for e in _examples().values():
        found[e.history.messages[-1]["content"]].append(e)
    return found


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
