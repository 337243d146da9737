"""Rows for pandas, one function per kind of thing; pandas is loaded when a frame is asked for.

    verdict_rows      an Evaluation: one row per verdict, and one per reply that has none
    pair_rows         a Comparison: one row per scenario that both prompts were scored on
    version_rows      a run: one row per version, with the last ruling on it
    outcome_rows      a run: one row per reply

Shares are from 0 to 1. Not covered: reading frames back.
"""

from collections import defaultdict
from collections.abc import Sequence

from usersim_opt.basics.frames import Row
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.rows import _mean
from usersim_opt.measuring.stages import round_of
from usersim_opt.record import RunRecord
from usersim_opt.rounds import incumbents

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
