"""Contamination: a candidate that says the facts of one training task, or one criterion, in other words.

A fact is told by words that few tasks use. A stem weighs the more the fewer tasks have it; what the first prompt says, and
words that any advice is made of, weigh nothing. A candidate retells a task if at least `FEWEST` stems of one story, or of the
conversations about it, add up to `RETOLD` in one part of the prompt, or to `SCATTERED` in neighbouring parts. Numbers count
in figures and spelled out alike ("14th", "fourteenth"). What is rare is read from the data set itself, so no domain's
vocabulary is built in; `UNSEEN` tasks without the word are added, for in a set of two tasks nearly every word would be rare.

A candidate rewords a criterion if one part of it shares `SHARED_RUNS` runs of three words with it; common runs do not count.

Not covered: synonyms (a cello called "a large instrument"), one fact on its own, facts scattered over a long prompt; stop
words and endings are English, other languages match word by word. Limits were set on the tune half of tests/corpus/guard.yaml.
"""

import re
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

from usersim_opt.basics.text import fold
from usersim_opt.customer.prompt import Prompt
from usersim_opt.scenarios.records import Scenario, Task

RETOLD = 3.9
"""Weight from which one part of a prompt, such as a bullet, retells a task."""
SCATTERED = 7.0
"""The same for neighbouring parts."""
FEWEST = 4
"""Different words that it takes, for two or three rare ones may meet by chance."""
WINDOW = 45
"""Words, the ordinary ones included."""
UNSEEN = 5
CHATS = 0.8
"""What a word of the conversations weighs against one of the story: they are longer, and share more by chance."""
COMMON = 0.3
"""Taken off every weight, so that many half-common words do not add up to a story."""
SHARED_RUNS = 4
COMMON_RUN = 3
"""A run of three words in more tasks than this is a way of speaking."""

_STOP = """a about above after again all almost alone along already also although always am among an and another any anybody anyone
anything are around as at away back be because become been before behind being below best better between both but by came can
cannot come could did do does doing done down during each either else end enough ever every everything few first for from further
get gets give given go goes going gone good got had half has have having he her here hers him his how however if in instead into
is it its itself just keep kept know last later least less let like little long look made make many may maybe me mean might mine
more most much must my myself need neither never next no nobody none nor not nothing now of off often on once one only onto or
other others otherwise our out over own per perhaps please possible put quite rather really right said same say says second see
seem shall she should since so some somebody someone something sometimes soon still such sure take taken tell than thank thanks
that the their them then there these they thing things think third this those though three through till time times to together
told too toward towards turn twice two under unless until unlike up upon us use used usually very want was way we well went were
what whatever when where whether which while who whole whose why will with within without word words would write wrong yes yet
you your yours yourself day days week weeks month months year years today tomorrow yesterday agent customer message reply chat"""
_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen"""
_NUMBERS = {
    **{word: n for n, word in enumerate(_UNITS.split())},
    **{
        word: 10 * n
        for n, word in enumerate(
            "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
        )
    },
    "first": 1,
    "second": 2,
    "third": 3,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
}
_SCALES = {"hundred": 100, "thousand": 1000}
_ENDINGS = ("ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y")


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """The text folded and without accents."""
    folded = fold(text)
    return (
        folded
        if folded.isascii()
        else "".join(
            c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c)
        )
    )


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A folded word without an English ending: `cancelled` and `cancel` are one."""
    word = word.partition("'")[0]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def stems(text: str) -> list[tuple[str, str]]:
    """(stem, word as written) of every word in order, accents aside; spelled-out numbers become figures.

    >>> stems("Hotels for a hundred and twenty euros")
    [('hotel', 'hotels'), ('for', 'for'), ('a', 'a'), ('120', 'hundred and twenty'), ('euro', 'euros')]
    """
    found: list[tuple[str, str]] = []
    value: int | None = None
    said: list[str] = []
    for word in [
        *re.findall(r"[^\W_]+(?:'[^\W_]+)*", re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))),
        "",
    ]:
        joined = _joined(value, word) if not said[:1] or said[0].isalpha() else None
        if value is not None and (joined is not None or (word == "and" and value % 100 == 0)):
            said.append(word)
        else:
            if value is not None:
                found.append((str(value), " ".join(said).removesuffix(" and")))
            said = [word]
            joined = _number(word)
            if joined is None and word:
                found.append((stem(word), word))
        value = value if word == "and" and len(said) > 1 else joined
    return found


@lru_cache(maxsize=8192)
def _number(word: str) -> int | None:
    """`14`, `14th`, `fourteen` and `fourteenth` are 14, `hundred` is 100."""
    if figures := re.fullmatch(r"([0-9]{1,9})(?:st|nd|rd|th)?", word):
        return int(figures[1])
    cardinal = word.removesuffix("th")
    return _SCALES.get(
        word,
        _NUMBERS.get(word, _NUMBERS.get(cardinal, _NUMBERS.get(cardinal.removesuffix("ie") + "y"))),
    )


def _joined(value: int | None, word: str) -> int | None:
    """The number that `value` and a further spelled-out word make, if they make one: 100 and `twenty` are 120."""
    if value is None or word[:1].isdigit():
        return None
    if word in _SCALES:
        return value * _SCALES[word] if value < _SCALES[word] else None
    more = _number(word)
    room = 100 if value and value % 100 == 0 else 10 if value % 100 >= 20 and value % 10 == 0 else 0
    return value + more if more is not None and 0 < more < room else None


STOP_STEMS = frozenset(stem(word) for word in _STOP.split()) | {"1", "2", "3"}


@dataclass(frozen=True)
class Contamination:
    """Knows which words and runs of words give a training task away; made by `Contamination.of`."""

    words: Mapping[str, Mapping[str, float]]
    """For each telling stem its weight in the stories and conversations that have it."""
    runs: Mapping[tuple[str, ...], tuple[str, ...]]
    """For each telling run of three words, the criteria that have it."""

    @classmethod
    def of(
        cls, tasks: Iterable[Task], scenarios: Iterable[Scenario], first: str
    ) -> "Contamination":
        """Weigh the words of the training data, less what the first prompt says."""
        scenarios = list(scenarios)
        stories = {task.id: _stem_set([task.story]) for task in tasks}
        chats: dict[str, frozenset[str]] = defaultdict(frozenset)
        others: dict[str, frozenset[str]] = defaultdict(frozenset)
        for record in scenarios:
            chats[record.task_id] |= _stem_set(turn.text for turn in record.history)
            examples = (*record.examples.passing, record.examples.failing.reply)
            others[record.task_id] |= _stem_set(
                [*(criterion.text for criterion in record.criteria), *examples]
            )
        used = [
            stories.get(task, frozenset()) | chats[task] | others[task]
            for task in {*stories, *chats}
        ]
        weights = _weights(used, free=STOP_STEMS | _stem_set([first]))
        words: dict[str, dict[str, float]] = defaultdict(dict)
        for name, share, texts in (("story", 1.0, stories), ("chats", CHATS, chats)):
            for task, found in texts.items():
                for word in found & weights.keys():
                    words[word][f"{name} {task}"] = share * weights[word]
        return cls(dict(words), _telling_runs(scenarios, free=frozenset(_runs(first))))

    def retold(self, candidate: Prompt) -> list[str]:
        """The words of a candidate that together retell one task, the most telling first; empty if no task is retold.

        All of them stand in the candidate: whoever reads them learns nothing about the task.
        """
        for part in candidate.parts:
            if found := self._densest(part.text, RETOLD):
                return found
        return self._densest(candidate.text, SCATTERED)

    def telling(self, text: str) -> float:
        """The weight of a text's words, wherever in the training data they stand: 0 if anybody might say it."""
        return sum(
            max(self.words[word].values()) for word in _stem_set([text]) if word in self.words
        )

    def _densest(self, text: str, limit: float) -> list[str]:
        """The words of one source that weigh most within `WINDOW` words of a text; empty if that is no more than `limit`."""
        near: deque[tuple[int, str, str]] = deque()
        count: Counter[str] = Counter()
        total: dict[str, float] = defaultdict(float)
        found: list[str] = []
        for place, (word, written) in enumerate(stems(text)):
            while near and near[0][0] <= place - WINDOW:
                gone = near.popleft()[1]
                count[gone] -= 1
                for source, weight in self.words[gone].items() if not count[gone] else ():
                    total[source] -= weight
            if word not in self.words:
                continue
            near.append((place, word, written))
            count[word] += 1
            for source, weight in self.words[word].items() if count[word] == 1 else ():
                total[source] += weight
                if (
                    total[source] > limit + 1e-9
                    and len(words := self._heaviest(source, near)) >= FEWEST
                ):
                    limit, found = total[source], words
        return found

    def reworded(self, text: str) -> list[str]:
        """The runs of words that a passage shares with one criterion, if they are enough to reword it."""
        shared: dict[str, list[str]] = defaultdict(list)
        for run in dict.fromkeys(_runs(text)):
            for criterion in self.runs.get(run, ()):
                shared[criterion].append(" ".join(run))
        most = max(shared.values(), key=len, default=[])
        return most if len(most) >= SHARED_RUNS else []

    def _heaviest(self, source: str, near: Iterable[tuple[int, str, str]]) -> list[str]:
        words = {word: written for _, word, written in near if source in self.words[word]}
        return [words[word] for word in sorted(words, key=lambda word: -self.words[word][source])]


def _weights(used: Sequence[frozenset[str]], *, free: frozenset[str]) -> dict[str, float]:
    """How telling each stem is: log of tasks / tasks that use it, less `COMMON`; without those that weigh nothing."""
    tasks = Counter(word for words in used for word in words - free)
    weights = {word: log((len(used) + UNSEEN + 1) / (n + 1)) - COMMON for word, n in tasks.items()}
    return {word: weight for word, weight in weights.items() if weight > 0 and len(word) > 1}


def _telling_runs(
    scenarios: Iterable[Scenario], *, free: frozenset[tuple[str, ...]]
) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The criteria that have a run of three words, for runs that are no way of speaking."""
    criteria: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for record in scenarios:
        for criterion in record.criteria:
            for run in _runs(criterion.text):
                criteria[run][f"{record.id} {criterion.id}"] = record.task_id
    return {
        run: tuple(found)
        for run, found in criteria.items()
        if run not in free and len(set(found.values())) <= COMMON_RUN
    }


def _stem_set(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word, _ in stems(text))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    tokens = re.findall(r"[\w']+", fold(text))
    return zip(tokens, tokens[1:], tokens[2:], strict=False)
