"""Scored verdicts in the form in which the model of the pieces takes them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import shares
from usersim_opt.measuring.verdict_arrays import Array
from usersim_opt.scenarios.kinds import in_order
from usersim_opt.scenarios.records import Scenario, Scenarios

ScoredVerdict = tuple[tuple[str, str], str, bool]
"""The criterion as (scenario, criterion), its dimension, and whether the reply passed."""


def verdicts_of(outcome: Outcome, scenario: Scenario) -> Iterator[ScoredVerdict]:
    """The scored verdicts of a reply on the criteria of its scenario that score.

    A metric of somebody's own may grade guards like any criterion; they teach nothing here.
    """
    dimensions = {each.id: each.dimension for each in scenario.scored_criteria}
    for verdict in outcome.scored_verdicts:
        dimension = dimensions.get(verdict.criterion)
        if dimension is not None:
            yield (scenario.id, verdict.criterion), dimension, verdict.passed


def dimensions_of(scenarios: Iterable[Scenario]) -> list[str]:
    """The dimensions of the criteria that score, in order."""
    return in_order(
        {criterion.dimension for scenario in scenarios for criterion in scenario.scored_criteria}
    )


def weights_of(
    outcomes: Iterable[Outcome], scenarios: Scenarios, dimensions: Sequence[str]
) -> Array:
    """The share of each dimension among the scored criteria of the scenarios that were measured.

    A dimension without a single scored verdict weighs nothing: all that a model says of it is its
    prior, and that must not look like a figure.
    """
    scored: set[str] = set()
    measured: set[str] = set()
    for outcome in outcomes:
        measured.add(outcome.scenario)
        verdicts = verdicts_of(outcome, scenarios[outcome.scenario])
        scored.update(dimension for _, dimension, _ in verdicts)
    counts = Counter(
        criterion.dimension
        for name in measured
        for criterion in scenarios[name].scored_criteria
        if criterion.dimension in scored
    )
    return shares(counts, dimensions)
