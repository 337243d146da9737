"""Criteria that a person found wrong: reworded, with what they were and why in their history.

A criterion that code decided is the judge's after it was reworded: its check looked for what the
old words asked. The check stays in the history, and a new one can be written for the new words.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_yaml
from usersim_opt.results.review.sheet import Entry, Worksheet
from usersim_opt.scenarios.dataset import Dataset, scenario_data
from usersim_opt.scenarios.records import Criterion, Revision, Scenario, Scenarios

Place = tuple[str, str]
"""Scenario and criterion."""


@dataclass(frozen=True)
class Reworded:
    """A criterion that reads otherwise now."""

    scenario: str
    old: Criterion
    new: Criterion

    @property
    def line(self) -> str:
        """What was changed, in a line or two."""
        checked = "; its check is in the history, the judge decides now" if self.old.check else ""
        return f"{self.scenario} {self.old.id}: {self.old.text!r} -> {self.new.text!r}{checked}"


def rewordings(sheet: Worksheet, scenarios: Scenarios, *, who: str, when: str) -> list[Reworded]:
    """The criteria that the worksheet words anew.

    InputError where two entries word one criterion differently.
    """
    told: dict[Place, Entry] = {}
    for entry in sheet.labelled:
        place = (entry.scenario, entry.criterion)
        words = entry.rewording.strip()
        if words and told.setdefault(place, entry).rewording.strip() != words:
            raise InputError(
                f"entries {told[place].id} and {entry.id}: word {entry.scenario} {entry.criterion} "
                "anew in two ways; expected one. Nothing was written"
            )
    return [_reworded(entry, scenarios, who=who, when=when) for entry in told.values()]


def _reworded(entry: Entry, scenarios: Scenarios, *, who: str, when: str) -> Reworded:
    old = criterion_of(scenarios[entry.scenario], entry.criterion)
    revision = Revision(
        text=old.text, check=old.check, who=who, when=entry.when or when, note=entry.note.strip()
    )
    changes: dict[str, Any] = {
        "text": entry.rewording.strip(),
        "check": None,
        "revisions": (*old.revisions, revision),
    }
    return Reworded(entry.scenario, old, old.model_copy(update=changes))


def reworded_since(scenarios: Scenarios, dataset: Dataset) -> list[Reworded]:
    """The criteria that the data set words anew, with their old words in their history."""
    found = []
    for name, scenario in scenarios.items():
        present = dataset.scenarios.get(name)
        criteria = present.criteria if present else ()
        for old in scenario.criteria:
            new = next((each for each in criteria if each.id == old.id), None)
            if new is not None and new.wording != old.wording and _was(new, old):
                found.append(Reworded(name, old, new))
    return found


def _was(new: Criterion, old: Criterion) -> bool:
    """Whether a criterion once read as another one does."""
    return any((each.text, each.check) == (old.text, old.check) for each in new.revisions)


def criterion_of(scenario: Scenario, name: str) -> Criterion:
    """The criterion of an id."""
    return next(each for each in scenario.criteria if each.id == name)


def revised(scenarios: Scenarios, changes: Sequence[Reworded]) -> dict[str, Scenario]:
    """The scenarios with the criteria that read otherwise now."""
    by_scenario: dict[str, dict[str, Criterion]] = {}
    for change in changes:
        by_scenario.setdefault(change.scenario, {})[change.old.id] = change.new
    return {
        name: _with(scenario, by_scenario.get(name, {})) for name, scenario in scenarios.items()
    }


def _with(scenario: Scenario, criteria: Mapping[str, Criterion]) -> Scenario:
    if not criteria:
        return scenario
    new = tuple(criteria.get(each.id, each) for each in scenario.criteria)
    return scenario.model_copy(update={"criteria": new})


# -- in the data set -------------------------------------------------------------------------------


def check_same(dataset: Dataset, changes: Sequence[Reworded]) -> None:
    """InputError where a criterion to be reworded reads otherwise in the data set, or is not there.

    One that already has the new words is no fault: the worksheet was imported before.
    """
    for change in changes:
        name = f"{change.scenario} {change.old.id}"
        found = _found(dataset, change)
        if found is None:
            raise InputError(
                f"{dataset.folder}: has no criterion {name}; name the data set that the replies "
                "were graded on. Nothing was written"
            )
        if found.wording not in (change.old.wording, change.new.wording):
            raise InputError(
                f"{dataset.folder}: {name} reads {found.text!r} there, and {change.old.text!r} in "
                "the worksheet, which is of another edition. Nothing was written: take the new "
                "words out of the worksheet, or change the data set by hand"
            )


def _found(dataset: Dataset, change: Reworded) -> Criterion | None:
    scenario = dataset.scenarios.get(change.scenario)
    named = [each for each in scenario.criteria if each.id == change.old.id] if scenario else []
    return named[0] if named else None


def write_revised(dataset: Dataset, changes: Sequence[Reworded]) -> list[Path]:
    """Write the scenario files of which a criterion reads otherwise now; return their paths."""
    return list(_written(dataset, changes))


def _written(dataset: Dataset, changes: Sequence[Reworded]) -> Iterator[Path]:
    open_ones = [each for each in changes if _is_open(dataset, each)]
    names = dict.fromkeys(change.scenario for change in open_ones)
    scenarios = revised(dataset.scenarios, open_ones)
    for name in names:
        file = (dataset.folder or Path()) / "scenarios" / f"{name}.yaml"
        write_yaml(file, scenario_data(scenarios[name]))
        yield file


def _is_open(dataset: Dataset, change: Reworded) -> bool:
    found = _found(dataset, change)
    return found is not None and found.wording == change.old.wording
