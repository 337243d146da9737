"""A record as a data set with kinds of its own, and a search with a rule of its own, leave it."""

from dataclasses import replace

from usersim_opt.results.reading import Reading
from usersim_opt.results.versions import Decision

DIMENSION = "ending.waits_for_confirmation"
TYPE = "closing"
RULE = "length"
REFUSED = 8
"""Versions that the rule turns down."""
_REPLACED = "guard.non_leakage"
_REPLACED_TYPE = "error_or_repair"


def with_own_kinds(record, *, rule=RULE):
    """The record with one dimension and one type renamed, and eight versions refused by a rule."""
    scenarios = {name: _scenario(scenario) for name, scenario in record.scenarios.items()}
    incumbents = Reading(record).incumbents
    others = [name for name in record.versions if name not in incumbents]
    refusals = [_refusal(name, rule) for name in others[:REFUSED]]
    return replace(record, scenarios=scenarios, decisions=[*record.decisions, *refusals])


def _refusal(version, rule):
    return Decision(
        stage="001.own",
        candidate=version,
        incumbent="v000",
        rule=rule,
        accepted=False,
        reason="the prompt is too long",
    )


def _scenario(scenario):
    criteria = tuple(
        criterion.model_copy(update={"dimension": DIMENSION})
        if criterion.dimension == _REPLACED
        else criterion
        for criterion in scenario.criteria
    )
    kind = TYPE if scenario.type == _REPLACED_TYPE else scenario.type
    return scenario.model_copy(update={"criteria": criteria, "type": kind})
