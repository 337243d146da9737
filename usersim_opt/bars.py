"""Progress bars over replies: in a terminal, and in a notebook that can draw them; silent everywhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm.auto import tqdm
from tqdm.notebook import tqdm_notebook

from usersim_opt.schema import Outcome


@contextmanager
def reply_bar(total: int) -> Iterator[Callable[[Outcome], object]]:
    """A bar over `total` replies; what it gives is told of each."""
    with tqdm(total=total, unit="reply", desc="replies", disable=silence(tqdm)) as bar:
        yield lambda outcome: bar.update()


def silence(kind: type[Any]) -> bool | None:
    """The `disable` of tqdm: a notebook's widget is always shown (stderr is no terminal there), a plain bar in terminals only."""
    return False if issubclass(kind, tqdm_notebook) else None
