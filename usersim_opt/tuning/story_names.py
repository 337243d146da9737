"""Names of people and places that the stories of the training tasks tell, for the guard.

A capitalised word within a sentence is taken for a name unless another task writes it in lower
case: no list of names is built in. In a language that writes every noun with a capital (German)
that says nothing. There names are what the story tells as the customer's, what stands behind a word
that names follow ("Frau", "Dr."), two words with capitals in a row, and what stands behind a
preposition of place without an article ("nach Bremen"), unless some text of the data has an article
before it.

Not covered: in such a language, names in none of these places; names that are words of any advice
as well, but for the full name.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from usersim_opt.basics.text import find_phrases
from usersim_opt.scenarios.identifiers import names_in_user_ids
from usersim_opt.scenarios.languages import Language, language_of
from usersim_opt.scenarios.names import CAPITALISED, behind, is_ordinary, told
from usersim_opt.scenarios.records import Task
from usersim_opt.tuning.stems import plain

Texts = Mapping[str, Sequence[str]]
"""For each task everything that is written about it: story, conversations, rubrics, replies."""

_NAME = re.compile(r"\b[A-ZÀ-Þ][a-zß-ÿ]+(?:[ -][A-ZÀ-Þ][a-zß-ÿ]+)+\b")
_PROPER = re.compile(r"(?<=[\w,;:)] )[A-ZÀ-Þ][a-zß-ÿ]{2,}(?!\w|'(?!s\b))")
"""A capitalised word that does not begin a sentence; "Ann's" is Ann, "I'm" is nobody."""
_LOWER = re.compile(r"(?<!\w)[a-zß-ÿ]{2,}(?!\w)")
_ROW = re.compile(rf"(?<=[a-zß-ÿ,;:] ){CAPITALISED}(?: {CAPITALISED})+")
"""Words with capitals in a row, within a sentence."""
_ADJECTIVES = r"(?:[a-zß-ÿ]+ ){0,2}"


def unsaid_names(tasks: Sequence[Task], texts: Texts, free: str) -> frozenset[str]:
    """The names of the training data that the first prompt, folded, does not say."""
    said = plain(free)
    return frozenset(name for name in _names(tasks, texts) if not _is_said(name, said))


def _is_said(name: str, said: str) -> bool:
    return bool(find_phrases(said, [name]))


def _names(tasks: Sequence[Task], texts: Texts) -> set[str]:
    """Names of people and places in the stories, without accents."""
    people: set[str] = set()
    owners: dict[str, set[str]] = defaultdict(set)
    for task in tasks:
        language = language_of(task.language)
        story = " ".join(task.story.split())
        people.update(_full_names(_persons(story, language)))
        for name in _name_words(story, language, texts):
            owners[name].add(task.id)
    lower = _written_in_lower_case(texts)
    ordinary = {word for task in tasks for word in language_of(task.language).no_names}
    bare = {_without_ordinary(name, lower, owners[name], ordinary) for name in owners}
    return people | {name for name in bare if len(name) > 2}


def _name_words(story: str, language: Language, texts: Texts) -> Iterator[str]:
    """What may be a name in a story, without accents."""
    if language.nouns:
        yield from map(plain, _among_nouns(story, language, texts))
        return
    yield from _first_and_last(_persons(story, language))
    yield from map(plain, _capitalised(story))


def _persons(story: str, language: Language) -> list[str]:
    """The customers whom a story addresses ("You are ...") or names by a user id."""
    addressed = [plain(name) for name in told(story, language)]
    by_id = [f"{first} {last}" for first, last in names_in_user_ids(story)]
    return [name for name in [*addressed, *by_id] if name not in language.no_names]


def _full_names(persons: Iterable[str]) -> Iterator[str]:
    """First and last name together, as people and as programs write them."""
    for person in persons:
        if " " in person:
            yield person
            yield person.replace(" ", "_")


def _first_and_last(persons: Iterable[str]) -> Iterator[str]:
    for person in persons:
        parts = person.split()
        yield parts[0]
        yield parts[-1]


def _capitalised(story: str) -> Iterator[str]:
    """Runs of capitalised words, those of their words that also stand alone, and single ones."""
    runs = _NAME.findall(story)
    rest = _NAME.sub("", story)
    yield from runs
    for run in runs:
        yield from (word for word in run.split() if re.search(rf"\b{word}\b", rest))
    yield from _PROPER.findall(rest)


def _among_nouns(story: str, language: Language, texts: Texts) -> Iterator[str]:
    """The names of a story in a language that writes its nouns with a capital."""
    for name in _first_and_last(_persons(story, language)):
        if name not in language.words_of_no_one:
            yield name
    nouns = _nouns(texts, language)
    for run in _behind(language.name_cues, story):
        yield run
        yield from run.split()
    for run in [*_ROW.findall(story), *_behind(language.place_cues, story)]:
        if not any(word in nouns or is_ordinary(word, language) for word in run.split()):
            yield run


def _behind(words: Sequence[str], story: str) -> list[str]:
    """What stands with a capital behind one of the words."""
    pattern = behind(tuple(words))
    return pattern.findall(story) if pattern else []


def _nouns(texts: Texts, language: Language) -> set[str]:
    """The words that some text has behind an article, adjectives aside."""
    articles = "|".join(map(re.escape, language.articles))
    noun = re.compile(rf"\b(?i:{articles}) {_ADJECTIVES}({CAPITALISED})")
    return {word for about in texts.values() for text in about for word in noun.findall(text)}


def _without_ordinary(
    run: str, lower: Mapping[str, set[str]], mine: set[str], ordinary: set[str]
) -> str:
    """A run of capitalised words without the words at its ends that are no names.

    `on tuesday` is nothing, `in malaga` a city. `lower` has the tasks that write a word in lower
    case, `mine` are those that write the run; `ordinary` words are no names anywhere.
    """
    words = run.split()
    while words and (words[0] in ordinary or lower.get(words[0], mine) - mine):
        words.pop(0)
    while words and words[-1] in ordinary:
        words.pop()
    return " ".join(words)


def _written_in_lower_case(texts: Texts) -> dict[str, set[str]]:
    """For each word that is written in lower case the tasks that do so."""
    owners: dict[str, set[str]] = defaultdict(set)
    for task, about in texts.items():
        for word in {word for text in about for word in _LOWER.findall(text)}:
            owners[plain(word)].add(task)
    return owners
