"""Checks on how long a reply is."""

from usersim_opt.basics.text import sentences, words
from usersim_opt.scenarios.checks.moment import Finding, Reply


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 word`, `2 words`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def max_words(reply: Reply, most: int) -> Finding:
    """`max_words`: at most so many words."""
    number = len(words(reply.text))
    return Finding(number <= most, counted(number, "word"))


def min_words(reply: Reply, least: int) -> Finding:
    """`min_words`: at least so many words."""
    number = len(words(reply.text))
    return Finding(number >= least, counted(number, "word"))


def max_sentences(reply: Reply, most: int) -> Finding:
    """`max_sentences`: at most so many sentences; a line of its own is one, full stop or not."""
    number = len(sentences(reply.text))
    return Finding(number <= most, counted(number, "sentence"))
