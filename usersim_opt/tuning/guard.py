"""Guard: a prompt must not learn the benchmark. What is turned away here costs no call of the simulator.

A candidate is refused if it holds an identifier, a name or a six-word phrase of the training data, a word of the
benchmark trade, if it says the facts of a training task or a criterion in other words (contamination.py), if it is too long,
says a thing twice, is unchanged, already tried, or has lost the place of the private scenario. Words that the run's first
prompt uses are free: they were there before any data was seen. What an objection quotes stands in the candidate.

Measured on the held-out half of tests/corpus/guard.yaml, written for the airline data: 38 of 40 contaminated candidates are
turned away (95.0 % [83.5 %, 98.6 %]), 14 of 16 of those that retell a task, and 1 of 40 clean ones (2.5 % [0.4 %, 12.9 %]).

Not covered: a task told with few of its own words (see contamination.py); names that only the conversations hold, such as
those of agents and companies; a run of six words that is a criterion's and ordinary English as well is turned away.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.text import find_phrases, fold, word_set
from usersim_opt.customer.prompt import PLACEHOLDER, Prompt
from usersim_opt.scenarios.kinds import DIMENSIONS, FAMILIES, STANDARD
from usersim_opt.scenarios.records import Scenario, Task
from usersim_opt.tuning.contamination import Contamination, plain

MAX_CHARACTERS = 6_500
PHRASE_WORDS = 6
TELLING = 0.5
"""Weight that the words of a phrase must have; "back to where it came from" is nobody's."""
QUOTED = 5
"""Words that an objection names at most."""
SAME = 0.8
"""Share of common words from which two pieces of a prompt say the same."""
BENCHMARK_WORDS = (
    "rubric", "rubrics", "criterion", "criteria", "judge", "judges", "judged", "grader", "graders", "graded", "evaluator", "evaluators", "benchmark", "benchmarks",
    "tau-bench", "tau2", "tau bench", "test case", "test cases", "test set", "training set",
    "minibatch", "smoke split", "pass rate", "ground truth", "golden action", "golden actions", "expected answer", "optimizer", "wrong_assumption", "verdict",
)  # fmt: skip

_IDENTIFIER = re.compile(
    r"(?<!\w)(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])[\w-]{4,}(?!\w)|\b[a-z]+_[a-z]+_\d+\b|(?<![\w,.])\d{4,}(?![\w,])"
)
_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?:[ -][A-ZÀ-Þ][a-zà-ÿ]+)+\b")
_ADDRESSED = re.compile(
    r"\b[Yy]ou are ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)|\b[Yy]our (?:full )?name is ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)"
)
_PROPER = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-Þ][a-zà-ÿ]{2,}(?![\w'])")
_LOWER = re.compile(r"(?<!\w)[a-zà-ÿ]{2,}(?!\w)")
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november "
    "december english french german italian spanish internet mastercard paypal visa light basic plus will mark grace hope joy rose".split()
)
"""Capitalised in stories and no names, or ordinary words as well."""
_COUNTED = re.compile(r"\d+(?:st|nd|rd|th|s|-?[a-z]+)")
"""`12th`, `1990s`, `24hrs`, `14-day`: figures that identify nobody."""
SPACED = 6
"""Characters from which a code is found with blanks or hyphens in it, too."""
_USER_ID = re.compile(r"\b([a-z]+)_([a-z]+)_\d+\b")


@dataclass(frozen=True)
class Guard:
    """Knows what the training data holds; made by `Guard.of`."""

    identifiers: frozenset[str]
    names: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    contamination: Contamination
    free: str
    """The run's first prompt, folded."""
    max_characters: int = MAX_CHARACTERS
    has_place: bool = True

    @classmethod
    def of(
        cls,
        tasks: Iterable[Task],
        scenarios: Iterable[Scenario],
        first: Prompt,
        *,
        max_characters: int = MAX_CHARACTERS,
    ) -> "Guard":
        """Collect identifiers, names and phrases of the training data, less what the first prompt already says."""
        tasks, scenarios = list(tasks), list(scenarios)
        texts = [
            *(task.story for task in tasks),
            *(text for record in scenarios for text in _texts(record)),
        ]
        free = fold(first.text)
        free_phrases = set(_phrases(first.text))
        return cls(
            identifiers=_identifiers(texts, free),
            names=frozenset(
                name for name in _names(tasks, scenarios) if not find_phrases(plain(free), [name])
            ),
            phrases=frozenset(phrase for text in texts for phrase in _phrases(text)) - free_phrases,
            contamination=Contamination.of(tasks, scenarios, first.text),
            free=free,
            max_characters=max_characters,
            has_place=PLACEHOLDER in first.text,
        )

    def objections(self, candidate: Prompt, *, tried: Sequence[str] = ()) -> list[str]:
        """Everything that speaks against a candidate, in words; `tried` holds the sha256 of earlier versions."""
        folded = fold(candidate.text)
        found = [
            *self._named(
                "an identifier of the training data", self._identifiers_in(candidate.text)
            ),
            *self._named("a name of the training data", self._names_in(candidate.text)),
            *self._named("a phrase of the training data", self._phrases_in(candidate.text)),
            *self._named("a word of the benchmark", self._benchmark_words_in(folded)),
            *self._said_in_other_words(candidate),
        ]
        if len(candidate.text) > self.max_characters:
            found.append(
                f"it has {len(candidate.text):,} characters, {self.max_characters:,} are allowed"
            )
        if twice := _said_twice(candidate):
            found.append(f"it says nearly the same more than once: {twice[:60]!r}")
        if candidate.sha256 in tried:
            found.append("it is a version that was tried before")
        if self.has_place and PLACEHOLDER not in candidate.text:
            found.append(f"it has lost {PLACEHOLDER}, the place of the private scenario")
        if re.search(r"</?(?:think|prompt|material)>", candidate.text):
            found.append("it holds a tag of the answer's frame")
        return found

    def _identifiers_in(self, text: str) -> list[str]:
        folded = fold(text)
        together = _together(folded)
        return sorted(
            found
            for found in self.identifiers
            if _holds(folded, found)
            or (_together(found) in together and _holds_spaced(folded, found))
        )

    def _phrases_in(self, text: str) -> list[str]:
        shared = sorted({" ".join(phrase) for phrase in _phrases(text) if phrase in self.phrases})
        return [phrase for phrase in shared if self.contamination.telling(phrase) >= TELLING]

    def _names_in(self, text: str) -> list[str]:
        """Names as whole words; most of a candidate's words are no part of any, which is quick to see."""
        folded = plain(text)
        return find_phrases(folded, sorted(name for name in self.names if name in folded))

    def _benchmark_words_in(self, folded: str) -> list[str]:
        near = [word for word in _BENCHMARK if word in folded]
        return [word for word in find_phrases(folded, near) if not find_phrases(self.free, [word])]

    def _said_in_other_words(self, candidate: Prompt) -> list[str]:
        found = (
            [f"it retells a task of the training data: {_quoted(words)}"]
            if (words := self.contamination.retold(candidate))
            else []
        )
        runs = next(
            filter(None, (self.contamination.reworded(part.text) for part in candidate.parts)), []
        )
        return [*found, f"it says what one criterion says: {_quoted(runs)}"] if runs else found

    @staticmethod
    def _named(what: str, found: Sequence[str]) -> list[str]:
        return [f"it holds {what}: {_quoted(found[:3])}"] if found else []


_KINDS = (name.rpartition(".")[2] for name in DIMENSIONS)
_BENCHMARK = (
    *BENCHMARK_WORDS,
    *DIMENSIONS,
    *FAMILIES,
    *(name for name in (*STANDARD.types, *_KINDS) if "_" in name),
)


def _quoted(found: Sequence[str]) -> str:
    return ", ".join(repr(item) for item in found[:QUOTED])


def _said_twice(candidate: Prompt) -> str:
    """The first piece that says nearly what one before it says; empty if none does."""
    said = [(piece.words, word_set(piece.words)) for piece in candidate.pieces]
    again = (
        piece
        for i, (piece, words) in enumerate(said)
        if any(len(words & other) >= SAME * len(words | other) > 0 for _, other in said[:i])
    )
    return next(again, "")


def _identifiers(texts: Iterable[str], free: str) -> frozenset[str]:
    """Codes, user ids and long numbers of the training data, folded."""
    found = {
        found
        for text in texts
        for found in _IDENTIFIER.findall(text)
        if not _COUNTED.fullmatch(found)
    }
    return frozenset(fold(identifier) for identifier in found if not _holds(free, fold(identifier)))


def _together(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _holds_spaced(text: str, identifier: str) -> bool:
    """Whether a folded text holds a folded code with blanks, hyphens and the like between its characters."""
    characters = _together(identifier)
    spaced = r"[\W_]*".join(map(re.escape, characters))
    return (
        len(characters) >= SPACED
        and not characters.isdigit()
        and re.search(rf"(?<![^\W_]){spaced}(?![^\W_])", text) is not None
    )


def _holds(text: str, identifier: str) -> bool:
    """Whether a folded text holds a folded identifier with no letter or digit directly beside it."""
    return (
        identifier in text
        and re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", text) is not None
    )


def _texts(record: Scenario) -> list[str]:
    examples = (*record.examples.passing, record.examples.failing.reply)
    return [
        *(turn.text for turn in record.history),
        *(criterion.text for criterion in record.criteria),
        *examples,
    ]


def _names(tasks: Iterable[Task], scenarios: Iterable[Scenario]) -> set[str]:
    """Names of people and places in the stories, without accents. A word that other tasks write in lower case is none."""
    owners: dict[str, set[str]] = defaultdict(set)
    found: set[str] = set()
    for task in tasks:
        story = " ".join(task.story.split())
        addressed = [plain(name) for pair in _ADDRESSED.findall(story) for name in pair if name]
        by_id = [f"{first} {last}" for first, last in _USER_ID.findall(story)]
        found |= {
            name
            for person in (*addressed, *by_id)
            if " " in person
            for name in (person, person.replace(" ", "_"))
        }
        parts = [
            part
            for person in (*addressed, *by_id)
            for part in (person.split()[0], person.split()[-1])
        ]
        runs = _NAME.findall(story)
        single = _NAME.sub("", story)
        alone = [word for run in runs for word in run.split() if re.search(rf"\b{word}\b", single)]
        for name in (*parts, *map(plain, [*runs, *alone, *_PROPER.findall(single)])):
            owners[name].add(task.id)
    lower = _written_in_lower_case(tasks, scenarios)
    return found | {
        name for run, mine in owners.items() if len(name := _without_ordinary(run, lower, mine)) > 2
    }


def _without_ordinary(run: str, lower: Mapping[str, set[str]], mine: set[str]) -> str:
    """A run of capitalised words without the words at its ends that are no names: `on tuesday` is nothing, `in malaga` a city."""
    words = run.split()
    while words and (words[0] in _NO_NAMES or lower.get(words[0], mine) - mine):
        words.pop(0)
    while words and words[-1] in _NO_NAMES:
        words.pop()
    return " ".join(words)


def _written_in_lower_case(
    tasks: Iterable[Task], scenarios: Iterable[Scenario]
) -> dict[str, set[str]]:
    """For each word that is written in lower case the tasks that do so."""
    found: dict[str, set[str]] = defaultdict(set)
    for task, text in [
        *((task.id, task.story) for task in tasks),
        *((record.task_id, text) for record in scenarios for text in _texts(record)),
    ]:
        for word in set(_LOWER.findall(text)):
            found[plain(word)].add(task)
    return found


def _phrases(text: str) -> Iterable[tuple[str, ...]]:
    tokens = re.findall(r"[\w']+", fold(text))
    return zip(*(tokens[i:] for i in range(PHRASE_WORDS)), strict=False)
