"""Checks on how a reply is laid out."""

import re
from typing import Any

from usersim_opt.scenarios.checks.moment import Finding, Reply

# Blanks before an item stay within its line, and the two items of a sentence are looked for one
# after the other: a pattern that tries every pair takes minutes for a reply that runs away.
_LIST_LINE = re.compile(r"^[^\S\n]*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_LABEL_LINE = re.compile(r"^[^\S\n]*\w[\w /]{1,24}:\s+\S", re.MULTILINE)
_FIRST_ITEM = re.compile(r"(?<!\w)(?:1[.)]|\(1\)|first(?:ly)?,)\s", re.IGNORECASE)
_SECOND_ITEM = re.compile(r"(?<!\w)(?:2[.)]|\(2\)|second(?:ly)?,)\s", re.IGNORECASE)
_LEAST_LABELS = 3


def has_list(text: str) -> bool:
    """Whether a message is laid out as a list.

    Bullets, numbers and first/second make a list, and so do three or more `label: value` lines.
    """
    if _LIST_LINE.search(text) or _lists_in_line(text):
        return True
    return len(_LABEL_LINE.findall(text)) >= _LEAST_LABELS


def _lists_in_line(text: str) -> bool:
    first = _FIRST_ITEM.search(text)
    return bool(first and _SECOND_ITEM.search(text, first.end()))


def no_list(reply: Reply, _: Any) -> Finding:
    """`no_list`: the reply is not laid out as a list."""
    listed = has_list(reply.text)
    return Finding(not listed, "laid out as a list" if listed else "no list")
