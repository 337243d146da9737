"""Hostile text: what a terminal obeys, and the worst of 100 kB for what reads it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from _attack_ways import Came, Family, Way

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import fold, sentences, visible, without_keys, without_thoughts
from usersim_opt.customer.places import places_amiss
from usersim_opt.customer.prompt import parts_of
from usersim_opt.scenarios.checks import run as run_check
from usersim_opt.tuning.stems import plain

SIZE = 100_000
LATE = 3.0
"""Seconds for 100 kB; what is quadratic takes minutes."""
UNITS = (
    "a",
    " ",
    "\n",
    "1. ",
    "{",
    "{{scenario",
    "\u0327\u0301",
    "<think>",
    "- a\n",
    "a: ",
    "x@",
    "A1",
)
ESCAPES = ("\x1b[2J", "\x1b]0;x\x07", "\u202e", "\x9b31m", "\r", "\x08", "\u2028", "\ud800")
CHECKS = ({"no_list": True}, {"none_of": ["no"]}, {"max_words": 9}, {"max_questions": 1})


def escapes(folder: Path) -> Came:
    """Errors and texts that hold what a terminal obeys."""

    def tries() -> Iterator[tuple[bool, str]]:
        for escape in ESCAPES:
            shown = visible(f"a{escape}b") + str(InputError(f"a{escape}b"))
            yield escape not in shown, "each is shown as a mark"

    return Came.of(tries())


def slow(act: Callable[[str], object]) -> Callable[[Path], Came]:
    """A way: 100 kB of its worst for something that reads text."""

    def attempt(folder: Path) -> Came:
        def tries() -> Iterator[tuple[bool, str]]:
            for unit in UNITS:
                text = unit * (SIZE // len(unit)) + "!"
                began = time.process_time()
                act(text)
                fast = time.process_time() - began < LATE
                yield fast, "done in time" if fast else f"too slow for {unit!r}"

        return Came.of(tries())

    return attempt


def _checks(text: str) -> None:
    for check in CHECKS:
        run_check(check, text)


READERS: dict[str, Callable[[str], object]] = {
    "checks of a reply": _checks,
    "folding": fold,
    "what a prompt may not have learned": plain,
    "thoughts": without_thoughts,
    "keys": without_keys,
    "sentences": sentences,
    "pieces of a prompt": parts_of,
    "places of a prompt": places_amiss,
}

WAYS = Family(
    "Text",
    (
        Way("escapes of a terminal in texts and errors", escapes),
        *(Way(f"100 kB of the worst: {name}", slow(act)) for name, act in READERS.items()),
    ),
)
