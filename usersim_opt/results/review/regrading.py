"""Stored replies graded anew: what a person decided counts, reworded criteria are decided again.

No simulator is run, and nothing else is graded again. A reply that says nothing fails what it
failed before. A criterion that somebody found wrong and nobody has reworded decides nothing.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field

from usersim_opt.basics.asking import count_repeats
from usersim_opt.basics.errors import InputError, ModelError, one_line
from usersim_opt.basics.parallel import as_finished
from usersim_opt.basics.text import is_blank, spoken
from usersim_opt.measuring.calibration.people import PersonLabel
from usersim_opt.measuring.metric import RubricMetric
from usersim_opt.measuring.outcome import Grade, Outcome, Outcomes, Verdict, undecided_verdict
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.results.review.revising import Place, Reworded
from usersim_opt.results.review.sources import Source
from usersim_opt.scenarios.records import Scenario, Scenarios

_Reply = tuple[str, str]
"""Scenario and reply."""
_Fresh = Mapping[_Reply, Mapping[str, Verdict]]


@dataclass(frozen=True)
class PeoplesVerdicts:
    """What people decided on criteria as they read now."""

    labels: Mapping[tuple[str, str, str], Verdict] = field(default_factory=dict)
    """By scenario, criterion and reply; none where two people contradict each other."""
    wrong: Mapping[Place, str] = field(default_factory=dict)
    """Why a criterion is wrong, where nobody has reworded it."""
    disputed: int = 0
    """Verdicts on which two people contradict each other."""


def peoples_verdicts(labels: Sequence[PersonLabel], scenarios: Scenarios) -> PeoplesVerdicts:
    """What labels say of these scenarios; those on other wordings, or other data, are left out."""
    held = [each for each in labels if each.scenario in scenarios]
    claims = [
        claim for each in held if each.holds(scenarios[each.scenario]) for claim in each.claims
    ]
    wrong = {
        (claim.scenario, claim.criterion): f"{claim.label.who}: {claim.label.note}"
        for claim in claims
        if claim.claim == "wrong"
    }
    told: dict[tuple[str, str, str], list[Verdict]] = {}
    for claim in claims:
        if claim.claim != "wrong":
            key = (claim.scenario, claim.criterion, claim.label.reply)
            told.setdefault(key, []).append(_verdict(claim.criterion, claim.claim, claim.label))
    agreed = {key: given[0] for key, given in told.items() if len({v.outcome for v in given}) == 1}
    return PeoplesVerdicts(agreed, wrong, len(told) - len(agreed))


def _verdict(criterion: str, claim: str, label: PersonLabel) -> Verdict:
    said = f"{label.who}: {label.note}" if label.note else label.who
    outcome = "pass" if claim == "pass" else "fail"
    return Verdict.model_validate(
        {"criterion": criterion, "outcome": outcome, "evidence": said, "source": "person"}
    )


@dataclass(frozen=True)
class Regraded:
    """The same replies with their new grades, and what that cost."""

    source: Source
    calls: int
    changed: int
    """Verdicts that are others than before."""


def regraded(
    source: Source,
    scenarios: Scenarios,
    changes: Sequence[Reworded],
    people: PeoplesVerdicts,
    *,
    metric: RubricMetric,
    workers: int = DEFAULT_WORKERS,
) -> Regraded:
    """Grade the replies of a source anew, on scenarios of which some criteria read otherwise.

    `metric` decides reworded criteria alone, each reply once. Raises ModelError, with the scenario,
    if a call fails.
    """
    reduced = _reduced(scenarios, changes)
    fresh, calls = _fresh(source, reduced, metric, workers)
    outcomes: dict[str, Outcomes] = {
        name: [_anew(each, fresh, people) for each in evaluation.outcomes]
        for name, evaluation in source.evaluations.items()
    }
    changed = sum(
        before.outcome != after.outcome
        for name, evaluation in source.evaluations.items()
        for old, new in zip(evaluation.outcomes, outcomes[name], strict=True)
        for before, after in zip(_all(old), _all(new), strict=True)
    )
    return Regraded(source.regraded(outcomes, scenarios), calls, changed)


def _all(outcome: Outcome) -> tuple[Verdict, ...]:
    return (*outcome.verdicts, *outcome.guards)


def _reduced(scenarios: Scenarios, changes: Sequence[Reworded]) -> dict[str, Scenario]:
    """Scenarios with a criterion that reads otherwise, and with no other criterion."""
    names: dict[str, list[str]] = {}
    for change in changes:
        names.setdefault(change.scenario, []).append(change.old.id)
    return {
        name: scenarios[name].model_copy(
            update={"criteria": tuple(c for c in scenarios[name].criteria if c.id in ids)}
        )
        for name, ids in names.items()
        if name in scenarios
    }


def _fresh(
    source: Source, reduced: Scenarios, metric: RubricMetric, workers: int
) -> tuple[_Fresh, int]:
    """The verdicts on reworded criteria, each different reply once, and the calls."""
    given = dict.fromkeys((each.scenario, each.reply) for _, each in source.outcomes)
    replies = [each for each in given if each[0] in reduced and not is_blank(spoken(each[1]))]
    found: dict[_Reply, Mapping[str, Verdict]] = {}
    calls: list[int] = []
    with ThreadPoolExecutor(workers) as executor:
        asked = {
            executor.submit(copy_context().run, _graded, metric, reduced[reply[0]], reply[1]): reply
            for reply in replies
        }

        def keep(future: "Future[tuple[Grade, int]]") -> None:
            grade, cost = future.result()
            calls.append(cost)
            verdicts = (*grade.verdicts, *grade.guards)
            found[asked[future]] = {verdict.criterion: verdict for verdict in verdicts}

        as_finished(list(asked), keep)
    return found, sum(calls)


def _graded(metric: RubricMetric, scenario: Scenario, reply: str) -> tuple[Grade, int]:
    """The grade of a reply, and the calls that it cost."""
    with count_repeats() as repeats:
        grade = _grade(metric, scenario, reply)
    return grade, metric.price(scenario) + repeats.number


def _grade(metric: RubricMetric, scenario: Scenario, reply: str) -> Grade:
    try:
        return metric.grade(scenario, reply)
    except InputError:
        raise
    except Exception as error:
        raise ModelError(
            f"the judge failed on scenario {scenario.id} ({one_line(error)}); labels and criteria "
            "are stored: mend the model connection and import the worksheet again"
        ) from error


def _anew(outcome: Outcome, fresh: _Fresh, people: PeoplesVerdicts) -> Outcome:
    """The outcome with what people decided and what reads otherwise now."""
    if outcome.grade is None:
        return outcome
    verdicts, guards = (
        tuple(_one(verdict, outcome, fresh, people) for verdict in group)
        for group in (outcome.verdicts, outcome.guards)
    )
    grade = Grade(scenario=outcome.scenario, verdicts=verdicts, guards=guards)
    status = "scored" if grade.scored else "unscored"
    return outcome.model_copy(update={"grade": grade, "status": status})


def _one(verdict: Verdict, outcome: Outcome, fresh: _Fresh, people: PeoplesVerdicts) -> Verdict:
    place = (outcome.scenario, verdict.criterion)
    if said := people.labels.get((*place, outcome.reply)):
        return said
    if place in people.wrong:
        return undecided_verdict(
            verdict.criterion, f"the criterion is wrong ({people.wrong[place]})"
        )
    return fresh.get((outcome.scenario, outcome.reply), {}).get(verdict.criterion, verdict)
