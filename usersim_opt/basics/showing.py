"""What is shown as text: no `__str__`, no warning and no stream hands on what a terminal obeys."""

import re
import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TextIO, TypeVar

from usersim_opt.basics.text import visible

_T = TypeVar("_T")
_OF_A_BAR = re.compile(r"\r?(?:\x1b\[A)*")
"""How a progress bar begins what it writes: back to the margin, or lines up."""


def visibly(method: Callable[[_T], str]) -> Callable[[_T], str]:
    """For `__str__` and `__repr__`: what they return, with marks for what a terminal would obey."""

    @wraps(method)
    def shown(self: _T) -> str:
        return visible(method(self))

    return shown


def warn_visibly(message: str, *, stacklevel: int) -> None:
    """A UserWarning without what a terminal would obey; `stacklevel` as of the caller."""
    warnings.warn(visible(message), UserWarning, stacklevel=stacklevel + 1)


class VisibleStream:
    """A stream on which what a terminal would obey becomes a mark, whoever writes it.

    With `bars` a progress bar may move as it does. `unguarded` is the stream itself, for whoever
    draws on the screen.
    """

    def __init__(self, stream: TextIO, *, bars: bool = False) -> None:
        self.unguarded = stream
        self._bars = bars

    def write(self, text: str) -> int:
        """Write a text; its length comes back."""
        own = _OF_A_BAR.match(text) if self._bars else None
        moves = own[0] if own else ""
        self.unguarded.write(moves + visible(text[len(moves) :]))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unguarded, name)
