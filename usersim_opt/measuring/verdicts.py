"""Scored verdicts in the form in which the model of the pieces takes them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import Array, shares
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenario

ScoredVerdict = tuple[tuple[str, str], str, bool]
"""The criterion as (scenario, criterion), its dimension, and whether the reply passed."""


def verdicts_of(outcome: Outcome, scenario: Scenario) -> Iterator[ScoredVerdict]:
    """The scored verdicts of a reply on the criteria of its scenario."""
    dimensions = {criterion.id: criterion.dimension for criterion in scenario.criteria}
    for verdict in outcome.scored_verdicts:
        if verdict.criterion in dimensions:
            criterion = (scenario.id, verdict.criterion)
            yield criterion, dimensions[verdict.criterion], verdict.outcome == "pass"


def dimensions_of(scenarios: Iterable[Scenario]) -> list[str]:
    """The dimensions of the criteria of scenarios, in order."""
    return in_order({criterion.dimension for s in scenarios for criterion in s.criteria})


def weights_of(
    outcomes: Iterable[Outcome], scenarios: Mapping[str, Scenario], dimensions: Sequence[str]
) -> Array:
    """The share of each dimension among the criteria of the scenarios that were measured."""
    measured = {outcome.scenario for outcome in outcomes}
    criteria = [criterion for name in measured for criterion in scenarios[name].criteria]
    return shares(Counter(criterion.dimension for criterion in criteria), dimensions)
