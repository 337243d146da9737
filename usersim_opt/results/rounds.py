"""How a search went, by round, for whoever shows it: the number before the dot of a stage is the round.

Works on any record, of a search under way too, and asks nothing of the strategy but its decisions: a candidate that
passed every gate of its round is the next incumbent.

Not covered: comparing rounds. Each has scenarios of its own, so its pass rate moves with them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.basics.frames import Row
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.rows import _mean
from usersim_opt.measuring.stages import round_of
from usersim_opt.results.attribution import Attribution, attribute
from usersim_opt.results.record import RunRecord
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


VERSION_COLUMNS = (
    "version", "origin", "parent", "round", "characters", "pieces", "rule", "accepted", "reason", "gain", "low", "high",
    "replies", "pass_rate", "smoke_pass_rate", "incumbent", "sha256",
)  # fmt: skip


def version_rows(record: RunRecord) -> list[Row]:
    """One row per version. `pass_rate` is over whatever it was measured on in the search: it chose the winner and does not compare."""
    searched, smoke = (_by_version([o for o in record.outcomes if (o.stage == "smoke") == at_end]) for at_end in (False, True))
    held = {step.version for step in incumbents(record)}
    last = {decision.candidate: decision for decision in record.decisions if decision.rule != "smoke"}
    rows = []
    for version in record.versions.values():
        ruling = last.get(version.id)
        row = {
            "version": version.id,
            "origin": version.origin,
            "parent": version.parent,
            "characters": len(version.text),
            "pieces": len(Prompt(version.text).pieces),
            "replies": len(searched[version.id]),
            "pass_rate": _mean(searched[version.id]),
            "smoke_pass_rate": _mean(smoke[version.id]),
            "incumbent": version.id in held,
            "sha256": version.sha256,
        }
        if ruling is not None:
            figures = ruling.evidence.model_dump(include={"gain", "low", "high"}) if ruling.evidence else {}
            row |= {"round": round_of(ruling.stage), "rule": ruling.rule, "accepted": ruling.accepted, "reason": ruling.reason} | figures
        rows.append(row)
    return rows


def _by_version(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.version].append(outcome)
    return found
