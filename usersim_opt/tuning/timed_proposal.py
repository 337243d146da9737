"""One proposal made before a run, on made-up failures; the cost of the others follows from it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from statistics import fmean

import dspy

from usersim_opt.basics.asking import enclose, tokens_of, written_of
from usersim_opt.basics.errors import BadReply
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Criterion, Scenario
from usersim_opt.tuning.course import ASSUMED, Course, RoleCost, role_cost
from usersim_opt.tuning.proposal import (
    PROPOSER_INSTRUCTIONS,
    PromptProposer,
    group_by_dimension,
    proposal_material,
)


@dataclass(frozen=True)
class ShownReplies:
    """The replies of some rounds as a proposer may be shown them."""

    data: ScenarioSet
    outcomes: Sequence[Outcome]
    broken: float
    """Guards that a reply breaks, on average."""

    def material(self, prompt: Prompt) -> str:
        """The proposer's message on them."""
        return proposal_material(prompt, self.data.scenarios, self.outcomes)

    @property
    def of_guards(self) -> float:
        """Characters that the broken guards add, each as long as a failure."""
        by_dimension, _ = group_by_dimension(self.data.scenarios, self.outcomes)
        failures = [failure for each in by_dimension.values() for failure in each]
        length = fmean(len(enclose(failure)) for failure in failures) if failures else 0.0
        return self.broken * len(self.outcomes) * length


@dataclass(frozen=True)
class TimedProposal:
    """A proposal that was made for the estimate."""

    seconds: float
    sent: int
    """Characters of instructions and material."""
    broken: float
    """Characters that broken guards would add to them."""
    prompt: int
    """Characters of the prompt in it."""
    answered: int
    """Characters of the answer."""
    read: int
    """Tokens."""
    written: int

    def cost(self, course: Course) -> RoleCost:
        """What the proposals of a run take: they hold a longer prompt twice, as text and pieces."""
        longer = course.proposed_characters - self.prompt
        sent = self.sent + ASSUMED.prompt_copies * longer + self.broken + ASSUMED.left_out
        read = self.read * sent / self.sent
        written = self.written * (self.answered + longer) / max(1, self.answered)
        return role_cost(course.proposals, read, written)


def timed_proposal(
    proposer: PromptProposer,
    prompt: Prompt,
    shown: ShownReplies,
    *,
    clock: Callable[[], float],
) -> TimedProposal:
    """One proposal against as many replies as are typically shown, which are made up."""
    material = shown.material(prompt)
    answer = ""
    started = clock()
    with dspy.track_usage() as usage, suppress(BadReply):
        answer = proposer(material=material, seed=0)
    seconds = clock() - started
    written = written_of(usage)
    sent = len(PROPOSER_INSTRUCTIONS) + len(material)
    read = tokens_of(usage) - written
    return TimedProposal(
        seconds=seconds,
        sent=sent,
        broken=shown.of_guards,
        prompt=len(prompt.text),
        answered=len(answer),
        read=read,
        written=written,
    )


def shown_replies(data: ScenarioSet, outcomes: Sequence[Outcome], *, replies: int) -> ShownReplies:
    """Replies as rounds may have them: they fail by the share of the sample, by a fixed seed."""
    draw = Random(0)  # noqa: S311 - a reproducible draw, nothing secret
    scored = sum(outcome.scored for outcome in outcomes)
    passed = sum(outcome.passed for outcome in outcomes) / scored if scored else 0.5
    passing = 1 - ASSUMED.failing * (1 - passed)
    scenarios = sorted(data.scenarios.values(), key=lambda scenario: scenario.id)
    chosen = draw.sample(scenarios, min(replies, len(scenarios)))
    made_up = [_partly_failing(scenario, passing, draw) for scenario in chosen]
    return ShownReplies(data, made_up, fmean(len(outcome.broken) for outcome in outcomes))


def _partly_failing(scenario: Scenario, passing: float, draw: Random) -> Outcome:
    """A failing example of which a share of the criteria is held to pass."""
    failing = failing_outcome(scenario)
    verdicts = [
        verdict.model_copy(update={"outcome": "pass"}) if draw.random() < passing else verdict
        for verdict in failing.verdicts
    ]
    grade = Grade(scenario=scenario.id, verdicts=tuple(verdicts))
    return failing.model_copy(update={"grade": grade})


def failing_outcome(scenario: Scenario) -> Outcome:
    """The failing example as an outcome in which every criterion fails, guards too."""
    verdicts = tuple(_failed(criterion) for criterion in scenario.scored_criteria)
    guards = tuple(_failed(criterion) for criterion in scenario.guard_criteria)
    return Outcome(
        scenario=scenario.id,
        version="-",
        stage="-",
        repeat=0,
        status="scored",
        reply=longest_failure(scenario),
        grade=Grade(scenario=scenario.id, verdicts=verdicts, guards=guards),
    )


def _failed(criterion: Criterion) -> Verdict:
    return Verdict(criterion=criterion.id, outcome="fail", evidence=criterion.text, source="judge")


def longest_failure(scenario: Scenario) -> str:
    """The longest of the replies that a scenario's file says to fail."""
    return max((failure.reply for failure in scenario.examples.failures), key=len)
