"""Labels that people gave: of a reply, which criteria it satisfies and which it breaks.

    {"scenario": "001.3", "reply": "no, thursday", "passes": ["no_new_plan"], "fails": ["says_no"]}
    {"scenario": "001.3", "reply": "ok", "fails": ["says_no"], "prompt": "base", "who": "p07"}

A criterion in neither list has no label; those in `wrong` are themselves at fault, by what `note`
says. What review-rubrics import writes has the `wording` of its one criterion, and does not hold
any more once that reads otherwise. `prompt` says by which prompt the reply was made; a judge
may be right more often on the replies of one than on those of another. Where two people contradict
each other, the criterion has no label, and how often that happens is told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, Field, PrivateAttr, model_validator

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.json_lines import records_in
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.calibration.labels import PERSON, Labelled
from usersim_opt.measuring.recorded.replies import check_usable
from usersim_opt.scenarios.records import Record, Scenario, Scenarios, Text

LIKE = '{"scenario": "001.3", "reply": "no", "passes": ["short"], "fails": ["calm"]}'
_Names = Annotated[tuple[str, ...], Field(strict=False)]


class PersonLabel(Record):
    """What one person said of one reply."""

    scenario: Text
    reply: Text
    passes: _Names = ()
    fails: _Names = ()
    wrong: _Names = ()
    """Criteria that cannot be decided as they read, or should not be."""
    prompt: Annotated[str, Field(validation_alias=AliasChoices("prompt", "version"))] = ""
    who: str = ""
    when: str = ""
    note: str = ""
    wording: str = ""
    """Of the one criterion that it is about; see `Criterion.wording`."""

    _where: str = PrivateAttr("")

    @property
    def where(self) -> str:
        """The place that it was read from."""
        return self._where

    @property
    def claims(self) -> "list[Claim]":
        """What it says of each criterion."""
        lists = {"pass": self.passes, "fail": self.fails, "wrong": self.wrong}
        return [Claim(self, name, claim) for claim, names in lists.items() for name in names]

    def holds(self, scenario: Scenario) -> bool:
        """Whether its criterion reads as it did; always where no wording was noted."""
        wordings = [each.wording for each in scenario.criteria if each.id in self._named]
        return not self.wording or wordings == [self.wording]

    @property
    def _named(self) -> set[str]:
        return {*self.passes, *self.fails, *self.wrong}

    def at(self, where: str) -> "PersonLabel":
        """The same with the place that it was read from."""
        self._where = where
        return self

    @model_validator(mode="after")
    def _say_something(self) -> "PersonLabel":
        both = sorted(set(self.passes) & set(self.fails))
        if both:
            raise ValueError(f"{both[0]!r} stands in passes and in fails; expected one of them")
        if not self._named:
            raise ValueError("labels no criterion; give `passes`, `fails`, or both")
        return self


@dataclass(frozen=True)
class Claim:
    """What one person said of one criterion of one reply."""

    label: PersonLabel
    criterion: str
    claim: str
    """pass, fail or wrong."""

    @property
    def scenario(self) -> str:
        """The id of the scenario."""
        return self.label.scenario

    @property
    def where(self) -> str:
        """The place that it was read from."""
        return self.label.where

    @property
    def subject(self) -> object:
        """Who said it, of which criterion, as it read, of which reply."""
        label = self.label
        about = (label.scenario, label.reply, label.prompt, self.criterion, label.wording)
        return (*about, label.who)

    @property
    def can_contradict(self) -> bool:
        """Whether two of them are two claims of one person: where somebody is named."""
        return bool(self.label.who)


@dataclass(frozen=True)
class PersonLabels:
    """The replies with their labels, and how many criteria have two labels that contradict."""

    replies: Sequence[Labelled]
    contradictions: int = 0
    stale: int = 0
    """Labels of criteria that read otherwise since; they do not count."""


def labels_of(labels: str | Path | Iterable[Any] | None, scenarios: Scenarios) -> PersonLabels:
    """The labels of a file of JSON lines, or of records; none for None.

    InputError names the line, what was got and what was expected.
    """
    if labels is None:
        return PersonLabels([])
    records = _read(labels)
    if not records:
        raise InputError(f"there is no label; expected records such as {LIKE}")
    check_usable([claim for record in records for claim in record.claims], scenarios)
    for record in records:
        _check_criteria(record, scenarios[record.scenario])
    by_reply: dict[tuple[str, str, str], list[PersonLabel]] = defaultdict(list)
    current = [record for record in records if record.holds(scenarios[record.scenario])]
    for record in current:
        if not record.passes and not record.fails:
            continue  # what is wrong with a criterion says nothing of a judge
        by_reply[record.scenario, record.reply, record.prompt].append(record)
    told = [_together(given, scenarios[key[0]]) for key, given in by_reply.items()]
    return PersonLabels(
        [reply for reply, _ in told],
        contradictions=sum(number for _, number in told),
        stale=len(records) - len(current),
    )


def read_labels(path: str | Path) -> list[PersonLabel]:
    """The labels of a file of JSON lines, each with its place; InputError for a bad line."""
    return _read(path)


def _read(labels: str | Path | Iterable[Any]) -> list[PersonLabel]:
    if isinstance(labels, str | Path):
        found = records_in(Path(labels), PersonLabel, like=LIKE)
        return [record.at(where) for where, record in found]
    return [_as_label(each, f"labels[{number}]") for number, each in enumerate(labels)]


def _as_label(label: Any, where: str) -> PersonLabel:
    if isinstance(label, PersonLabel):
        return label if label.where else label.at(where)
    fields = dict(label) if isinstance(label, Mapping) else label
    return parse(fields, PersonLabel, where=where).at(where)


def _check_criteria(label: PersonLabel, scenario: Scenario) -> None:
    known = [criterion.id for criterion in scenario.criteria]
    unknown = sorted({claim.criterion for claim in label.claims} - set(known))
    if unknown:
        raise InputError(
            f"{label.where}: {unknown[0]!r} is no criterion of scenario {scenario.id}; "
            f"expected one of {', '.join(known)}"
        )


def _together(given: Sequence[PersonLabel], scenario: Scenario) -> tuple[Labelled, int]:
    """A reply with the labels of everybody, and the number of criteria on which they differ."""
    passes = Counter(name for label in given for name in label.passes)
    fails = Counter(name for label in given for name in label.fails)
    disputed = passes.keys() & fails.keys()
    labelled = (passes.keys() | fails.keys()) - disputed
    reply = Labelled(
        scenario,
        given[0].reply,
        PERSON,
        fails=tuple(fails.keys() - disputed),
        unlabelled=tuple(each.id for each in scenario.criteria if each.id not in labelled),
        prompt=given[0].prompt,
    )
    return reply, len(disputed)
