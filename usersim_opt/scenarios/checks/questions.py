"""Checks on what a reply asks."""

import re

from usersim_opt.basics.text import fold, sentences
from usersim_opt.scenarios.checks.counts import counted
from usersim_opt.scenarios.checks.moment import Finding, Reply

# People leave out question marks, so the way a sentence opens counts as well: a question word, or
# an auxiliary with its subject. "when" and "where" also open statements ("when i called ..."), so
# they need a verb behind them; "what a mess" asks nothing.
_QUESTION = re.compile(
    r"(?:and |but |so |ok |wait |hi |hello |hey )?"
    r"(?:(?:why|how|which|who|whose)\b|what(?:'s|s)?\b(?! an? )"
    r"|(?:when|where)(?:'s)? (?:is|are|was|were|do|does|did|can|will|would|should)\b"
    r"|(?:can|could|would|will|do|does|did|is|are|am|was|were|should|have|has"
    r"|isn't|aren't|don't|doesn't|can't|couldn't) "
    r"(?:i|you|we|they|he|she|it|this|that|there|the|my|your"
    r"|somebody|someone|anybody|anyone)\b)"
)
"""How a sentence opens that asks without a question mark."""


def asks(text: str) -> bool:
    """Whether a message holds a question mark, or a sentence that opens as a question does."""
    return "?" in text or any(_QUESTION.match(fold(sentence)) for sentence in sentences(text))


def asks_or_not(reply: Reply, wanted: bool) -> Finding:
    """`asks`: the reply asks something (true), or asks nothing (false)."""
    question = asks(reply.text)
    return Finding(question is wanted, "asks a question" if question else "asks nothing")


def max_questions(reply: Reply, most: int) -> Finding:
    """`max_questions`: question marks in a row are one question."""
    marks = len(re.findall(r"\?+", reply.text))
    number = max(marks, int(asks(reply.text)))
    return Finding(number <= most, counted(number, "question"))
