"""CAPO of the package promptolution on our student.

Its predictor plays the simulator and its task asks the rubric. The candidate instruction is the
prompt; there are no few-shot examples. Nothing in CAPO counts calls, so it runs into the hard stop;
the best prompt of the last finished step counts. Not covered: its token budget; calls are counted.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import dspy
import numpy as np
import pandas as pd
from _bench_calls import BudgetSpent
from promptolution.llms.base_llm import BaseLLM
from promptolution.optimizers.capo import CAPO
from promptolution.predictors.base_predictor import BasePredictor
from promptolution.tasks.base_task import BaseTask
from promptolution.utils.prompt_creation import create_prompt_variation

from usersim_opt.customer.prompt import normalise

if TYPE_CHECKING:
    from _bench_peers import Bench

POPULATION, BLOCK, MOST_BLOCKS = 3, 5, 2
"""Prompts kept, scenarios of a block, blocks of a race."""
TASK = "Play a customer who writes to the support of a company."


class ProposerLLM(BaseLLM):  # type: ignore[misc]
    """The proposer as promptolution asks for it."""

    def __init__(self, lm: dspy.LM) -> None:
        super().__init__()
        self.lm = lm

    def _get_response(self, prompts: list[str], system_prompts: list[str]) -> list[str]:
        pairs = zip(system_prompts, prompts, strict=True)
        return [self._answer(system, text) for system, text in pairs]

    def _answer(self, system: str, text: str) -> str:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": text}]
        return str(self.lm(messages=messages)[0])


class Replies(BasePredictor):  # type: ignore[misc]
    """Replies of the student, by scenario id."""

    def __init__(self, llm: BaseLLM, bench: "Bench") -> None:
        super().__init__(llm)
        self.bench, self.examples = bench, {e.record.id: e for e in bench.world.train}
        self.student: Callable[[str], Any] = cache(bench.student().with_prompt)

    def predict(
        self, prompts: Any, xs: list[str], system_prompts: Any = None
    ) -> tuple[list[float], list[str]]:
        """The scores, and the replies as sequences; one call of user and judge each."""
        scores, replies = [], []
        for prompt, x in zip(prompts, xs, strict=True):
            e = self.examples[x]
            reply = self.student(prompt)(**e.inputs())
            scores.append(self.bench.score(e, reply))
            replies.append(reply.reply)
        return scores, replies

    def _extract_preds(self, preds: list[str]) -> list[str]:
        return preds


class Graded(BaseTask):  # type: ignore[misc]
    """The training scenarios; what the predictor gives are the scores already."""

    def _evaluate(self, xs: list[str], ys: list[str], preds: list[Any]) -> Any:
        return np.array(preds, dtype=float)


def run(bench: "Bench") -> tuple[str, float, list[dspy.Example]]:
    """The prompt, what CAPO reports as its gain, and the scenarios that it was scored on."""
    random.seed(bench.seed)  # promptolution draws from the global generator
    examples = bench.part_of_train(len(bench.world.train))
    proposer, seed = ProposerLLM(bench.lms["proposer"]), bench.world.prompt
    variations = create_prompt_variation([seed] * (POPULATION - 1), proposer)
    optimizer = CAPO(
        predictor=Replies(proposer, bench),
        task=_task(examples, seed=bench.seed),
        meta_llm=proposer,
        initial_prompts=[seed, *variations],
        max_n_blocks_eval=MOST_BLOCKS,
        upper_shots=0,
        check_fs_accuracy=False,
        create_fs_reasoning=False,
        df_few_shots=pd.DataFrame({"x": []}),
        callbacks=[_Stop(bench)],
    )
    with suppress(BudgetSpent):
        optimizer.optimize(10_000)
    best = normalise(optimizer.prompts[0].instruction)
    return best, bench.ledger.mean(best) - bench.ledger.mean(seed), examples


def _task(examples: list[dspy.Example], *, seed: int) -> Graded:
    """The scenarios in blocks; CAPO races its candidates block by block."""
    task = Graded(
        pd.DataFrame({"x": [e.record.id for e in examples]}),
        "x",
        task_description=TASK,
        n_subsamples=BLOCK,
        eval_strategy="sequential_block",
        seed=seed,
    )
    task.task_type = "reward"
    return task


class _Stop:
    """Ends CAPO when the budget is spent."""

    def __init__(self, bench: "Bench") -> None:
        self.bench = bench

    def on_step_end(self, optimizer: Any) -> bool:
        """Whether to go on."""
        return self.bench.meter.total < self.bench.budget

    def on_train_end(self, optimizer: Any) -> None:
        """Nothing is left to do."""
