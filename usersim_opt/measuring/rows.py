"""Rows for pandas: a verdict each, a pair of pass rates each, a reply each."""

from collections.abc import Iterator

from usersim_opt.basics.frames import Row
from usersim_opt.measuring.outcome import Outcome, Outcomes, Rate, Verdict, by_scenario
from usersim_opt.measuring.pairs import pair, pass_rate
from usersim_opt.measuring.stages import round_of
from usersim_opt.scenarios.kinds import family_of
from usersim_opt.scenarios.records import Scenarios

VERDICT_COLUMNS = (
    "scenario",
    "task",
    "type",
    "family",
    "dimension",
    "criterion",
    "role",
    "version",
    "repeat",
    "outcome",
    "source",
    "evidence",
    "reply",
)
PAIR_COLUMNS = ("scenario", "task", "type", "criteria", "old", "new", "gain")
OUTCOME_COLUMNS = (
    "stage",
    "round",
    "version",
    "scenario",
    "task",
    "type",
    "repeat",
    "status",
    "passed",
    "scored",
    "pass_rate",
    "guards_broken",
    "calls",
    "tokens",
    "reply",
    "why",
)


def verdict_rows(scenarios: Scenarios, outcomes: Outcomes) -> list[Row]:
    """One row per verdict; `role` is `score`, or `guard` for those that no pass rate counts.

    A reply without a grade has one row, with `outcome` error or unscored and the reason as
    evidence. A verdict on a criterion that the scenario does not have has no dimension.
    """
    return [row for outcome in outcomes for row in _verdict_rows(outcome, scenarios)]


def _verdict_rows(outcome: Outcome, scenarios: Scenarios) -> Iterator[Row]:
    reply = _of_scenario(outcome, scenarios) | {
        "version": outcome.version,
        "repeat": outcome.repeat,
        "reply": outcome.reply,
    }
    if outcome.grade is None:
        yield reply | {"outcome": outcome.status, "evidence": outcome.why}
    dimensions = scenarios[outcome.scenario].dimension_by_criterion
    for role, verdicts in (("score", outcome.verdicts), ("guard", outcome.guards)):
        for verdict in verdicts:
            yield reply | _of_verdict(verdict, dimensions.get(verdict.criterion)) | {"role": role}


def _of_verdict(verdict: Verdict, dimension: str | None) -> Row:
    family = family_of(dimension) if dimension else None
    return verdict.model_dump() | {"dimension": dimension, "family": family}


def pair_rows(scenarios: Scenarios, old: Outcomes, new: Outcomes) -> list[Row]:
    """One row per scenario.

    `criteria` are those scored on both sides, `gain` is on them; `old` and `new` are each side's
    own pass rate.
    """
    before, after = _rates(old), _rates(new)
    return [
        {
            "scenario": paired.scenario,
            "task": paired.task,
            "type": scenarios[paired.scenario].type,
            "criteria": paired.criteria,
            "old": before.get(paired.scenario),
            "new": after.get(paired.scenario),
            "gain": paired.difference / paired.criteria,
        }
        for paired in pair(old, new).pairs
    ]


def outcome_rows(outcomes: Outcomes, scenarios: Scenarios) -> list[Row]:
    """One row per reply, with calls and tokens of all roles together."""
    return [_outcome_row(outcome, scenarios) for outcome in outcomes]


def _outcome_row(outcome: Outcome, scenarios: Scenarios) -> Row:
    row = _of_scenario(outcome, scenarios)
    row |= outcome.model_dump(include={"stage", "version", "repeat", "status", "reply", "why"})
    row["round"] = round_of(outcome.stage)
    row["calls"] = sum(outcome.calls.values())
    row["tokens"] = sum(outcome.tokens.values())
    row["pass_rate"] = outcome.pass_rate
    if outcome.grade is not None:
        row |= {"passed": outcome.grade.passed, "scored": outcome.grade.scored}
        row["guards_broken"] = len(outcome.broken)
    return row


def _of_scenario(outcome: Outcome, scenarios: Scenarios) -> Row:
    scenario = scenarios.get(outcome.scenario)
    return {
        "scenario": outcome.scenario,
        "task": outcome.task_id,
        "type": scenario.type if scenario else None,
    }


def _rates(outcomes: Outcomes) -> dict[str, Rate]:
    """Pass rate by scenario."""
    return {scenario: _mean(replies) for scenario, replies in by_scenario(outcomes).items()}


def _mean(outcomes: Outcomes) -> Rate:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
