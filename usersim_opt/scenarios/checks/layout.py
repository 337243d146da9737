"""Checks on how a reply is laid out."""

import re
from typing import Any

from usersim_opt.scenarios.checks.moment import Finding, Reply

_LIST_LINE = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)
_LABEL_LINE = re.compile(r"^\s*\w[\w /]{1,24}:\s+\S", re.MULTILINE)
_INLINE_LIST = re.compile(
    r"(?<!\w)(?:1[.)]|\(1\)|first(?:ly)?,)\s.*(?<!\w)(?:2[.)]|\(2\)|second(?:ly)?,)\s",
    re.DOTALL | re.IGNORECASE,
)
_LEAST_LABELS = 3


def has_list(text: str) -> bool:
    """Whether a message is laid out as a list.

    Bullets, numbers and first/second make a list, and so do three or more `label: value` lines.
    """
    if _LIST_LINE.search(text) or _INLINE_LIST.search(text):
        return True
    return len(_LABEL_LINE.findall(text)) >= _LEAST_LABELS


def no_list(reply: Reply, _: Any) -> Finding:
    """`no_list`: the reply is not laid out as a list."""
    listed = has_list(reply.text)
    return Finding(not listed, "laid out as a list" if listed else "no list")
