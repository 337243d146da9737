"""Guard: a prompt must not learn the benchmark.

What is turned away here costs no call of the simulator. A candidate is refused if it holds an
identifier, a name or a six-word phrase of the training data, a word of the benchmark trade, if it
says the facts of a training task or a criterion in other words (contamination.py), if it holds
what a proposer wrote about its answer (packaging.py), if it is too long, says a thing twice, is
unchanged, already tried, or has lost the place of the private scenario. Words that the run's first
prompt uses are free: they were there before any data was seen. What an objection quotes stands in
the candidate.

Measured on the held-out half of tests/corpus/guard.yaml, written for the airline data: 37 of 40
contaminated candidates are turned away (92.5 % [80.1 %, 97.4 %]), all 16 of those that retell a
task, 5 of 8 of those that reword a criterion, and 1 of 40 clean ones (2.5 % [0.4 %, 12.9 %]).

Names are those of story_names.py; what else depends on the language is in languages.yaml.

Not covered: a task told with few of its own words (see contamination.py); names that only the
conversations hold, such as those of agents and companies; a run of six words that is a criterion's
and ordinary English as well is turned away.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from usersim_opt.basics.text import find_phrases, fold, word_set
from usersim_opt.customer.prompt import PLACEHOLDER, Prompt, parts_of
from usersim_opt.scenarios.identifiers import USER_ID
from usersim_opt.scenarios.kinds import DIMENSIONS, FAMILIES, STANDARD
from usersim_opt.scenarios.records import Scenario, Task
from usersim_opt.tuning.contamination import Contamination
from usersim_opt.tuning.packaging import STRAY, number_of, packaging, stray_number
from usersim_opt.tuning.stems import plain
from usersim_opt.tuning.story_names import unsaid_names

MAX_CHARACTERS = 6_500
"""Length that a prompt may have."""
PHRASE_WORDS = 6
TELLING = 0.5
"""Weight that the words of a phrase must have; "back to where it came from" is nobody's."""
QUOTED = 5
"""Words that an objection names at most."""
SAME = 0.8
"""Share of common words from which two pieces of a prompt say the same."""
SPACED = 6
"""Characters from which a code is found with blanks or hyphens in it, too."""
BENCHMARK_WORDS = (
    "rubric", "rubrics", "criterion", "criteria", "judge", "judges", "judged", "grader", "graders",
    "graded", "evaluator", "evaluators", "benchmark", "benchmarks", "tau-bench", "tau2",
    "tau bench", "test case", "test cases", "test set", "training set", "minibatch", "smoke split",
    "pass rate", "ground truth", "golden action", "golden actions", "expected answer", "optimizer",
    "wrong_assumption", "verdict",
)  # fmt: skip

_IDENTIFIER = re.compile(
    r"(?<!\w)(?=[\w-]{0,64}\d)(?=[\w-]{0,64}[A-Za-z_])[\w-]{4,}(?!\w)"  # letters and figures
    rf"|{USER_ID.pattern}"
    r"|(?<![\w,.])\d{4,}(?![\w,])"  # a long number
)
_COUNTED = re.compile(r"\d+(?:st|nd|rd|th|s|-?[a-z]+)")
"""`12th`, `1990s`, `24hrs`, `14-day`: figures that identify nobody."""
_FRAME_TAG = re.compile(r"</?(?:think|prompt|material)>")


@dataclass(frozen=True)
class Guard:
    """What of the training data and of the trade a prompt must not hold; made by `Guard.of`."""

    identifiers: frozenset[str]
    names: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    benchmark_words: tuple[str, ...]
    """Words of the trade, and the names of the data's kinds, less what the first prompt says."""
    contamination: Contamination
    first: str
    """The text of the run's first prompt."""
    data: str = "the training data"
    """What the data is called in objections."""

    @classmethod
    def of(cls, tasks: Iterable[Task], scenarios: Iterable[Scenario], first: Prompt) -> "Guard":
        """Collect what the training data holds, less what the run's first prompt already says."""
        tasks, scenarios = list(tasks), list(scenarios)
        texts = [task.story for task in tasks]
        texts += [text for scenario in scenarios for text in _texts(scenario)]
        free = fold(first.text)
        return cls(
            identifiers=_identifiers(texts, free),
            names=unsaid_names(tasks, _texts_by_task(tasks, scenarios), free),
            phrases=_phrases_of(texts) - _phrases_of([first.text]),
            benchmark_words=_without(free, [*_BENCHMARK, *_kind_names(scenarios)]),
            contamination=Contamination.of(tasks, scenarios, first.text),
            first=first.text,
        )

    def objections(self, candidate: Prompt, *, tried: Sequence[str] = ()) -> list[str]:
        """Everything that speaks against a candidate, in words.

        `tried` holds the sha256 of earlier versions.
        """
        form = [*self._to_its_form(candidate, tried), *self._to_its_packaging(candidate)]
        return self.to_what_it_knows(candidate) + form

    def to_what_it_knows(self, candidate: Prompt) -> list[str]:
        """Objections to what a candidate holds of the data, word for word or retold."""
        return [*self._to_its_words(candidate.text), *self._to_its_content(candidate)]

    def _to_its_words(self, text: str) -> Iterator[str]:
        """Objections to what stands in a text word for word."""
        signs = [
            (f"an identifier of {self.data}", self._identifiers_in(text)),
            (f"a name of {self.data}", self._names_in(text)),
            (f"a phrase of {self.data}", self._phrases_in(text)),
            ("a word of the benchmark", self._benchmark_words_in(text)),
        ]
        for what, words in signs:
            if words:
                yield f"it holds {what}: {_quoted(words[:3])}"

    def _to_its_content(self, candidate: Prompt) -> Iterator[str]:
        """Objections to what a candidate says in other words."""
        if words := self.contamination.retold(candidate):
            yield f"it retells a task of {self.data}: {_quoted(words)}"
        for part in candidate.parts:
            if runs := self.contamination.reworded(part.text):
                yield f"it says what one criterion says: {_quoted(runs)}"
                return

    def _to_its_form(self, candidate: Prompt, tried: Sequence[str]) -> Iterator[str]:
        """Objections that any prompt would meet, whatever the data."""
        characters = len(candidate.text)
        if characters > MAX_CHARACTERS:
            yield f"it has {characters:,} characters, {MAX_CHARACTERS:,} are allowed"
        if twice := _said_twice(candidate):
            yield f"it says nearly the same more than once: {twice[:60]!r}"
        if candidate.sha256 in tried:
            yield "it is a version that was tried before"
        if PLACEHOLDER in self.first and PLACEHOLDER not in candidate.text:
            yield f"it has lost {PLACEHOLDER}, the place of the private scenario"
        if _FRAME_TAG.search(candidate.text):
            yield "it holds a tag of the answer's frame"

    def _to_its_packaging(self, candidate: Prompt) -> Iterator[str]:
        """Objections to what a proposer wrote about its answer."""
        yield from dict.fromkeys(map(str, packaging(candidate.parts, free=self.first)))
        if not self.numbers and (number := stray_number(candidate.parts)):
            yield f"{STRAY}: {number!r}"

    @property
    def numbers(self) -> bool:
        """Whether the run's first prompt numbers its pieces."""
        return any(map(number_of, parts_of(self.first)))

    def _identifiers_in(self, text: str) -> list[str]:
        """The identifiers in a text, as they are or with blanks and hyphens between characters."""
        folded = fold(text)
        squeezed = _squeezed(folded)
        return sorted(
            identifier
            for identifier in self.identifiers
            if _holds(folded, identifier)
            # Looking for it without blanks first is quick; most candidates end here.
            or (_squeezed(identifier) in squeezed and _holds_spaced(folded, identifier))
        )

    def _names_in(self, text: str) -> list[str]:
        """Names as whole words."""
        folded = plain(text)
        # A plain search comes first: most names stand in no candidate, and it is quick to see.
        near = sorted(name for name in self.names if name in folded)
        return find_phrases(folded, near)

    def _phrases_in(self, text: str) -> list[str]:
        """Phrases of the data that have a telling word; the others are ordinary English."""
        shared = {" ".join(phrase) for phrase in _phrases(text) if phrase in self.phrases}
        telling = self.contamination.telling
        return [phrase for phrase in sorted(shared) if telling(phrase) >= TELLING]

    def _benchmark_words_in(self, text: str) -> list[str]:
        folded = fold(text)
        near = [word for word in self.benchmark_words if word in folded]
        return find_phrases(folded, near)


# -- words of the benchmark ----------------------------------------------------------------------


def _with_underscore(names: Iterable[str]) -> list[str]:
    """Names that no person writes; `pushback` alone is an ordinary word."""
    return [name for name in names if "_" in name]


def _own_part(dimension: str) -> str:
    """A dimension's name without its family."""
    return dimension.rpartition(".")[2]


_BENCHMARK = (
    *BENCHMARK_WORDS,
    *DIMENSIONS,
    *FAMILIES,
    *_with_underscore([*STANDARD.types, *map(_own_part, DIMENSIONS)]),
)


def _kind_names(scenarios: Iterable[Scenario]) -> Iterator[str]:
    """The names of types, families and dimensions that a data set has beside the standard ones."""
    for scenario in scenarios:
        dimensions = [criterion.dimension for criterion in scenario.criteria]
        yield from dimensions
        yield from _with_underscore([scenario.type, *scenario.stresses])
        yield from _with_underscore(map(_own_part, dimensions))


def _without(free: str, words: Iterable[str]) -> tuple[str, ...]:
    """Different words in order, less those that stand in a folded text."""
    return tuple(word for word in dict.fromkeys(words) if not find_phrases(free, [word]))


# -- what a candidate says -----------------------------------------------------------------------


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(repr(word) for word in words[:QUOTED])


def _said_twice(candidate: Prompt) -> str:
    """The first piece that says nearly what one before it says; empty if none does."""
    before: list[frozenset[str]] = []
    for piece in candidate.pieces:
        words = word_set(piece.words)
        if any(_is_same(words, other) for other in before):
            return piece.words
        before.append(words)
    return ""


def _is_same(words: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two sets of words share nearly all of them (Jaccard index)."""
    return len(words & other) >= SAME * len(words | other) > 0


def _phrases_of(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(phrase for text in texts for phrase in _phrases(text))


def _phrases(text: str) -> Iterable[tuple[str, ...]]:
    """Every run of `PHRASE_WORDS` words."""
    words = re.findall(r"[\w']+", fold(text))
    shifted = [words[start:] for start in range(PHRASE_WORDS)]
    return zip(*shifted, strict=False)


def _texts_by_task(tasks: Iterable[Task], scenarios: Iterable[Scenario]) -> dict[str, list[str]]:
    """All that is written about each task."""
    texts = {task.id: [task.story] for task in tasks}
    for scenario in scenarios:
        texts.setdefault(scenario.task_id, []).extend(_texts(scenario))
    return texts


def _texts(scenario: Scenario) -> Iterator[str]:
    """Everything that a scenario says: its conversation, its criteria, its example replies."""
    yield from (turn.text for turn in scenario.history)
    yield from (criterion.text for criterion in scenario.criteria)
    yield from scenario.examples.replies


# -- identifiers ---------------------------------------------------------------------------------


def _identifiers(texts: Iterable[str], free: str) -> frozenset[str]:
    """Codes, user ids and long numbers of the training data, folded."""
    written = {code for text in texts for code in _IDENTIFIER.findall(text)}
    folded = {fold(code) for code in written if not _COUNTED.fullmatch(code)}
    return frozenset(code for code in folded if not _holds(free, code))


def _squeezed(text: str) -> str:
    """The letters and figures of a text alone."""
    return re.sub(r"[\W_]+", "", text)


def _holds(text: str, identifier: str) -> bool:
    """Whether a folded text holds a folded identifier, no letter or figure directly beside it."""
    return identifier in text and _stands_alone(re.escape(identifier), text)


def _holds_spaced(text: str, identifier: str) -> bool:
    """Whether a folded text holds a folded code with blanks, hyphens and the like inside it."""
    characters = _squeezed(identifier)
    # Short codes and numbers are put together by chance: "a 12, 34 b" is no 1234.
    if len(characters) < SPACED or characters.isdigit():
        return False
    return _stands_alone(r"[\W_]*".join(map(re.escape, characters)), text)


def _stands_alone(pattern: str, text: str) -> bool:
    """Whether a pattern matches with no letter or figure directly beside it."""
    return re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text) is not None
