"""The check on words that a reply takes from the private story.

Reply and story are compared word by word. A run of equal words is as long as the words in it that
somebody would hardly have found alone. Matched, but not counted, are

- facts, which a customer has to name: words with a digit, numbers in words, names;
- words of a stretch of three that the conversation has already said;
- words that join, such as "and", "or", "but" and "so".

What the story puts in quotation marks is to be said and is no part of the comparison. The story
says "your card", the customer "my card": these count as equal.

Which words join, which are numbers and which are the customer's for the story's, says
languages.yaml.

Not covered: the story in other words, and names that only begin sentences in story and chat.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import fold
from usersim_opt.scenarios.checks.counts import counted
from usersim_opt.scenarios.checks.moment import Finding, Moment, Reply
from usersim_opt.scenarios.languages import Language, language_of
from usersim_opt.scenarios.names import names_in

_BREAK = "|"
"""A token that no reply has."""
_TOKEN = re.compile(r"[\w']+|\|")
_QUOTED = re.compile(r"\"[^\"]+\"|(?<!\w)'[^']+'(?!\w)")
_STRETCH = 3
"""Words in a row that the conversation has said; two stand in any conversation."""
Tokens = list[str]
Span: TypeAlias = "slice[int, int, None]"
"""The places of a run in a reply."""


def story_echo(reply: Reply, length: int) -> Finding:
    """`story_echo`: no run of so many words, or more, from the private story.

    InputError for a moment without a story.
    """
    moment = reply.moment
    if not moment.story:
        raise InputError(
            "check: story_echo compares a reply with the private story, and there is none here; "
            "expected a scenario with its task: take it from load_dataset, or call "
            "scenario.of_task(task) before it is graded"
        )
    said = _tokens(reply.text.replace(_BREAK, " "))
    counts = _counts(said, moment)
    runs = _runs(said, _story_tokens(moment.story), language_of(moment.language))
    number, run = max(((sum(counts[run]), said[run]) for run in runs), default=(0, []))
    evidence = f"{counted(number, 'word')} in a row from the story: {' '.join(run)!r}"
    return Finding(number < length, evidence)


def _tokens(text: str) -> Tokens:
    return _TOKEN.findall(fold(text))


def _story_tokens(story: str) -> Tokens:
    return _tokens(_QUOTED.sub(f" {_BREAK} ", fold(story)))


def _runs(said: Tokens, story: Tokens, language: Language) -> Iterator[Span]:
    """For each word of a reply, the longest run of equal words that ends there."""
    places = defaultdict(list)
    for place, word in enumerate(story):
        places[word].append(place)
    before: dict[int, int] = {}
    for end, word in enumerate(said, start=1):
        turned = language.turned.get(word, word)
        before = {place: before.get(place - 1, 0) + 1 for place in places[turned]}
        longest = max(before.values(), default=0)
        yield slice(end - longest, end)


def _counts(said: Tokens, moment: Moment) -> list[bool]:
    """For each word of a reply, whether it counts."""
    language = language_of(moment.language)
    names = set(_names([moment.story, *(text for _, text in moment.turns)], moment.language))
    known = _in_stretches(said, [_tokens(text) for _, text in moment.turns], language)
    return [
        place not in known and not _is_fact(word, names, language) and word not in language.joining
        for place, word in enumerate(said)
    ]


def _names(texts: Iterable[str], language: str) -> Iterator[str]:
    for text in texts:
        for name in names_in(text, language):
            yield fold(name)


def _is_fact(word: str, names: set[str], language: Language) -> bool:
    return word in names or word in language.number_words or any(c.isdigit() for c in word)


def _in_stretches(said: Tokens, turns: Sequence[Tokens], language: Language) -> set[int]:
    """The places of words that stand in a stretch which one of the turns has."""
    old = {stretch for turn in turns for stretch in _stretches(turn, language)}
    starts = [place for place, stretch in enumerate(_stretches(said, language)) if stretch in old]
    return {start + step for start in starts for step in range(_STRETCH)}


def _stretches(tokens: Tokens, language: Language) -> list[tuple[str, ...]]:
    turned = [language.turned.get(word, word) for word in tokens]
    return list(zip(*(turned[start:] for start in range(_STRETCH)), strict=False))
