"""Rows for pandas: a verdict each, a pair of pass rates each, a reply each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from usersim_opt.basics.frames import Row
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pair, pass_rate
from usersim_opt.measuring.stages import round_of
from usersim_opt.results.record import RunRecord
from usersim_opt.scenarios.records import Scenario

VERDICT_COLUMNS = ("scenario", "task", "type", "family", "dimension", "criterion", "version", "repeat", "outcome", "source", "evidence", "reply")


PAIR_COLUMNS = ("scenario", "task", "type", "criteria", "old", "new", "gain")


OUTCOME_COLUMNS = (
    "stage", "round", "version", "scenario", "task", "type", "repeat", "status", "passed", "scored", "pass_rate", "calls", "tokens", "reply", "why",
)  # fmt: skip


def verdict_rows(records: Mapping[str, Scenario], outcomes: Sequence[Outcome]) -> list[Row]:
    """One row per verdict; a reply without verdicts has one row with `outcome` error or unscored and the reason as evidence."""
    rows = []
    for outcome in outcomes:
        dimensions = {criterion.id: criterion.dimension for criterion in records[outcome.scenario].criteria}
        shared = _of_scenario(outcome, records) | {"version": outcome.version, "repeat": outcome.repeat, "reply": outcome.reply}
        for verdict in outcome.grade.verdicts if outcome.grade else ():
            dimension = dimensions[verdict.criterion]
            rows.append(shared | verdict.model_dump() | {"dimension": dimension, "family": dimension.partition(".")[0]})
        if outcome.grade is None:
            rows.append(shared | {"outcome": outcome.status, "evidence": outcome.why})
    return rows


def pair_rows(records: Mapping[str, Scenario], old: Sequence[Outcome], new: Sequence[Outcome]) -> list[Row]:
    """One row per scenario: criteria scored on both sides, `gain` on them, and each side's own pass rate."""
    rates = [_rates(side) for side in (old, new)]
    return [
        {
            "scenario": found.scenario,
            "task": found.task,
            "type": records[found.scenario].type,
            "criteria": found.criteria,
            "old": rates[0].get(found.scenario),
            "new": rates[1].get(found.scenario),
            "gain": found.difference / found.criteria if found.criteria else None,
        }
        for found in pair(old, new).pairs
    ]


def outcome_rows(record: RunRecord) -> list[Row]:
    """One row per reply of a run, smoke split included."""
    return [
        _of_scenario(outcome, record.records)
        | outcome.model_dump(include={"stage", "version", "repeat", "status", "tokens", "reply", "why"})
        | {"round": round_of(outcome.stage), "calls": outcome.user_calls + outcome.judge_calls, "pass_rate": outcome.pass_rate}
        | ({"passed": outcome.grade.passed, "scored": outcome.grade.scored} if outcome.grade else {})
        for outcome in record.outcomes
    ]


def _of_scenario(outcome: Outcome, records: Mapping[str, Scenario]) -> Row:
    known = records.get(outcome.scenario)
    return {"scenario": outcome.scenario, "task": outcome.task_id, "type": known.type if known else None}


def _rates(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Pass rate by scenario."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.scenario].append(outcome)
    return {scenario: _mean(replies) for scenario, replies in found.items()}


def _mean(outcomes: Sequence[Outcome]) -> float | None:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
