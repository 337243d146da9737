"""One try of a false ship through the library: a draft that faces the first prompt.

The gates before the smoke split let everything through, so that it is the smoke split that is
tried.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from _bench_toys import TOY_PROMPT
from _bench_worlds import world
from _false_ships_ways import Tried
from _false_ships_world import DRAFT, Customer, Speak, WordJudge, fair, model

import usersim_opt as uso

CALLS = 200
"""Of a run; some three replies of each prompt to each smoke scenario."""
BATCH = 5
"""Scenarios of a minibatch: the gates before the smoke split are open, so few will do."""


class OpenGate:
    """Lets everything through, so that the smoke split decides."""

    name = "open"

    def rule(self, difference: Any) -> uso.Ruling:
        """Always yes."""
        return uso.Ruling(True, "let through")


@dataclass(frozen=True)
class Trial:
    """A draft that faces the first prompt, through `RubricOptimizer.consider`."""

    speak: Speak = fair
    metric: Any = field(default_factory=lambda: uso.RubricMetric(WordJudge()))
    engine: Any = None
    """Answers in place of a Customer that speaks."""
    draft: str = DRAFT
    first: str = TOY_PROMPT
    train: Sequence[Any] = field(default_factory=lambda: world("toy-aa").train)
    smoke: Sequence[Any] = field(default_factory=lambda: world("toy-aa").smoke)
    gate: Any = None
    ledger: Path | None = None
    calls: int = CALLS

    def __call__(self, number: int) -> Tried:
        """One try: whether the draft shipped, and what was said of it."""
        with tempfile.TemporaryDirectory() as folder:
            try:
                return told(self.run(Path(folder) / "run", number))
            except uso.UsersimError as error:
                return Tried(False, f"{type(error).__name__}: {error}")

    def run(self, folder: Path, number: int) -> uso.OptimizationResult:
        """The result of one try in a folder."""
        optimizer = self.optimizer(folder, number)
        student = uso.UserSimulator(self.first, model(self.engine or Customer(self.speak)))
        compiled = optimizer.consider(
            uso.Prompt(self.draft), student, trainset=self.train, valset=self.smoke
        )
        result: uso.OptimizationResult = compiled.result
        return result

    def optimizer(self, folder: Path, number: int) -> uso.RubricOptimizer:
        """The optimizer, its gates before the smoke split open; calls are made one by one."""
        optimizer = uso.RubricOptimizer(
            metric=self.metric,
            proposer_lm=model(Customer(lambda asked: "nothing")),
            run_dir=folder,
            max_calls=self.calls,
            minibatch_size=BATCH,
            seed=number,
            search=uso.HillClimb(improvement=OpenGate(), regression=OpenGate()),
            workers=1,
        )
        optimizer.ledger = self.ledger
        if self.gate is not None:
            optimizer.smoke_gate = self.gate
        return optimizer


def told(result: uso.OptimizationResult) -> Tried:
    """Whether a result ships another prompt than the first, and its last ruling."""
    last = result.decisions[-1] if result.decisions else None
    said = f"{last.rule}: {last.reason}" if last else f"ended by {result.ended_by}"
    return Tried(result.shipped.id != result.seed.id, said)
