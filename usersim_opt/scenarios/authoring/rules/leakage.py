"""Rules on the split: nothing in train may give away smoke or test.

What gives away: shared identifiers, people's names and six-word phrases. A phrase that many
tasks have is a way of speaking, such as an agent's greeting.

Not covered: places and months, which any two stories may share, criteria, whose wording is common
by design, people of a story who are not its customer, and agents who introduce themselves in
another language than English.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.similarity import phrases_of
from usersim_opt.scenarios.dataset import Dataset, Split
from usersim_opt.scenarios.identifiers import IDENTIFIER, names_in_user_ids
from usersim_opt.scenarios.languages import language_of
from usersim_opt.scenarios.names import told
from usersim_opt.scenarios.records import Scenario

PHRASE_WORDS = 6
COMMON = 3
"""The fewest tasks that share a phrase which is a way of speaking."""
COMMON_SHARE = 0.25
"""The share of all tasks that do where there are more."""

_INTRODUCED = re.compile(
    r"\b(?:I'm|I am|this is|name is|name's|reached|to|with) "
    r"([A-ZÀ-Þ][a-zà-ÿ]{2,})(?=[.,!?;]| here| speaking)"
    r"|\b([A-ZÀ-Þ][a-zà-ÿ]{2,}) (?:here|speaking|writing|typing)\b"
)

Occurrences = Iterator[tuple[str, str]]
"""Pairs of a thing, such as a name or a text, and the id of the task whose files it stands in."""
Owners = Mapping[str, set[str]]
"""For each thing the tasks in whose stories or scenarios it stands."""


def leakage_faults(dataset: Dataset) -> Faults:
    """What a held-out task shares with a train task, or with the other held-out split."""
    split_of = {task: split for split, tasks in dataset.splits.items() for task in tasks}
    yield from _shared("code", _owners(_codes(dataset)), split_of)
    yield from _shared("name", _owners(_names(dataset)), split_of)
    phrases = _owners(_phrases(dataset))
    tasks = {scenario.task_id for scenario in dataset.scenarios.values()}
    common = max(COMMON, COMMON_SHARE * len(tasks))
    rare = {phrase: owners for phrase, owners in phrases.items() if len(owners) < common}
    yield from _shared("phrase", rare, split_of)


def _shared(what: str, owners: Owners, split_of: Mapping[str, Split]) -> Faults:
    for item, tasks in owners.items():
        splits = {split_of[task] for task in tasks if task in split_of}
        if len(splits) > 1:
            yield Fault(
                f"tasks/{_first_held_out(tasks, split_of)}.yaml",
                what,
                f"{item!r} stands in tasks {', '.join(sorted(tasks))} of different splits",
                "use another one in one of them",
                kind="shared_with_held_out",
            )


def _first_held_out(tasks: Iterable[str], split_of: Mapping[str, Split]) -> str:
    """The task to name: the first that is held out, for what is in train is common property."""
    return min(tasks, key=lambda task: (split_of.get(task, "train") == "train", task))


def _owners(occurrences: Occurrences) -> Owners:
    """The tasks by thing."""
    owners: dict[str, set[str]] = defaultdict(set)
    for item, task in occurrences:
        owners[item].add(task)
    return owners


def _texts(dataset: Dataset) -> Occurrences:
    """All stories, turns and example replies."""
    for task in dataset.tasks.values():
        yield task.story, task.id
    for scenario in dataset.scenarios.values():
        for text in _messages(scenario):
            yield text, scenario.task_id


def _messages(scenario: Scenario) -> Iterator[str]:
    yield from scenario.chat
    yield from scenario.examples.replies


def _codes(dataset: Dataset) -> Occurrences:
    for text, task in _texts(dataset):
        for code in IDENTIFIER.findall(text):
            yield code, task


def _names(dataset: Dataset) -> Occurrences:
    """Names of customers and of agents."""
    yield from _customers(dataset)
    yield from _agents(dataset)


def _customers(dataset: Dataset) -> Occurrences:
    """Customers by their user ids, and by first and last name where a story addresses them."""
    for task in dataset.tasks.values():
        for names in names_in_user_ids(task.story):
            yield from ((name.capitalize(), task.id) for name in names)
        for name in told(task.story, language_of(task.language)):
            # One word alone may be a trade: "Du bist Studentin".
            yield from ((word, task.id) for word in name.split() if " " in name)


def _agents(dataset: Dataset) -> Occurrences:
    """Agents where they introduce themselves."""
    for scenario in dataset.scenarios.values():
        for name in _introductions(scenario):
            yield name, scenario.task_id


def _introductions(scenario: Scenario) -> Iterator[str]:
    for turn in scenario.history:
        if turn.role == "agent":
            for names in _INTRODUCED.findall(turn.text):
                yield from (name for name in names if name)


def _phrases(dataset: Dataset) -> Occurrences:
    for text, task in _texts(dataset):
        for phrase in sorted(phrases_of(text, PHRASE_WORDS)):
            yield " ".join(phrase), task
