"""What a run will cost, what it can prove, and how long its longest texts are, all before it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from types import MappingProxyType

import dspy

from usersim_opt.basics.figures import many
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import smallest_gain
from usersim_opt.basics.showing import visibly
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.headroom import layout
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.judge import material
from usersim_opt.measuring.metric import Metric, models_with, price
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import DEFAULT_WORKERS, Runner
from usersim_opt.models.loading import waited_for
from usersim_opt.models.sharing import must_swap
from usersim_opt.results.outlook import MORE_TASKS, size
from usersim_opt.results.prices import Money, Prices, money
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Scenario
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.ceiling import scorable
from usersim_opt.tuning.course import Course, RoleCost, course_of, role_cost
from usersim_opt.tuning.guard import MAX_CHARACTERS
from usersim_opt.tuning.proposal import EXTENTS, PromptProposer, proposal_material
from usersim_opt.tuning.splits import Splits
from usersim_opt.tuning.timed_proposal import (
    failing_outcome,
    longest_failure,
    shown_replies,
    timed_proposal,
)

STAGE = "estimate"
SAMPLE = 8
"""Replies that are timed."""
CALLS_A_ROUND = 60
"""Some thirty replies and their gradings, for which two models that share a server are loaded."""
MANY_FAILURES = 10
"""Failing replies in the longest message that a proposer may get."""


@dataclass(frozen=True)
class Estimate:
    """What a run is expected to take that makes the calls it may make."""

    calls: int
    """The most that it may make."""
    roles: Mapping[str, RoleCost]
    minutes: float
    sampled: int
    """Replies that were timed."""
    prices: Prices = field(default_factory=dict)
    loading: float = 0.0
    """Minutes of them in which a server loads models, one in the place of the other."""

    @property
    def money(self) -> Money:
        """What the tokens cost, as far as prices are known."""
        tokens = {role: cost.tokens for role, cost in self.roles.items()}
        written = {role: cost.written for role, cost in self.roles.items()}
        return money(tokens, written, self.prices)

    @property
    def tokens(self) -> int | None:
        """Those of all roles; None where the models do not say how many they use."""
        return sum(cost.tokens for cost in self.roles.values()) or None

    @visibly
    def __str__(self) -> str:
        tokens = f"{self.tokens:,} tokens ({self.money})" if self.tokens else "tokens unknown"
        loading = f", {self.loading:.1f} of them for loading models" if self.loading else ""
        minutes = f"{self.minutes:.1f} minutes{loading}"
        amounts = f"up to {self.calls:,} calls, about {tokens}, {minutes}"
        sampled = f"from {self.sampled} timed replies and a proposal"
        roles = [f"  {role:9} {cost}" for role, cost in self.roles.items() if cost.calls]
        return "\n".join([f"{amounts} ({sampled})", *roles])

    def beside(self, tokens: int) -> str:
        """The estimate beside what was spent, in a line; empty where no tokens are counted."""
        if not self.tokens or not tokens:
            return ""
        off = f"{100 * (self.tokens / tokens - 1):+.0f} %"
        return f"Estimated {self.tokens:,} tokens, spent {tokens:,}: the estimate was {off} off."


def estimate(
    simulator: UserSimulator,
    splits: Splits,
    metric: Metric,
    *,
    proposer: PromptProposer,
    calls: int,
    workers: int = DEFAULT_WORKERS,
    batch: int = 10,
    prices: Prices = MappingProxyType({}),
    clock: Callable[[], float] = time.monotonic,
) -> Estimate:
    """Time a few replies, all at once, and one proposal, and foretell a run of `calls` calls.

    What they cost is not part of any budget. Tokens follow from the lengths of the texts that a
    run typically sends (course.py), at as many tokens a character as the sample had; times are
    those of the sample, proposals one after another. `batch` is the minibatch size; `clock` is in
    seconds. Where user and judge push each other out of a server, two loads are added for each
    round of the usual size.
    """
    lms = models_with(simulator, metric)
    train, smoke = splits.train, splits.smoke
    sample = _sampled(simulator, train, metric, lms=lms, workers=workers, clock=clock)
    course = course_of(
        metric,
        [*train.scenarios.values()],
        [*smoke.scenarios.values()],
        calls=calls,
        seed_characters=len(simulator.prompt.text),
        batch=min(batch, len(train.tasks)),
    )
    shown = shown_replies(train, sample.outcomes, replies=EXTENTS[0].rounds * course.batch)
    proposal = timed_proposal(proposer, simulator.prompt, shown, clock=clock)
    loading = sample.loading(lms, calls)
    replies = course.replies + course.smoke_replies
    played = replies * sample.seconds / workers + course.proposals * proposal.seconds
    return Estimate(
        calls=calls,
        roles={
            "user": _user_cost(course, train, sample, simulator.prompt),
            "judge": _judge_cost(course, train, sample),
            "proposer": proposal.cost(course),
        },
        minutes=played / 60 + loading,
        sampled=len(sample.scenarios),
        prices=prices,
        loading=loading,
    )


@dataclass(frozen=True)
class _Sample:
    """A few replies that were timed."""

    scenarios: Sequence[Scenario]
    outcomes: Sequence[Outcome]
    seconds: float
    """What one reply took a worker, without the wait for a model to be loaded."""
    longest_wait: float
    """Seconds, for the model that took longest to load."""

    def loading(self, lms: Sequence[dspy.LM], calls: int) -> float:
        """Minutes in which models that push each other out of a server are loaded again.

        Two loads for each round of the usual size; the first of the models plays the customer.
        """
        loads = 2 * calls / CALLS_A_ROUND if must_swap(lms[:1], lms[1:]) else 0.0
        return loads * self.longest_wait / 60


def _sampled(
    simulator: UserSimulator,
    train: ScenarioSet,
    metric: Metric,
    *,
    lms: Sequence[dspy.LM],
    workers: int,
    clock: Callable[[], float],
) -> _Sample:
    """Have a few replies made and graded, all at once."""
    before = waited_for(lms).together
    scenarios = _spread(list(train.scenarios.values()))
    abreast = min(workers, len(scenarios))
    jobs = _jobs(simulator, train, scenarios)
    seconds, outcomes = _timed(jobs, metric, workers=abreast, clock=clock)
    waited = waited_for(lms)
    # The sample ran on `abreast` workers: their seconds together are what its replies took, less
    # what they waited for models, which is no part of a reply once they are loaded.
    worked = max(0.0, seconds * abreast - (waited.together - before))
    return _Sample(scenarios, outcomes, worked / len(scenarios), waited.longest)


def _user_cost(course: Course, data: ScenarioSet, sample: _Sample, prompt: Prompt) -> RoleCost:
    """The customer's share: each reply reads a prompt, a story and a history."""
    replies = course.replies + course.smoke_replies
    read, written = _used(sample.outcomes, "user")
    sampled = sum(
        len(prompt.text) + len(_story_and_history(data, each)) for each in sample.scenarios
    )
    told = fmean(len(_story_and_history(data, each)) for each in data.scenarios.values())
    each = course.prompt_characters + told
    return role_cost(replies, read * each / sampled, written / len(sample.scenarios))


def _judge_cost(course: Course, data: ScenarioSet, sample: _Sample) -> RoleCost:
    """The judge's share, at what its calls of the sample read and wrote."""
    calls = (course.each - 1) * (course.replies + course.smoke_replies)
    read, written = _used(sample.outcomes, "judge")
    asked = sum(outcome.calls.get("judge", 0) for outcome in sample.outcomes) or 1
    sampled = fmean(len(_judge_material(each)) for each in sample.scenarios)
    typical = fmean(len(_judge_material(each)) for each in data.scenarios.values())
    return role_cost(calls, read / asked * typical / sampled, written / asked)


def _used(outcomes: Sequence[Outcome], role: str) -> tuple[int, int]:
    """Tokens that a role has read and written."""
    tokens = sum(outcome.tokens.get(role, 0) for outcome in outcomes)
    written = sum((outcome.written or {}).get(role, 0) for outcome in outcomes)
    return tokens - written, written


BASE_RATES = (0.7, 0.9, 0.97)
"""Pass rates of a first prompt for which it is told what could be proven."""
LOW_RATE = 0.5
"""The one that is told as well where from none of them anything could be."""


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
    told = f"({many(replies, 'reply')} each; four times in five)"

    def smallest(rate: float) -> float | None:
        return smallest_gain(layout(scenarios, rate, replies=replies, level=level))

    gains = {rate: smallest(rate) for rate in BASE_RATES}
    if any(gains.values()):
        return f"{_named(gains)} {told}"
    # A split that is too small for these rates may do for a prompt that fails more.
    return f"{_named({LOW_RATE: smallest(LOW_RATE), **gains})} {told}. {MORE_TASKS}"


def _named(gains: Mapping[float, float | None]) -> str:
    """`9.1 points from 70 %, 6.0 points from 90 %; no gain could be proven from 97 %`."""
    parts = [f"{size(gain)} from {rate:.0%}" for rate, gain in gains.items() if gain is not None]
    hopeless = ", ".join(f"{rate:.0%}" for rate, gain in gains.items() if gain is None)
    proven = ", ".join(parts)
    unproven = f"no gain could be proven from {hopeless}" if hopeless else ""
    return "; ".join(filter(None, [proven, unproven])).replace("%", " %")


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
    return material(scenario.history, longest_failure(scenario), scenario.criteria)


def _proposer_material(prompt: Prompt, data: ScenarioSet) -> str:
    """A message on the scenarios with the most to say, every criterion failed."""

    def length(scenario: Scenario) -> int:
        return len(material(scenario.history, "", scenario.criteria))

    longest = sorted(data.scenarios.values(), key=length)[-MANY_FAILURES:]
    return proposal_material(
        prompt, data.scenarios, [failing_outcome(scenario) for scenario in longest]
    )
