"""Checks that compare a reply with the customer's own turns so far.

An opening has no such turns. There `max_ratio_to_own` holds a reply to its floor; write `max_words`
instead. `manner_of_own` lets everything pass before the second own turn.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from usersim_opt.basics.text import spoken, words
from usersim_opt.scenarios.checks.arguments import is_count
from usersim_opt.scenarios.checks.counts import counted
from usersim_opt.scenarios.checks.moment import Finding, Reply

NO_TURN = "no turn of the customer's own so far"
_A_HABIT = 2
"""Own turns from which a manner can be told."""
_FULL_STOP = re.compile(r"(?<=[\w)\"'])\.(?=\s|$)")
"""A single one behind a word, at the end of a sentence: not in 38.50 and not in dots."""


def is_ratio(value: Any) -> bool:
    """Whether a value is `{ratio, floor}`: how many times the longest turn, and words that pass."""
    if not isinstance(value, dict) or set(value) != {"ratio", "floor"}:
        return False
    return is_count(value["floor"]) and _is_factor(value["ratio"])


def _is_factor(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and value > 0 and math.isfinite(value)


def max_ratio_to_own(reply: Reply, rule: dict[str, Any]) -> Finding:
    """`max_ratio_to_own`: words <= the larger of floor and ratio x the longest own turn."""
    number, floor = len(words(reply.text)), rule["floor"]
    longest = max((len(words(spoken(turn))) for turn in reply.moment.own), default=0)
    most = max(floor, rule["ratio"] * longest)
    before = f"{longest} in the longest turn before" if reply.moment.own else NO_TURN
    return Finding(number <= most, f"{counted(number, 'word')}, {most:g} allowed; {before}")


def manner_of_own(reply: Reply, marks: list[str]) -> Finding:
    """`manner_of_own`: no capital at the beginning, no full stop, where no own turn has one.

    A reply may be less tidy than the turns before; people are, and models hardly.
    """
    if len(reply.moment.own) < _A_HABIT:
        return Finding(True, f"fewer than {_A_HABIT} turns of the customer's own so far")
    new = [mark for mark in marks if _is_new(MARKS[mark], reply)]
    listed = ", ".join(new).replace("_", " ")
    evidence = f"{listed} in no turn before" if new else "no tidier than the customer's own turns"
    return Finding(not new, evidence)


def _is_new(shows: "Mark", reply: Reply) -> bool:
    return shows(reply.text) and not any(shows(spoken(turn)) for turn in reply.moment.own)


def _begins_with_capital(text: str) -> bool:
    first = next(iter(words(text)), "").lstrip("\"'(¡¿*").rstrip(".,;:!?")
    return first[:1].isupper() and not _is_capital_anyway(first)


def _is_capital_anyway(word: str) -> bool:
    """Whether a word is written so anywhere: "I", codes, words in capitals."""
    return word == "I" or word.startswith(("I'", "I\u2019")) or (len(word) > 1 and word.isupper())


def _has_full_stop(text: str) -> bool:
    return _FULL_STOP.search(text) is not None


Mark = Callable[[str], bool]
"""Whether a message shows it."""
MARKS: Mapping[str, Mark] = {"capitals": _begins_with_capital, "full_stops": _has_full_stop}
"""What `manner_of_own` can compare."""


def is_marks(value: Any) -> bool:
    """Whether a value is a list of such marks."""
    return isinstance(value, list) and bool(value) and all(map(_is_mark, value))


def _is_mark(value: Any) -> bool:
    return isinstance(value, str) and value in MARKS
