"""Who answered what: the verdicts of evaluations, of people and of robots, by item.

`evaluations` is a mapping of name to evaluation, a list of evaluations, or one alone. An evaluation
is anything with `scenarios` and `outcomes`, a RunRecord included; its outcomes are grouped by
version. Under a mapping a version is called by its key, or `KEY VERSION` where there are several;
otherwise by itself, and the same version in two evaluations is one respondent.

The first evaluation that holds a scenario says what its criteria are. Verdicts of another one on a
criterion of that name with other words, another check, dimension or role are left out, and so are
those on criteria that it does not have, and those on another conversation.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.measuring.items.shrinkage import Counts
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.scenarios.records import Criterion, Scenario, Scenarios, in_task_order

PEOPLE = "people"
Key = tuple[str, str]
"""Scenario and criterion."""


@dataclass(frozen=True)
class Response:
    """One reply with its scored verdicts, those on guards of the rubric included."""

    respondent: str
    scenario: str
    reply: str
    passed: Mapping[str, bool]
    """By criterion."""


@dataclass
class Responses:
    """All replies, and the rubric that they answer."""

    scenarios: dict[str, Scenario] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    """Names, the seed first."""
    replies: list[Response] = field(default_factory=list)
    judged: set[Key] = field(default_factory=set)
    """The items on which a judge gave a verdict."""
    outcomes: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    """By version."""
    notes: list[str] = field(default_factory=list)
    offline: bool = False

    def of(self, respondent: str) -> list[Response]:
        """The replies of one respondent."""
        return [response for response in self.replies if response.respondent == respondent]

    def by_scenario(self) -> dict[str, list[Response]]:
        """The replies of everybody by scenario."""
        groups: dict[str, list[Response]] = defaultdict(list)
        for response in self.replies:
            groups[response.scenario].append(response)
        return groups

    @property
    def criteria(self) -> list[tuple[Scenario, Criterion]]:
        """Each criterion with its scenario, in order of tasks, scenarios and rubrics."""
        ordered = [self.scenarios[name] for name in in_task_order(self.scenarios)]
        return [(scenario, criterion) for scenario in ordered for criterion in scenario.criteria]


def responses_of(evaluations: Any, people: Any = None) -> Responses:
    """The replies of all evaluations, and of people.

    InputError for what is no evaluation, and where there is none.
    """
    responses = Responses()
    for name, evaluation in _named(evaluations):
        _check_evaluation(evaluation, name or "evaluations")
        _add(responses, evaluation, name)
    if not responses.versions:
        raise InputError(
            "there is no reply to analyse; expected an Evaluation with outcomes, "
            "such as evaluate gives, or a run's record"
        )
    if people is not None:
        _check_evaluation(people, PEOPLE)
        _add_people(responses, people)
    return responses


def counts(responses: Iterable[Response]) -> dict[Key, Counts]:
    """Passed and scored verdicts by item."""
    passed: Counter[Key] = Counter()
    scored: Counter[Key] = Counter()
    for response in responses:
        for criterion, holds in response.passed.items():
            scored[response.scenario, criterion] += 1
            passed[response.scenario, criterion] += holds
    return {key: (passed[key], number) for key, number in scored.items()}


def _named(evaluations: Any) -> Iterator[tuple[str, Any]]:
    """Each evaluation with its name; an empty one where nobody gave any."""
    if isinstance(evaluations, Mapping):
        yield from evaluations.items()
    elif isinstance(evaluations, Sequence) and not isinstance(evaluations, str):
        yield from (("", evaluation) for evaluation in evaluations)
    else:
        yield "", evaluations


def _check_evaluation(evaluation: Any, where: str) -> None:
    """InputError unless it has what every evaluation has."""
    evaluation = _record(evaluation)
    if not isinstance(getattr(evaluation, "scenarios", None), Mapping) or not hasattr(
        evaluation, "outcomes"
    ):
        raise InputError(
            f"{where}: got a {type(evaluation).__name__}; expected an Evaluation (of evaluate or "
            "grade_replies), or a run's record or result"
        )


def _record(evaluation: Any) -> Any:
    """The record of a run's result; anything else as it is."""
    return getattr(evaluation, "record", evaluation)


def _add(responses: Responses, evaluation: Any, name: str) -> None:
    """Add the outcomes of an evaluation, by version."""
    found = _record(evaluation)
    outcomes = [outcome for outcome in found.outcomes if outcome.grade is not None]
    versions = list(dict.fromkeys(outcome.version for outcome in outcomes))
    names = {version: _name(name, version, alone=len(versions) == 1) for version in versions}
    _add_names(responses, list(names.values()))
    responses.offline |= bool(getattr(found, "offline", False))
    lost = _take(responses, outcomes, found.scenarios, names)
    _note_lost(responses, lost, name or ", ".join(versions[:3]))


def _name(name: str, version: str, *, alone: bool) -> str:
    if not name:
        return version
    return name if alone else f"{name} {version}"


def _add_names(responses: Responses, names: Sequence[str]) -> None:
    if PEOPLE in names:
        raise InputError(
            f"a version is called {PEOPLE!r}; give it another name, "
            f"or hand the replies of people over by people="
        )
    responses.versions += [name for name in names if name not in responses.versions]


def _add_people(responses: Responses, people: Any) -> None:
    found = _record(people)
    known = [outcome for outcome in found.outcomes if outcome.scenario in responses.scenarios]
    unknown = {outcome.scenario for outcome in found.outcomes} - set(responses.scenarios)
    if unknown:
        listed = ", ".join(in_task_order(unknown)[:5])
        responses.notes.append(
            f"people: replies to {many(len(unknown), 'scenario')} that no evaluation holds are "
            f"left out ({listed})"
        )
    graded = [outcome for outcome in known if outcome.grade is not None]
    names = {outcome.version: PEOPLE for outcome in graded}
    responses.offline |= bool(getattr(found, "offline", False))
    _note_lost(responses, _take(responses, graded, found.scenarios, names), PEOPLE)


def _note_lost(responses: Responses, lost: Counter[Key], name: str) -> None:
    if lost:
        scenario, criterion = next(iter(lost))
        responses.notes.append(
            f"{name}: {many(lost.total(), 'verdict')} on {many(len(lost), 'item')} of another "
            f"edition of the data set left out (such as {scenario} {criterion}); "
            "grade the replies again on one edition"
        )


def _take(
    responses: Responses,
    outcomes: Iterable[Outcome],
    scenarios: Scenarios,
    names: Mapping[str, str],
) -> Counter[Key]:
    """Add outcomes under the names of their versions; counts what belongs to another edition."""
    lost: Counter[Key] = Counter()
    for outcome in outcomes:
        own = scenarios.get(outcome.scenario)
        if own is None:
            lost[outcome.scenario, "?"] += len(outcome.scored_verdicts)
            continue
        reference = responses.scenarios.setdefault(own.id, own)
        response = _answer(outcome, names[outcome.version], _same(own, reference))
        responses.replies.append(response)
        responses.outcomes[response.respondent].append(outcome)
        responses.judged |= _judged(outcome)
        lost.update(_others(outcome, response))
    return lost


def _same(one: Scenario, other: Scenario) -> set[str]:
    """The ids of the criteria that are the same in both, about the same conversation."""
    if one.history != other.history:
        return set()
    reference = {criterion.id: criterion for criterion in other.criteria}
    return {c.id for c in one.criteria if reference.get(c.id) == c}


def _answer(outcome: Outcome, name: str, known: set[str]) -> Response:
    verdicts = (*outcome.verdicts, *outcome.guards)
    passed = {v.criterion: v.passed for v in verdicts if v.scored and v.criterion in known}
    return Response(name, outcome.scenario, outcome.reply, passed)


def _others(outcome: Outcome, response: Response) -> list[Key]:
    """The scored verdicts that are on no criterion of the reference."""
    return [
        (outcome.scenario, verdict.criterion)
        for verdict in outcome.scored_verdicts
        if verdict.criterion not in response.passed
    ]


def _judged(outcome: Outcome) -> set[Key]:
    verdicts = (*outcome.verdicts, *outcome.guards)
    return {(outcome.scenario, v.criterion) for v in verdicts if v.judged and v.scored}
