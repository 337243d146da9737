"""Progress bars over replies: in a terminal, and in a notebook that can draw them; silent everywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from tqdm.auto import tqdm
from tqdm.notebook import tqdm_notebook

from usersim_opt.measuring.outcome import Outcome


@contextmanager
def reply_bar(total: int) -> Iterator[Callable[[Outcome], object]]:
    """A bar over `total` replies; what it gives is told of each."""
    with tqdm(total=total, unit="reply", desc="replies", disable=silence(tqdm)) as bar:
        yield lambda outcome: bar.update()


class TuningBar:
    """A progress bar over calls of all roles, with the pass rate of the stage."""

    def __init__(self, calls: int) -> None:
        self._bar = tqdm(
            total=calls,
            unit="call",
            desc="tuning",
            disable=silence(tqdm),
            bar_format="{desc} {percentage:3.0f}%|{bar}| {n}/{total} [{elapsed}<{remaining}]{postfix}",
        )
        self._stage = ""
        self._passed = self._scored = self._errors = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.close()

    def show(self, outcome: Outcome, calls: int) -> None:
        """Show one reply; what a resumed run found paid for counts as done before it began."""
        if not self._stage:
            self._bar.initial = self._bar.n = calls
        if (stage := f"{outcome.stage} {outcome.version}") != self._stage:
            self._stage, self._passed, self._scored = stage, 0, 0
        self._passed += outcome.grade.passed if outcome.grade else 0
        self._scored += outcome.grade.scored if outcome.grade else 0
        self._errors += outcome.status == "error"
        rate = f" {100 * self._passed / self._scored:.0f} %" if self._scored else ""
        self._bar.set_postfix_str(
            f"{stage}{rate}{f', {self._errors} errors' if self._errors else ''}", refresh=False
        )
        self._bar.update(calls - self._bar.n)


def silence(kind: type[Any]) -> bool | None:
    """The `disable` of tqdm: a notebook's widget is always shown (stderr is no terminal there), a plain bar in terminals only."""
    return False if issubclass(kind, tqdm_notebook) else None
