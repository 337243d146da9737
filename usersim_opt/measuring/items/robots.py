"""Robots as free respondents: replies that nobody has to write, graded by the checks alone.

    ok, no     two replies of one word
    helpful    long, courteous, works through every sentence of the agent's last turn
    silence    nothing at all
    parrot     the agent's last turn once more

They show a rubric's floor: what a customer scores who is none. An item that none of them fails, and
nobody else, may be unable to fail.

Not covered: criteria that a judge decides. For `silence` the rule that a bare stop token fails
everything (metric.py) is left aside, since it would say nothing of the items.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from usersim_opt.basics.text import sentences
from usersim_opt.measuring.items.thresholds import THRESHOLDS
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.records import Scenario

_REPLIES = THRESHOLDS.robots


def _helpful(scenario: Scenario) -> str:
    points = sentences(scenario.history[-1].text)
    responses = [_REPLIES.helpful.each.replace("{point}", point) for point in points]
    return " ".join([_REPLIES.helpful.opening, *responses, _REPLIES.helpful.closing])


ROBOTS: Mapping[str, Callable[[Scenario], str]] = {
    "ok": lambda scenario: _REPLIES.ok,
    "no": lambda scenario: _REPLIES.no,
    "helpful": _helpful,
    "silence": lambda scenario: "",
    "parrot": lambda scenario: scenario.history[-1].text,
}
"""What each robot replies to a scenario."""


def robot_verdicts(scenario: Scenario) -> Mapping[str, Mapping[str, bool]]:
    """Whether each robot passes, by robot and by criterion; only criteria that code decides."""
    return _verdicts(_ByText(scenario.model_dump_json(), scenario))


@dataclass(frozen=True)
class _ByText:
    """A scenario that is the same as any other of the same text."""

    text: str
    scenario: Scenario = field(compare=False)


@lru_cache(maxsize=2048)  # each page of a run asks for all scenarios of the data set
def _verdicts(of: _ByText) -> Mapping[str, Mapping[str, bool]]:
    return {name: _passed(of.scenario, reply(of.scenario)) for name, reply in ROBOTS.items()}


def _passed(scenario: Scenario, reply: str) -> Mapping[str, bool]:
    return {
        criterion.id: checks.run(criterion.check, reply, scenario.moment).holds
        for criterion in scenario.criteria
        if criterion.check is not None
    }
