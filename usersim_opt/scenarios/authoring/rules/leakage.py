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
from typing import TypeVar

from usersim_opt.scenarios.authoring.rules import Fault, Faults
from usersim_opt.scenarios.authoring.rules.similarity import Phrase, runs_of
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

Place = tuple[str, str]
"""The id of a task and one of its files."""
Occurrences = Iterator[tuple[str, Place]]
"""Pairs of a thing, such as a name or a text, and where it stands."""
Files = Mapping[str, str]
"""By the id of a task the first of its files in which a thing stands."""
Splits = Mapping[str, Split]
"""The split of each task."""
Thing = TypeVar("Thing", str, Phrase)


def leakage_faults(dataset: Dataset) -> Faults:
    """What a held-out task shares with a train task, or with the other held-out split."""
    split_of = {task: split for split, tasks in dataset.splits.items() for task in tasks}
    yield from _shared("code", _codes(dataset), split_of)
    yield from _shared("name", _names(dataset), split_of)
    yield from _shared_phrases(dataset, split_of)


def _shared(what: str, occurrences: Occurrences, split_of: Splits) -> Faults:
    for item, files in _owners(occurrences).items():
        if _is_shared(files, split_of):
            yield _fault(what, item, files, split_of)


def _is_shared(tasks: Iterable[str], split_of: Splits) -> bool:
    return len({split_of[task] for task in tasks if task in split_of}) > 1


def _fault(what: str, item: str, files: Files, split_of: Splits) -> Fault:
    """Named is the first task that is held out, for what is in train is common property."""
    return Fault(
        files[min(files, key=lambda task: _held_out_first(task, split_of))],
        what,
        f"{item!r} stands in tasks {', '.join(sorted(files))} of different splits",
        "use another one in one of them",
        kind="shared_with_held_out",
    )


def _held_out_first(task: str, split_of: Splits) -> tuple[bool, str]:
    return split_of.get(task, "train") == "train", task


def _owners(occurrences: Iterable[tuple[Thing, Place]]) -> dict[Thing, dict[str, str]]:
    """Files by thing."""
    owners: dict[Thing, dict[str, str]] = defaultdict(dict)
    for item, (task, file) in occurrences:
        owners[item].setdefault(task, file)
    return owners


# -- phrases -------------------------------------------------------------------------------------


def _shared_phrases(dataset: Dataset, split_of: Splits) -> Faults:
    """Stretches of words that tasks of different splits share: one fault for each."""
    shared = _phrases_to_tell(dataset, split_of)
    texts = sorted(_texts(dataset), key=lambda each: _held_out_first(each[1][0], split_of))
    for text, (task, file) in texts:
        for stretch in _stretches(text, shared):
            files = {**shared[stretch[0]], task: file}
            words = [*stretch[0], *(run[-1] for run in stretch[1:])]
            yield _fault("phrase", " ".join(words), files, split_of)
            for run in stretch:
                shared.pop(run, None)


def _phrases_to_tell(dataset: Dataset, split_of: Splits) -> dict[Phrase, dict[str, str]]:
    """The phrases that tasks of different splits share, and not so many that it is common."""
    tasks = {scenario.task_id for scenario in dataset.scenarios.values()}
    common = max(COMMON, COMMON_SHARE * len(tasks))
    return {
        phrase: files
        for phrase, files in _owners(_phrases(dataset)).items()
        if len(files) < common and _is_shared(files, split_of)
    }


def _stretches(text: str, shared: Mapping[Phrase, Files]) -> Iterator[list[Phrase]]:
    """The phrases of a text that the same tasks share, those that overlap together."""
    stretch: list[Phrase] = []
    for run in runs_of(text, PHRASE_WORDS):
        if stretch and shared.get(run, {}).keys() != shared[stretch[0]].keys():
            yield stretch
            stretch = []
        if run in shared:
            stretch.append(run)
    if stretch:
        yield stretch


def _phrases(dataset: Dataset) -> Iterator[tuple[Phrase, Place]]:
    for text, place in _texts(dataset):
        for phrase in runs_of(text, PHRASE_WORDS):
            yield phrase, place


# -- what stands where ---------------------------------------------------------------------------


def _texts(dataset: Dataset) -> Occurrences:
    """All stories, turns and example replies."""
    for task in dataset.tasks.values():
        yield task.story, (task.id, f"tasks/{task.id}.yaml")
    for scenario in dataset.scenarios.values():
        for text in _messages(scenario):
            yield text, _place(scenario)


def _place(scenario: Scenario) -> Place:
    return scenario.task_id, f"scenarios/{scenario.id}.yaml"


def _messages(scenario: Scenario) -> Iterator[str]:
    yield from scenario.chat
    yield from scenario.examples.replies


def _codes(dataset: Dataset) -> Occurrences:
    for text, place in _texts(dataset):
        for code in IDENTIFIER.findall(text):
            yield code, place


def _names(dataset: Dataset) -> Occurrences:
    """Names of customers and of agents."""
    yield from _customers(dataset)
    yield from _agents(dataset)


def _customers(dataset: Dataset) -> Occurrences:
    """Customers by their user ids, and by first and last name where a story addresses them."""
    for task in dataset.tasks.values():
        place = (task.id, f"tasks/{task.id}.yaml")
        for names in names_in_user_ids(task.story):
            yield from ((name.capitalize(), place) for name in names)
        for name in told(task.story, language_of(task.language)):
            # One word alone may be a trade: "Du bist Studentin".
            yield from ((word, place) for word in name.split() if " " in name)


def _agents(dataset: Dataset) -> Occurrences:
    """Agents where they introduce themselves."""
    for scenario in dataset.scenarios.values():
        for name in _introductions(scenario):
            yield name, _place(scenario)


def _introductions(scenario: Scenario) -> Iterator[str]:
    for turn in scenario.history:
        if turn.role == "agent":
            for names in _INTRODUCED.findall(turn.text):
                yield from (name for name in names if name)
