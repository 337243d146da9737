"""Labels that people gave: of a reply, which criteria it satisfies and which it breaks.

    {"scenario": "001.3", "reply": "no, thursday", "passes": ["no_new_plan"], "fails": ["says_no"]}
    {"scenario": "001.3", "reply": "ok", "fails": ["says_no"], "prompt": "base", "who": "p07"}

A criterion in neither list has no label. `prompt` says by which prompt the reply was made; a judge
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
    prompt: Annotated[str, Field(validation_alias=AliasChoices("prompt", "version"))] = ""
    who: str = ""

    _where: str = PrivateAttr("")

    @property
    def where(self) -> str:
        """The place that it was read from."""
        return self._where

    @property
    def subject(self) -> object:
        """Who labelled which reply."""
        return (self.scenario, self.reply, self.prompt, self.who)

    @property
    def claim(self) -> object:
        """What was said of it."""
        return (frozenset(self.passes), frozenset(self.fails))

    @property
    def can_contradict(self) -> bool:
        """Whether two lines on one reply are two claims of one person: where somebody is named."""
        return bool(self.who)

    def at(self, where: str) -> "PersonLabel":
        """The same with the place that it was read from."""
        self._where = where
        return self

    @model_validator(mode="after")
    def _say_something(self) -> "PersonLabel":
        both = sorted(set(self.passes) & set(self.fails))
        if both:
            raise ValueError(f"{both[0]!r} stands in passes and in fails; expected one of them")
        if not self.passes and not self.fails:
            raise ValueError("labels no criterion; give `passes`, `fails`, or both")
        return self


@dataclass(frozen=True)
class PersonLabels:
    """The replies with their labels, and how many criteria have two labels that contradict."""

    replies: Sequence[Labelled]
    contradictions: int = 0


def labels_of(labels: str | Path | Iterable[Any] | None, scenarios: Scenarios) -> PersonLabels:
    """The labels of a file of JSON lines, or of records; none for None.

    InputError names the line, what was got and what was expected.
    """
    if labels is None:
        return PersonLabels([])
    records = _read(labels)
    if not records:
        raise InputError(f"there is no label; expected records such as {LIKE}")
    check_usable(records, scenarios)
    for record in records:
        _check_criteria(record, scenarios[record.scenario])
    by_reply: dict[tuple[str, str, str], list[PersonLabel]] = defaultdict(list)
    for record in records:
        by_reply[record.scenario, record.reply, record.prompt].append(record)
    told = [_together(given, scenarios[key[0]]) for key, given in by_reply.items()]
    return PersonLabels([reply for reply, _ in told], sum(number for _, number in told))


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
    unknown = sorted({*label.passes, *label.fails} - set(known))
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
