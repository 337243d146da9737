"""Progress bars over replies: in a terminal, and in a notebook that can draw them; else silent."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from tqdm.auto import tqdm
from tqdm.notebook import tqdm_notebook

from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.runner import Progress

_FORM = "{desc} {percentage:3.0f}%|{bar}| {n}/{total} [{elapsed}<{remaining}]{postfix}"


@contextmanager
def reply_bar(total: int) -> Iterator[Progress]:
    """A bar over `total` replies, and the function that moves it by one outcome."""
    with tqdm(total=total, unit="reply", desc="replies", disable=silence(tqdm)) as bar:
        yield lambda outcome: bar.update()


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

    def __str__(self) -> str:
        """Its name and pass rate, as far as there are any."""
        rate = f" {100 * self.passed / self.scored:.0f} %" if self.scored else ""
        return f"{self.name}{rate}"


class TuningBar:
    """A progress bar over calls of all roles, with the pass rate of the stage."""

    def __init__(self, calls: int) -> None:
        self._bar = tqdm(
            total=calls, unit="call", desc="tuning", disable=silence(tqdm), bar_format=_FORM
        )
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
        self._bar.set_postfix_str(self._postfix(), refresh=False)
        self._bar.update(calls - self._bar.n)

    def say(self, text: str) -> None:
        """Show lines above the bar; nothing where no bar is shown."""
        if not self._bar.disable:
            self._bar.write(text, file=sys.stderr)

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
