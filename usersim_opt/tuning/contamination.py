"""Contamination: a candidate that says a training task, or one criterion, in other words.

A fact is told by words that few tasks use. A stem weighs the more the fewer tasks have it; what the
first prompt says, and words that any advice is made of, weigh nothing. A candidate retells a task
if at least `FEWEST` stems of one story, or of one conversation about it, add up to more than
`RETOLD` in one part of the prompt, or to more than `SCATTERED` in neighbouring parts. Numbers count
in figures and spelled out alike ("14th", "fourteenth"). What is rare is read from the data set
itself, so no domain's vocabulary is built in.

A candidate rewords a criterion if one part of it shares `SHARED_RUNS` runs of three words with it;
common runs do not count.

Not covered: synonyms (a cello called "a large instrument"), one fact on its own, facts scattered
over a long prompt; languages that languages.yaml does not have match word by word. Limits were set
on the tune half of tests/corpus/guard.yaml.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from usersim_opt.basics.text import fold
from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.languages import ENGLISH
from usersim_opt.scenarios.records import Scenario, Task
from usersim_opt.scenarios.settings import spoken_in
from usersim_opt.tuning.stems import stems, stop_stems

RETOLD = 3.5
"""Weight above which one part of a prompt, such as a bullet, retells a task."""
SCATTERED = 7.0
"""The same for neighbouring parts, in which more words of one task meet by chance."""
FEWEST = 4
"""Different words that it takes, for two or three rare ones may meet by chance."""
WINDOW = 45
"""Length of the window in words, the ordinary ones included."""
UNSEEN = 5
"""Tasks without the word that are added to the count: in a set of two, every word would be rare."""
CHATS = 0.7
"""What a word of a conversation weighs against one of the story.

A conversation is longer than its story, so a prompt shares more words with it by chance.
"""
COMMON = 0.3
"""Taken off every weight, so that many half-common words do not add up to a story."""
SHARED_RUNS = 4
COMMON_RUN = 3
"""A run of three words in more tasks than this is a way of speaking."""
_ROUNDING = 1e-9
"""Weights that are added and taken off again leave such a rest."""

WordRun = tuple[str, ...]
"""Three words in a row."""


@dataclass(frozen=True)
class Contamination:
    """The words and runs of words that give a training task away; made by `Contamination.of`."""

    words: Mapping[str, Mapping[str, float]]
    """For each telling stem its weight in the sources that have it: stories and conversations."""
    runs: Mapping[WordRun, tuple[str, ...]]
    """For each telling run of three words, the criteria that have it."""
    language: str = ENGLISH
    """The code of the language of the training data."""

    @classmethod
    def of(
        cls, tasks: Iterable[Task], scenarios: Iterable[Scenario], first: str
    ) -> "Contamination":
        """Weigh the words of the training data, less what the first prompt says."""
        scenarios, tasks = list(scenarios), list(tasks)
        language = spoken_in(tasks)
        data = _DataWords.of(tasks, scenarios, language)
        free = stop_stems(language) | stop_stems(ENGLISH) | _stem_set([first], language)
        weights = _weights(data.by_task(), free=free)
        words: dict[str, dict[str, float]] = defaultdict(dict)
        for source in data.sources():
            for word in source.stems & weights.keys():
                words[word][source.name] = source.share * weights[word]
        runs = _telling_runs(scenarios, free=frozenset(_runs(first)))
        return cls(dict(words), runs, language)

    def retold(self, candidate: Prompt) -> list[str]:
        """The words of a candidate that together retell one task, the most telling first.

        Empty if no task is retold. All of them stand in the candidate: whoever reads them learns
        nothing about the task.
        """
        for part in candidate.parts:
            if words := self._densest(part.text, RETOLD):
                return words
        return self._densest(candidate.text, SCATTERED)

    def telling(self, text: str) -> float:
        """The weight of a text's words, wherever in the training data they stand.

        It is 0 if anybody might say the text.
        """
        sources = [
            self.words[word] for word in _stem_set([text], self.language) if word in self.words
        ]
        return sum(max(weights.values()) for weights in sources)

    def reworded(self, text: str) -> list[str]:
        """The runs of words that a passage shares with one criterion; empty if they are few."""
        shared: dict[str, list[str]] = defaultdict(list)
        for run in dict.fromkeys(_runs(text)):
            for criterion in self.runs.get(run, ()):
                shared[criterion].append(" ".join(run))
        most = max(shared.values(), key=len, default=[])
        return most if len(most) >= SHARED_RUNS else []

    def _densest(self, text: str, limit: float) -> list[str]:
        """The words of one source that weigh most within `WINDOW` words of a text.

        Empty if that is no more than `limit`. The window slides over the text, since facts that
        belong together are told close together: the same words far apart are chance.
        """
        window, densest = _Window(self.words), list[str]()
        for place, (word, written) in enumerate(stems(text, self.language)):
            window.leave_behind(place - WINDOW)
            if word not in self.words:
                continue
            for source in window.take(_Placed(place, word, written)):
                weight = window.weight[source]
                if weight <= limit + _ROUNDING:
                    continue
                words = window.heaviest(source)
                if len(words) >= FEWEST:
                    limit, densest = weight, words
        return densest


@dataclass(frozen=True)
class _Placed:
    """A telling word at its place in a text."""

    place: int
    stem: str
    written: str


class _Window:
    """The telling words of a stretch of text, and what they weigh together for each source.

    A word counts once for a source, however often it stands in the stretch: repeating a word says
    nothing more about a task.
    """

    def __init__(self, words: Mapping[str, Mapping[str, float]]) -> None:
        self.weight: dict[str, float] = defaultdict(float)
        """By source."""
        self._words = words
        self._near: deque[_Placed] = deque()
        self._count: Counter[str] = Counter()

    def leave_behind(self, place: int) -> None:
        """Drop the words up to a place."""
        while self._near and self._near[0].place <= place:
            stem = self._near.popleft().stem
            self._count[stem] -= 1
            if not self._count[stem]:
                self._weigh(stem, -1)

    def take(self, word: _Placed) -> Sequence[str]:
        """Take in one more word; the sources that weigh more by it, none for a repeated one."""
        self._near.append(word)
        self._count[word.stem] += 1
        if self._count[word.stem] > 1:
            return ()
        self._weigh(word.stem, 1)
        return tuple(self._words[word.stem])

    def heaviest(self, source: str) -> list[str]:
        """The words that a source has, as they are written, the most telling first."""
        written = {
            word.stem: word.written for word in self._near if source in self._words[word.stem]
        }
        by_weight = sorted(written, key=lambda stem: -self._words[stem][source])
        return [written[stem] for stem in by_weight]

    def _weigh(self, stem: str, sign: int) -> None:
        for source, weight in self._words[stem].items():
            self.weight[source] += sign * weight


@dataclass(frozen=True)
class _Source:
    """One text that a prompt might retell: the story of a task, or a conversation about it."""

    name: str
    share: float
    """What its words weigh, as a share of their full weight."""
    stems: frozenset[str]


@dataclass(frozen=True)
class _DataWords:
    """The stems of what is written about each task: its story, its conversations, its rubrics."""

    stories: Mapping[str, frozenset[str]]
    chats: Mapping[str, Mapping[str, frozenset[str]]]
    """For each task its conversations by scenario."""
    rubrics: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, tasks: Iterable[Task], scenarios: Iterable[Scenario], language: str
    ) -> "_DataWords":
        chats: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        rubrics: dict[str, frozenset[str]] = defaultdict(frozenset)
        for scenario in scenarios:
            said = _stem_set((turn.text for turn in scenario.history), language)
            chats[scenario.task_id][scenario.id] = said
            rubrics[scenario.task_id] |= _stem_set(_rubric_texts(scenario), language)
        stories = {task.id: _stem_set([task.story], language) for task in tasks}
        return cls(stories, dict(chats), dict(rubrics))

    def by_task(self) -> list[frozenset[str]]:
        """All stems of each task."""
        return [self._all_of(task) for task in {*self.stories, *self.chats}]

    def _all_of(self, task: str) -> frozenset[str]:
        told = [part.get(task, frozenset()) for part in (self.stories, self.rubrics)]
        return frozenset[str]().union(*told, *self.chats.get(task, {}).values())

    def sources(self) -> Iterator[_Source]:
        """Stories and conversations. Rubrics have runs of words for their like: see `reworded`.

        Each conversation stands alone. Eight of them together hold so many words that any advice
        meets some of them.
        """
        for task, story in self.stories.items():
            yield _Source(f"story {task}", 1.0, story)
        for chats in self.chats.values():
            for scenario, said in chats.items():
                yield _Source(f"chat {scenario}", CHATS, said)


def _rubric_texts(scenario: Scenario) -> Iterator[str]:
    """The criteria and the example replies."""
    yield from (criterion.text for criterion in scenario.criteria)
    yield from scenario.examples.replies


def _weights(used: Sequence[frozenset[str]], *, free: frozenset[str]) -> dict[str, float]:
    """How telling each stem is, given the stems of each task; stems that tell nothing are left out.

    The weight is log(tasks / tasks that use the stem), the inverse document frequency, less
    `COMMON`: what one task of twenty says gives it away, what half of them say does not. One is
    added to both counts and `UNSEEN` to the first, so that a small set has rare words at all.
    """
    tasks = Counter(word for words in used for word in words - free)
    every = len(used) + UNSEEN + 1
    weights = {word: log(every / (number + 1)) - COMMON for word, number in tasks.items()}
    return {word: weight for word, weight in weights.items() if weight > 0 and len(word) > 1}


def _telling_runs(
    scenarios: Iterable[Scenario], *, free: frozenset[WordRun]
) -> dict[WordRun, tuple[str, ...]]:
    """The criteria that have a run of three words, for runs that are no way of speaking."""
    owners: dict[WordRun, dict[str, str]] = defaultdict(dict)
    for scenario in scenarios:
        for criterion in scenario.criteria:
            name = f"{scenario.id} {criterion.id}"
            for run in _runs(criterion.text):
                owners[run][name] = scenario.task_id
    return {
        run: tuple(by_criterion)
        for run, by_criterion in owners.items()
        if run not in free and len(set(by_criterion.values())) <= COMMON_RUN
    }


def _stem_set(texts: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(word for text in texts for word, _ in stems(text, language))


def _runs(text: str) -> Iterator[WordRun]:
    words = re.findall(r"[\w']+", fold(text))
    return zip(words, words[1:], words[2:], strict=False)
