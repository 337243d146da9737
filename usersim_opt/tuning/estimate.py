"""What a run will cost, what it can prove, and how long its longest texts are, all before it."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import dspy

from usersim_opt.basics.figures import many, summed
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import smallest_gain
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.headroom import layout
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.judge import material
from usersim_opt.measuring.metric import Metric, price
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Runner
from usersim_opt.results.outlook import size
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Criterion, Scenario
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.ceiling import scorable
from usersim_opt.tuning.guard import MAX_CHARACTERS
from usersim_opt.tuning.proposal import proposal_material

STAGE = "estimate"
SAMPLE = 4
"""Replies that are timed."""
MANY_FAILURES = 10
"""Failing replies in the longest message that a proposer may get."""


@dataclass(frozen=True)
class Estimate:
    """What a run may take at the most."""

    calls: int
    tokens: int | None
    """None where the models do not say how many they use."""
    minutes: float
    sampled: int
    """Replies that were timed."""

    def __str__(self) -> str:
        tokens = f"{self.tokens:,} tokens" if self.tokens else "tokens unknown"
        amounts = f"{self.calls:,} calls, {tokens}, {self.minutes:.1f} minutes"
        return f"up to {amounts} (from {self.sampled} timed replies)"


def estimate(
    simulator: UserSimulator,
    examples: Sequence[dspy.Example],
    metric: Metric,
    *,
    calls: int,
    workers: int = DEFAULT_WORKERS,
    clock: Callable[[], float] = time.monotonic,
) -> Estimate:
    """Time a few replies, all at once, and extrapolate to `calls` calls.

    What they cost is not part of any budget. Proposals are longer than replies and take longer, but
    are one call in some thirty. `clock` is in seconds.
    """
    data = ScenarioSet.of(examples, name="examples")
    sample = _spread(list(data.scenarios.values()))
    abreast = min(workers, len(sample))
    jobs = _jobs(simulator, data, sample)
    seconds, outcomes = _timed(jobs, metric, workers=abreast, clock=clock)
    sampled_calls = price(metric, sample)
    tokens = sum(summed(outcome.tokens for outcome in outcomes).values())
    # The sample ran on `abreast` workers: their seconds together are what its calls took.
    seconds_a_call = seconds * abreast / sampled_calls
    return Estimate(
        calls=calls,
        tokens=round(tokens / sampled_calls * calls) or None,
        minutes=seconds_a_call * calls / workers / 60,
        sampled=len(sample),
    )


BASE_RATES = (0.7, 0.9, 0.97)
"""Pass rates of a first prompt for which it is told what could be proven."""


def provable(
    smoke: Sequence[dspy.Example], metric: Metric, *, calls: int, level: float = LEVEL
) -> str:
    """The smallest gains that a run of `calls` calls can prove on its smoke split, in a line.

    Before anything is spent the pass rate of the first prompt is not known, so three are named. The
    level is that of the decision, two-sided: smaller where the split was used before.
    """
    data = ScenarioSet.of(smoke, name="smoke split")
    once = 2 * price(metric, data.scenarios.values())
    replies = Budget(calls).most_repeats(once=once, round_calls=0)
    if not replies:
        return f"nothing: {many(once, 'call')} are needed for one reply each"
    scenarios = scorable(data.scenarios, metric)
    layouts = [layout(scenarios, rate, replies=replies, level=level) for rate in BASE_RATES]
    gains = [smallest_gain(each) for each in layouts]
    return f"{_named(gains)} ({many(replies, 'reply')} each; four times in five)"


def _named(gains: Sequence[float | None]) -> str:
    """`9.1 points from 70 %, 6.0 points from 90 %; no gain could be proven from 97 %`."""
    rates = [f"{100 * rate:.0f} %" for rate in BASE_RATES]
    pairs = list(zip(gains, rates, strict=True))
    proven = ", ".join(f"{size(gain)} from {rate}" for gain, rate in pairs if gain is not None)
    hopeless = ", ".join(rate for gain, rate in pairs if gain is None)
    parts = [proven, f"no gain could be proven from {hopeless}" if hopeless else ""]
    return "; ".join(filter(None, parts))


def _spread(scenarios: Sequence[Scenario]) -> Sequence[Scenario]:
    """A few scenarios, spread over all of them: neighbours are of one task."""
    return scenarios[:: max(1, len(scenarios) // SAMPLE)][:SAMPLE]


def _jobs(simulator: UserSimulator, data: ScenarioSet, sample: Iterable[Scenario]) -> list[Job]:
    return [
        Job.of(simulator, data, scenario.id, version=STAGE, stage=STAGE, repeat=0, run_seed=0)
        for scenario in sample
    ]


def _timed(
    jobs: Sequence[Job], metric: Metric, *, workers: int, clock: Callable[[], float]
) -> tuple[float, list[Outcome]]:
    """Seconds that jobs took, and their outcomes."""
    started = clock()
    with Runner(metric, workers=workers) as runner:
        outcomes = runner.run(jobs)
    return clock() - started, outcomes


# -- the longest texts ---------------------------------------------------------------------------


def longest_texts(examples: Sequence[dspy.Example]) -> dict[str, str]:
    """The longest text that each role will be sent in one call, by role.

    The prompt is taken to be as long as it may be, and ten replies to have failed.
    """
    data = ScenarioSet.of(examples, name="examples")
    scenarios = data.scenarios.values()
    prompt = _longest_prompt(data)
    dialogues = [_story_and_history(data, scenario) for scenario in scenarios]
    graded = [_judge_material(scenario) for scenario in scenarios]
    return {
        "user": prompt.text + max(dialogues, key=len),
        "judge": max(graded, key=len),
        "proposer": _proposer_material(prompt, data),
    }


def _longest_prompt(data: ScenarioSet) -> Prompt:
    """A prompt at the length limit, made of the stories.

    Tokens per character are measured on it, so it is prose and no filler.
    """
    prose = " ".join(task.story for task in data.tasks.values())
    times = MAX_CHARACTERS // len(prose) + 1
    return Prompt((prose * times)[:MAX_CHARACTERS])


def _story_and_history(data: ScenarioSet, scenario: Scenario) -> str:
    story = data.tasks[scenario.task_id].story
    return story + "".join(turn.text for turn in scenario.history)


def _judge_material(scenario: Scenario) -> str:
    return material(scenario.history, _longest_failure(scenario), scenario.criteria)


def _longest_failure(scenario: Scenario) -> str:
    return max((failure.reply for failure in scenario.examples.failures), key=len)


def _proposer_material(prompt: Prompt, data: ScenarioSet) -> str:
    """A message on the scenarios with the most to say, every criterion failed."""

    def length(scenario: Scenario) -> int:
        return len(material(scenario.history, "", scenario.criteria))

    longest = sorted(data.scenarios.values(), key=length)[-MANY_FAILURES:]
    return proposal_material(prompt, data.scenarios, [_failing(scenario) for scenario in longest])


def _failing(scenario: Scenario) -> Outcome:
    """The failing example as an outcome in which every criterion fails, guards too."""
    verdicts = tuple(_failed(criterion) for criterion in scenario.scored_criteria)
    guards = tuple(_failed(criterion) for criterion in scenario.guard_criteria)
    return Outcome(
        scenario=scenario.id,
        version="-",
        stage="-",
        repeat=0,
        status="scored",
        reply=_longest_failure(scenario),
        grade=Grade(scenario=scenario.id, verdicts=verdicts, guards=guards),
    )


def _failed(criterion: Criterion) -> Verdict:
    return Verdict(criterion=criterion.id, outcome="fail", evidence=criterion.text, source="judge")
