"""Progress bars over replies: in a terminal, and in a notebook that can draw them; else silent."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from tqdm.auto import tqdm
from tqdm.notebook import tqdm_notebook

from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import visible
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Progress
from usersim_opt.models.loading import Loads, loads_since

_FORM = "{desc} {percentage:3.0f}%|{bar}| {n}/{total} [{elapsed}<LEFT]{postfix}"
"""How a bar looks; LEFT is ours to fill in."""


def time_left(done: int, left: int, *, seconds: float, loads: Loads) -> float | None:
    """Seconds that what is left will take, at what it took on average so far; None at the start.

    Models that take turns in a server's memory are loaded again and again, and will be. The first
    load of each counts for what is done and not for what is left: a model may stay.
    """
    return max(0.0, seconds - loads.first) / done * left if done else None


class _TimedBar:
    """A bar that tells the time left and the loads of some models since it began."""

    def __init__(self, total: int, lms: Iterable[Any], *, desc: str) -> None:
        self._lms, self._total = tuple(lms), total
        self._began = time.monotonic()
        form = _FORM.replace("LEFT", "?")
        self.bar = tqdm(total=total, desc=desc, disable=silence(tqdm), bar_format=form)

    def move(self, number: int, said: str = "") -> None:
        """Show how many are done, and words about them."""
        if self.bar.disable:
            return
        loads = loads_since(self._lms, self._began)
        self._form(self._left(number, loads))
        self.bar.set_postfix_str(", ".join(filter(None, [said, str(loads)])), refresh=False)
        self.bar.update(number - self.bar.n)

    def _left(self, number: int, loads: Loads) -> float | None:
        """Seconds to go once so many are done."""
        done, left = number - int(self.bar.initial), self._total - number
        return time_left(done, left, seconds=time.monotonic() - self._began, loads=loads)

    def _form(self, left: float | None) -> None:
        told = "?" if left is None else tqdm.format_interval(left)
        self.bar.bar_format = _FORM.replace("LEFT", told)


@contextmanager
def reply_bar(total: int, lms: Iterable[Any]) -> Iterator[Progress]:
    """A bar over `total` replies, and the function that moves it by one outcome.

    `lms` are the models whose loads it tells.
    """
    timed = _TimedBar(total, lms, desc="replies")
    with timed.bar:
        yield lambda outcome: timed.move(int(timed.bar.n) + 1)


@dataclass
class _Stage:
    """The figures of the stage under way."""

    name: str = ""
    passed: int = 0
    scored: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a reply."""
        self.passed += outcome.passed
        self.scored += outcome.scored

    @visibly
    def __str__(self) -> str:
        """Its name and pass rate, as far as there are any."""
        rate = f" {100 * self.passed / self.scored:.0f} %" if self.scored else ""
        return f"{self.name}{rate}"


class TuningBar:
    """A progress bar over calls of all roles, with the pass rate of the stage.

    `lms` are the models whose loads it tells.
    """

    def __init__(self, calls: int, lms: Iterable[Any]) -> None:
        self._timed = _TimedBar(calls, lms, desc="tuning")
        self._bar = self._timed.bar
        self._stage = _Stage()
        self._errors = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.close()

    def show(self, outcome: Outcome, calls: int) -> None:
        """Show one reply; `calls` are those of the run so far, this reply's included."""
        if not self._stage.name:
            # Calls that a resumed run had paid for before must not count in the remaining time.
            self._bar.initial = self._bar.n = calls
        self._count(outcome)
        self._timed.move(calls, self._postfix())

    def say(self, text: str) -> None:
        """Show lines above the bar; nothing where no bar is shown."""
        if not self._bar.disable:
            self._bar.write(visible(text), file=sys.stderr)

    def _count(self, outcome: Outcome) -> None:
        """Add a reply to the figures of its stage; only errors are counted over all stages."""
        name = f"{outcome.stage} {outcome.version}"
        if name != self._stage.name:
            self._stage = _Stage(name)
        self._stage.add(outcome)
        self._errors += outcome.status == "error"

    def _postfix(self) -> str:
        errors = f", {self._errors} errors" if self._errors else ""
        return f"{self._stage}{errors}"


def silence(kind: type[Any]) -> bool | None:
    """The `disable` of tqdm: a notebook's widget is always drawn, a plain bar in terminals only.

    None lets tqdm look whether stderr is a terminal, which it never is in a notebook.
    """
    return False if issubclass(kind, tqdm_notebook) else None
