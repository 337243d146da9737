"""Rules on the split: nothing in train may give away smoke or test. Shared ids, people's names and six-word phrases.

Not covered: places and months, which any two stories may share, and criteria, whose wording is common by design.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.facts import CODE
from usersim_opt.scenarios.authoring.rules.similarity import phrases_of
from usersim_opt.scenarios.dataset import Dataset

PHRASE_WORDS = 6

_USER_ID = re.compile(r"\b([a-z]+)_([a-z]+)_\d+\b")
_INTRODUCED = re.compile(
    r"\b(?:I'm|I am|this is|name is|name's|reached|to|with) ([A-ZÀ-Þ][a-zà-ÿ]{2,})(?=[.,!?;]| here| speaking)|\b([A-ZÀ-Þ][a-zà-ÿ]{2,}) (?:here|speaking|writing|typing)\b"
)


def leakage_faults(dataset: Dataset) -> Iterator[Fault]:
    """What a smoke or test task shares with a train task, or the two held-out splits with each other."""
    split_of = {task: split for split, tasks in dataset.splits.items() for task in tasks}
    for what, owners in (
        ("code", _codes(dataset)),
        ("name", _names(dataset)),
        ("phrase", _phrases(dataset)),
    ):
        for item, tasks in owners.items():
            splits = {split_of[task] for task in tasks if task in split_of}
            if len(splits) > 1:
                held, other = (
                    min(tasks, key=lambda task: (split_of.get(task, "train") == "train", task)),
                    sorted(tasks),
                )
                yield Fault(
                    f"tasks/{held}.yaml",
                    what,
                    f"{item!r} stands in tasks {', '.join(other)} of different splits",
                    "use another one in one of them",
                )


def _texts(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """(task id, text) of all stories, turns and example replies."""
    for task in dataset.tasks.values():
        yield task.id, task.story
    for scenario in dataset.scenarios.values():
        for text in (
            *(turn.text for turn in scenario.history),
            *scenario.examples.passing,
            scenario.examples.failing.reply,
        ):
            yield scenario.task_id, text


def _owners(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    owners: dict[str, set[str]] = defaultdict(set)
    for item, task in pairs:
        owners[item].add(task)
    return owners


def _codes(dataset: Dataset) -> Mapping[str, set[str]]:
    return _owners((code, task) for task, text in _texts(dataset) for code in CODE.findall(text))


def _names(dataset: Dataset) -> Mapping[str, set[str]]:
    """Names of customers, by their user ids, and of agents, where they introduce themselves."""
    found = [
        (part.capitalize(), task.id)
        for task in dataset.tasks.values()
        for pair in _USER_ID.findall(task.story)
        for part in pair
    ]
    for scenario in dataset.scenarios.values():
        greetings = [turn.text for turn in scenario.history if turn.role == "agent"]
        found += [
            (name, scenario.task_id)
            for text in greetings
            for pair in _INTRODUCED.findall(text)
            for name in pair
            if name
        ]
    return _owners(found)


def _phrases(dataset: Dataset) -> Mapping[str, set[str]]:
    return _owners(
        (" ".join(phrase), task)
        for task, text in _texts(dataset)
        for phrase in phrases_of(text, PHRASE_WORDS)
    )
