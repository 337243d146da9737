"""What will it cost? Told before a run from a few timed replies, and how long the longest prompts will be."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dspy

from usersim_opt.judge import Metric, material
from usersim_opt.prompt import Prompt
from usersim_opt.run import Material
from usersim_opt.runner import DEFAULT_THREADS, Job, Runner, job_seed, price
from usersim_opt.schema import Grade, Outcome, Scenario, Verdict
from usersim_opt.simulator import UserSimulator
from usersim_opt.strategies.guards import MAX_CHARACTERS
from usersim_opt.strategies.proposal import proposal_material

SAMPLE = 4
"""Replies that are timed."""


@dataclass(frozen=True)
class Estimate:
    """Calls, tokens and minutes that a run may take at the most; tokens is None where the models do not tell them."""

    calls: int
    tokens: int | None
    minutes: float
    sampled: int

    def __str__(self) -> str:
        tokens = f"{self.tokens:,} tokens" if self.tokens else "tokens unknown"
        return f"up to {self.calls:,} calls, {tokens}, {self.minutes:.1f} minutes (from {self.sampled} timed replies)"


def estimate(
    simulator: UserSimulator,
    examples: Sequence[dspy.Example],
    metric: Metric,
    *,
    calls: int,
    workers: int = DEFAULT_THREADS,
    clock: Callable[[], float] = time.monotonic,
) -> Estimate:
    """Time a few replies, all at once, and extrapolate to `calls` calls; what they cost is not part of any budget.

    Proposals are longer than replies and take longer, but are one call in some thirty. `clock` is in seconds.
    """
    data = Material.of(examples, name="examples")
    chosen = list(data.records.values())[:: max(1, len(data.records) // SAMPLE)][:SAMPLE]
    jobs = [Job(simulator, data.tasks[r.task_id], r, "estimate", "estimate", 0, job_seed(0, "estimate", r.id, 0)) for r in chosen]
    started = clock()
    with Runner(metric, workers=min(workers, len(jobs))) as runner:
        outcomes = runner.run(jobs)
    seconds = clock() - started
    sampled = price(metric, chosen)
    abreast = min(workers, len(jobs))
    tokens = sum(outcome.tokens for outcome in outcomes)
    return Estimate(calls, round(tokens / sampled * calls) or None, seconds * abreast / sampled * calls / workers / 60, len(jobs))


def longest_texts(examples: Sequence[dspy.Example]) -> dict[str, str]:
    """The longest text that each role will be sent in one call, the prompt at its length limit and ten replies failing."""
    data = Material.of(examples, name="examples")
    user = max((data.tasks[r.task_id].story + "".join(turn.text for turn in r.history) for r in data.records.values()), key=len)
    judged = max((material(r.history, r.examples.failing.reply, r.criteria) for r in data.records.values()), key=len)
    prose = " ".join(task.story for task in data.tasks.values())  # tokens per character are measured on it, so no filler
    longest_prompt = Prompt((prose * (MAX_CHARACTERS // len(prose) + 1))[:MAX_CHARACTERS])
    worst = sorted(data.records.values(), key=lambda record: len(material(record.history, "", record.criteria)))[-10:]
    asked = proposal_material(longest_prompt, data.records, [_failing(record) for record in worst])
    return {"user": longest_prompt.text + user, "judge": judged, "proposer": asked}


def _failing(record: Scenario) -> Outcome:
    """The failing example as an outcome in which every criterion fails."""
    verdicts = tuple(Verdict(criterion=c.id, outcome="fail", evidence=c.text, source="judge") for c in record.criteria)
    grade = Grade(scenario=record.id, verdicts=verdicts)
    reply = record.examples.failing.reply
    return Outcome(scenario=record.id, version="-", stage="-", repeat=0, status="scored", reply=reply, grade=grade)
