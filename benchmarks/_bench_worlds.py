"""The worlds of the optimizer benchmark, and their A/A twins.

    toy and five kinds of it  sentences that help or hurt; what any prompt is truly worth is known
                              exactly (_bench_worth.py, _bench_toys.py)
    offline                   the airline data set with the stand-ins `offline/user` and
                              `offline/judge`; the truth is the mean of many fresh replies
                              (_bench_offline.py)

In an A/A twin, `toy-aa` and so on, no prompt is better than another on new tasks.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import _bench_offline
import dspy
from _bench_calls import Engine
from _bench_toys import TOY_PROMPT, ToyJudge, ToyUser, smoke, train
from _bench_worth import WORTHS

import usersim_opt as uso
from usersim_opt.models.offline import OfflineEngine

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

    @property
    def is_toy(self) -> bool:
        """Whether its prompts are made of the sentences of _bench_worth.py."""
        return self.name.partition("-")[0] in WORTHS

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
    """A kind of _bench_worth.py or `offline`, or the twin of one, with `-aa` behind its name."""
    kind, _, twin = name.partition("-")
    return _toy(name, aa=bool(twin)) if kind in WORTHS else _offline(name, aa=bool(twin))


def _toy(name: str, *, aa: bool) -> World:
    user = ToyUser(WORTHS[name.partition("-")[0]], aa=aa)
    return World(name, TOY_PROMPT, train(), smoke(), smoke(), user, ToyJudge(), user.truth, aa)


def _offline(name: str, *, aa: bool) -> World:
    data = _bench_offline.airline()
    prompt = uso.read_prompt(_bench_offline.ROOT / "optimized" / "airline" / "base.txt").text
    return World(
        name=name,
        prompt=prompt,
        train=data.train,
        smoke=data.smoke,
        unseen=data.test,
        user=_bench_offline.BlindUser(prompt) if aa else OfflineEngine("user"),
        judge=OfflineEngine("judge"),
        truth=lambda text, e, replies: _bench_offline.replayed(text, e.record.id, replies),
        aa=aa,
    )
