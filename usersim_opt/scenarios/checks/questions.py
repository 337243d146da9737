"""Checks on what a reply asks.

People leave out question marks, so the way a sentence opens counts as well: languages.yaml has the
openings of each language. In other languages the question mark alone counts.
"""

import re

from usersim_opt.basics.text import fold, sentences
from usersim_opt.scenarios.checks.counts import counted
from usersim_opt.scenarios.checks.moment import Finding, Reply
from usersim_opt.scenarios.languages import ENGLISH, language_of


def asks(text: str, language: str = ENGLISH) -> bool:
    """Whether a message holds a question mark, or a sentence that opens as a question does."""
    opening = language_of(language).question
    if "?" in text or opening is None:
        return "?" in text
    return any(opening.match(fold(sentence)) for sentence in sentences(text))


def asks_or_not(reply: Reply, wanted: bool) -> Finding:
    """`asks`: the reply asks something (true), or asks nothing (false)."""
    question = asks(reply.text, reply.language)
    return Finding(question is wanted, "asks a question" if question else "asks nothing")


def max_questions(reply: Reply, most: int) -> Finding:
    """`max_questions`: question marks in a row are one question."""
    marks = len(re.findall(r"\?+", reply.text))
    number = max(marks, int(asks(reply.text, reply.language)))
    return Finding(number <= most, counted(number, "question"))
