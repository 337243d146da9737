"""Rows for pandas: a verdict each, a pair of pass rates each, a reply each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from usersim_opt.basics.frames import Row
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import pair, pass_rate
from usersim_opt.measuring.stages import round_of
from usersim_opt.scenarios.records import Scenario

VERDICT_COLUMNS = (
    "scenario",
    "task",
    "type",
    "family",
    "dimension",
    "criterion",
    "version",
    "repeat",
    "outcome",
    "source",
    "evidence",
    "reply",
)


PAIR_COLUMNS = ("scenario", "task", "type", "criteria", "old", "new", "gain")


OUTCOME_COLUMNS = (
    "stage", "round", "version", "scenario", "task", "type", "repeat", "status", "passed", "scored", "pass_rate", "calls", "tokens", "reply", "why",
)  # fmt: skip


def verdict_rows(scenarios: Mapping[str, Scenario], outcomes: Sequence[Outcome]) -> list[Row]:
    """One row per verdict; a reply without verdicts has one row with `outcome` error or unscored and the reason as evidence."""
    rows = []
    for outcome in outcomes:
        dimensions = {
            criterion.id: criterion.dimension for criterion in scenarios[outcome.scenario].criteria
        }
        shared = _of_scenario(outcome, scenarios) | {
            "version": outcome.version,
            "repeat": outcome.repeat,
            "reply": outcome.reply,
        }
        for verdict in outcome.grade.verdicts if outcome.grade else ():
            dimension = dimensions[verdict.criterion]
            rows.append(
                shared
                | verdict.model_dump()
                | {"dimension": dimension, "family": dimension.partition(".")[0]}
            )
        if outcome.grade is None:
            rows.append(shared | {"outcome": outcome.status, "evidence": outcome.why})
    return rows


def pair_rows(
    scenarios: Mapping[str, Scenario], old: Sequence[Outcome], new: Sequence[Outcome]
) -> list[Row]:
    """One row per scenario: criteria scored on both sides, `gain` on them, and each side's own pass rate."""
    rates = [_rates(side) for side in (old, new)]
    return [
        {
            "scenario": found.scenario,
            "task": found.task,
            "type": scenarios[found.scenario].type,
            "criteria": found.criteria,
            "old": rates[0].get(found.scenario),
            "new": rates[1].get(found.scenario),
            "gain": found.difference / found.criteria if found.criteria else None,
        }
        for found in pair(old, new).pairs
    ]


def outcome_rows(outcomes: Sequence[Outcome], scenarios: Mapping[str, Scenario]) -> list[Row]:
    """One row per reply, with calls and tokens of all roles together."""
    return [_outcome_row(outcome, scenarios) for outcome in outcomes]


def _outcome_row(outcome: Outcome, scenarios: Mapping[str, Scenario]) -> Row:
    grade = outcome.grade
    named = {"stage", "version", "repeat", "status", "reply", "why"}
    return (
        _of_scenario(outcome, scenarios)
        | outcome.model_dump(include=named)
        | {
            "round": round_of(outcome.stage),
            "calls": sum(outcome.calls.values()),
            "tokens": sum(outcome.tokens.values()),
            "pass_rate": outcome.pass_rate,
        }
        | ({"passed": grade.passed, "scored": grade.scored} if grade else {})
    )


def _of_scenario(outcome: Outcome, scenarios: Mapping[str, Scenario]) -> Row:
    known = scenarios.get(outcome.scenario)
    return {
        "scenario": outcome.scenario,
        "task": outcome.task_id,
        "type": known.type if known else None,
    }


def _rates(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Pass rate by scenario."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.scenario].append(outcome)
    return {scenario: _mean(replies) for scenario, replies in found.items()}


def _mean(outcomes: Sequence[Outcome]) -> float | None:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
