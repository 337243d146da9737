"""How a search went, by round, for whoever shows it: the number before the dot of a stage is the round.

Works on any record, of a search under way too, and asks nothing of the strategy but its decisions: a candidate that
passed every gate of its round is the next incumbent.

Not covered: comparing rounds. Each has scenarios of its own, so its pass rate moves with them.
"""

from collections import defaultdict
from dataclasses import dataclass

from usersim_opt.attribution import Attribution, attribute
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.stages import round_of
from usersim_opt.record import RunRecord
from usersim_opt.results.versions import Decision

_GATES = ("improvement", "regression")


@dataclass(frozen=True)
class Step:
    """A version that became the incumbent, after which round, and the ruling on its gain; None for the seed."""

    version: str
    round: int
    decision: Decision | None


def rounds(record: RunRecord) -> dict[int, dict[str, list[Outcome]]]:
    """The replies of the search by round and version, rounds in order."""
    found: dict[int, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for outcome in record.outcomes:
        if (number := round_of(outcome.stage)) is not None:
            found[number][outcome.version].append(outcome)
    return {number: dict(found[number]) for number in sorted(found)}


def last_round(record: RunRecord) -> int:
    """The highest round of which anything is recorded; 0 if none has begun."""
    stages = [*(outcome.stage for outcome in record.outcomes), *(decision.stage for decision in record.decisions)]
    return max((number for stage in stages if (number := round_of(stage)) is not None), default=0)


def incumbents(record: RunRecord) -> list[Step]:
    """The seed and every version that took the incumbent's place, in order; empty while there is no version.

    The last ruling on a version in a round counts: a search may come back to it when it closes. Passing the improvement gate
    counts once the round is over: the regression gate may still say no.
    """
    if record.seed is None:
        return []
    steps, last = [Step(record.seed.id, 0, None)], last_round(record)
    ruled: dict[tuple[int, str], list[Decision]] = defaultdict(list)
    for decision in record.decisions:
        if (number := round_of(decision.stage)) is not None and decision.candidate in record.versions:
            ruled[number, decision.candidate].append(decision)
    for (number, version), decisions in ruled.items():
        final = decisions[-1]
        settled = final.rule == "regression" or number < last or bool(record.ended_by)
        if final.rule in _GATES and settled and final.accepted:
            steps.append(Step(version, number, next((decision for decision in decisions if decision.rule == "improvement"), final)))
    return steps


def readable(record: RunRecord) -> list[Outcome]:
    """The scored replies of known versions whose scenario is known with every criterion that has a verdict."""
    known = {name: {criterion.id for criterion in scenario.criteria} for name, scenario in record.records.items()}
    scored = [outcome for outcome in record.outcomes if outcome.grade and outcome.grade.scored and outcome.version in record.versions]
    return [o for o in scored if o.grade and {verdict.criterion for verdict in o.grade.verdicts} <= known.get(o.scenario, set())]


def worths(record: RunRecord) -> Attribution | None:
    """What each piece is worth so far; None while no reply is scored whose scenario can be read."""
    scored = readable(record)
    return attribute(record.versions, scored, record.records) if scored else None
