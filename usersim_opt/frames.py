"""Rows for pandas, one function per kind of thing; pandas is loaded when a frame is asked for.

    verdict_rows      an Evaluation: one row per verdict, and one per reply that has none
    pair_rows         a Comparison: one row per scenario that both prompts were scored on
    version_rows      a run: one row per version, with the last ruling on it
    outcome_rows      a run: one row per reply

Shares are from 0 to 1. Not covered: reading frames back.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from usersim_opt.basics.frames import Row
from usersim_opt.basics.statistics import pair, pass_rate
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.record import RunRecord
from usersim_opt.rounds import incumbents, round_of
from usersim_opt.scenarios.records import Scenario

VERDICT_COLUMNS = ("scenario", "task", "type", "family", "dimension", "criterion", "version", "repeat", "outcome", "source", "evidence", "reply")
PAIR_COLUMNS = ("scenario", "task", "type", "criteria", "old", "new", "gain")
VERSION_COLUMNS = (
    "version", "origin", "parent", "round", "characters", "pieces", "rule", "accepted", "reason", "gain", "low", "high",
    "replies", "pass_rate", "smoke_pass_rate", "incumbent", "sha256",
)  # fmt: skip
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


def _by_version(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.version].append(outcome)
    return found


def _rates(outcomes: Sequence[Outcome]) -> dict[str, float | None]:
    """Pass rate by scenario."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        found[outcome.scenario].append(outcome)
    return {scenario: _mean(replies) for scenario, replies in found.items()}


def _mean(outcomes: Sequence[Outcome]) -> float | None:
    rate = pass_rate(outcomes)
    return rate.mean if rate else None
