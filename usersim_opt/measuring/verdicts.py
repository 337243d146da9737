"""Scored verdicts in the form in which the model of the pieces takes them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import Array, shares
from usersim_opt.scenarios.kinds import DIMENSIONS
from usersim_opt.scenarios.records import Scenario


def verdicts_of(outcome: Outcome, record: Scenario) -> Iterator[tuple[tuple[str, str], str, bool]]:
    """The scored verdicts of a reply as (criterion, dimension, passed)."""
    dimension = {criterion.id: criterion.dimension for criterion in record.criteria}
    for verdict in outcome.grade.verdicts if outcome.grade else ():
        if verdict.outcome != "unscored" and verdict.criterion in dimension:
            yield (record.id, verdict.criterion), dimension[verdict.criterion], verdict.outcome == "pass"


def weights_of(outcomes: Iterable[Outcome], records: Mapping[str, Scenario]) -> Array:
    """How many of the criteria of the scenarios measured each of the 20 dimensions has, as shares."""
    seen = {outcome.scenario for outcome in outcomes}
    return shares(Counter(c.dimension for scenario in sorted(seen) for c in records[scenario].criteria), DIMENSIONS)
