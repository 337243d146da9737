"""Guard: a prompt must not learn the benchmark. What is turned away here costs no call of the simulator.

A candidate is refused if it holds an identifier, a name or a six-word phrase of the training data, a word of the
benchmark trade, if it is too long, says a thing twice, is unchanged, already tried, or has lost the place of the private scenario. Words that
the run's first prompt uses are free: they were there before any data was seen.

Not covered: facts said in other words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from usersim_opt.prompt import PLACEHOLDER, Prompt
from usersim_opt.schema import DIMENSIONS, FAMILIES, SCENARIO_TYPES, Scenario, Task
from usersim_opt.text import find_phrases, fold, overlap

MAX_CHARACTERS = 6_500
PHRASE_WORDS = 6
SAME = 0.8
"""Share of common words from which two pieces of a prompt say the same."""
BENCHMARK_WORDS = (
    "rubric", "rubrics", "criterion", "criteria", "judge", "judged", "grader", "graded", "benchmark", "tau-bench", "tau2", "tau bench", "test case", "test set", "training set",
    "minibatch", "smoke split", "pass rate", "ground truth", "golden action", "golden actions", "expected answer", "optimizer", "wrong_assumption", "verdict",
)  # fmt: skip

_IDENTIFIER = re.compile(r"(?<!\w)(?=[\w-]*\d)(?=[\w-]*[A-Za-z_])[\w-]{4,}(?!\w)|\b[a-z]+_[a-z]+_\d+\b|(?<![\w,.])\d{4,}(?![\w,])")
_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?:[ -][A-ZÀ-Þ][a-zà-ÿ]+)+\b")
_ADDRESSED = re.compile(
    r"\b[Yy]ou are ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)|\b[Yy]our (?:full )?name is ([A-ZÀ-Þ][\wà-ÿ]+(?: [A-ZÀ-Þ][\wà-ÿ-]+)*)"
)
_USER_ID = re.compile(r"\b([a-z]+)_([a-z]+)_\d+\b")


@dataclass(frozen=True)
class Guard:
    """Knows what the training data holds; made by `Guard.of`."""

    identifiers: frozenset[str]
    names: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    free: str
    """The run's first prompt, folded."""
    max_characters: int = MAX_CHARACTERS
    has_place: bool = True

    @classmethod
    def of(cls, tasks: Iterable[Task], records: Iterable[Scenario], first: Prompt, *, max_characters: int = MAX_CHARACTERS) -> "Guard":
        """Collect identifiers, names and phrases of the training data, less what the first prompt already says."""
        stories = [task.story for task in tasks]
        texts = [*stories, *(text for record in records for text in _texts(record))]
        free = fold(first.text)
        free_phrases = set(_phrases(first.text))
        return cls(
            identifiers=frozenset(fold(found) for text in texts for found in _IDENTIFIER.findall(text) if not _holds(free, fold(found))),
            names=frozenset(name for name in _names(stories) if not find_phrases(free, [name])),
            phrases=frozenset(phrase for text in texts for phrase in _phrases(text)) - free_phrases,
            free=free,
            max_characters=max_characters,
            has_place=PLACEHOLDER in first.text,
        )

    def objections(self, candidate: Prompt, *, tried: Sequence[str] = ()) -> list[str]:
        """Everything that speaks against a candidate, in words; `tried` holds the sha256 of earlier versions."""
        folded = fold(candidate.text)
        found = [
            *self._named("an identifier of the training data", self._identifiers_in(candidate.text)),
            *self._named("a name of the training data", find_phrases(folded, sorted(self.names))),
            *self._named("a phrase of the training data", sorted({" ".join(p) for p in _phrases(candidate.text) if p in self.phrases})),
            *self._named("a word of the benchmark", [w for w in _BENCHMARK if find_phrases(folded, [w]) and not find_phrases(self.free, [w])]),
        ]
        if len(candidate.text) > self.max_characters:
            found.append(f"it has {len(candidate.text):,} characters, {self.max_characters:,} are allowed")
        said = [piece.words for piece in candidate.pieces]
        twice = [one for i, one in enumerate(said) if any(overlap(one, other) >= SAME for other in said[:i])]
        if twice:
            found.append(f"it says nearly the same more than once: {twice[0][:60]!r}")
        if candidate.sha256 in tried:
            found.append("it is a version that was tried before")
        if self.has_place and PLACEHOLDER not in candidate.text:
            found.append(f"it has lost {PLACEHOLDER}, the place of the private scenario")
        if re.search(r"</?(?:think|prompt|material)>", candidate.text):
            found.append("it holds a tag of the answer's frame")
        return found

    def _identifiers_in(self, text: str) -> list[str]:
        folded = fold(text)
        return sorted(identifier for identifier in self.identifiers if _holds(folded, identifier))

    @staticmethod
    def _named(what: str, found: Sequence[str]) -> list[str]:
        return [f"it holds {what}: {', '.join(repr(item) for item in found[:3])}"] if found else []


_BENCHMARK = (*BENCHMARK_WORDS, *DIMENSIONS, *FAMILIES, *(name for name in SCENARIO_TYPES if "_" in name))


def _holds(text: str, identifier: str) -> bool:
    """Whether a folded text holds a folded identifier with no letter or digit directly beside it."""
    return identifier in text and re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", text) is not None


def _texts(record: Scenario) -> list[str]:
    examples = (*record.examples.passing, record.examples.failing.reply)
    return [*(turn.text for turn in record.history), *(criterion.text for criterion in record.criteria), *examples]


def _names(stories: Iterable[str]) -> set[str]:
    """Names of people and places: what a story calls its customer, its user id, and runs of capitalised words."""
    found: set[str] = set()
    for story in stories:
        for name in [*_NAME.findall(story), *(part for pair in _ADDRESSED.findall(story) for part in pair if part)]:
            found.add(name.removeprefix("You are ").removeprefix("Your "))
        for first, last in _USER_ID.findall(story):
            found |= {f"{first} {last}", last}
        found |= {name.split()[-1] for part in _ADDRESSED.findall(story) for name in part if name}
    return {fold(name) for name in found if len(name) > 2}


def _phrases(text: str) -> Iterable[tuple[str, ...]]:
    tokens = re.findall(r"[\w']+", fold(text))
    return zip(*(tokens[i:] for i in range(PHRASE_WORDS)), strict=False)
