"""Records in which replies have the verdicts on guards that a test wants, made from a run."""

import zlib
from dataclasses import replace

from usersim_opt.measuring.outcome import Verdict
from usersim_opt.scenarios.records import Scenario

MARKUP = "universal.markup"
EVIDENCE = "it holds markup or code: '**Order**'"


def broken(guard=MARKUP, evidence=EVIDENCE):
    """The verdict on a guard that a reply breaks."""
    return Verdict(criterion=guard, outcome="fail", evidence=evidence, source="check")


def with_guards(record, guards_of):
    """The record with the verdicts on guards that a function gives for each graded reply."""
    outcomes = [_given(outcome, guards_of) for outcome in record.outcomes]
    return replace(record, outcomes=outcomes)


def _given(outcome, guards_of):
    if outcome.grade is None:
        return outcome
    grade = outcome.grade.model_copy(update={"guards": tuple(guards_of(outcome))})
    return outcome.model_copy(update={"grade": grade})


def without_guards(record):
    """The record as a run leaves it that knew no guards."""
    return with_guards(record, lambda outcome: [])


def breaking(*versions, share=1.0, guard=MARKUP):
    """Guards of replies of which so many of these versions break one."""

    def guards_of(outcome):
        draw = zlib.crc32(repr(outcome.key).encode()) / 2**32
        return [broken(guard)] if outcome.version in versions and draw < share else []

    return guards_of


def last_criterion_as_guard(record, *, flips):
    """The record with the last criterion of each longer rubric as a guard, which may flip."""
    changed = _rewritten(record, lambda criteria: [*criteria[:-1], _as_guard(criteria[-1])])

    def guards_of(outcome):
        verdicts = {verdict.criterion: verdict for verdict in outcome.verdicts}
        guards = record.scenarios[outcome.scenario].criteria[-1:]
        held = [verdicts[guard.id] for guard in guards if guard.id in verdicts]
        return [_flipped(verdict) for verdict in held] if flips(outcome) else held

    guarded = with_guards(record, guards_of)
    return replace(_without_last(guarded, record), scenarios=changed)


def without_last_criterion(record):
    """The record without that criterion and the verdicts on it."""
    scenarios = _rewritten(record, lambda criteria: criteria[:-1])
    return replace(_without_last(record, record), scenarios=scenarios)


def _without_last(record, whole):
    outcomes = []
    for outcome in record.outcomes:
        last = whole.scenarios[outcome.scenario].criteria[-1].id
        kept = tuple(verdict for verdict in outcome.verdicts if verdict.criterion != last)
        grade = outcome.grade and outcome.grade.model_copy(update={"verdicts": kept})
        outcomes.append(outcome.model_copy(update={"grade": grade}))
    return replace(record, outcomes=outcomes)


def _rewritten(record, change):
    return {
        name: Scenario.model_construct(
            **dict(scenario) | {"criteria": tuple(change(list(scenario.criteria)))}
        )
        for name, scenario in record.scenarios.items()
    }


def _as_guard(criterion):
    return criterion.model_copy(update={"role": "guard"})


def _flipped(verdict):
    return verdict.model_copy(update={"outcome": "fail" if verdict.passed else "pass"})
