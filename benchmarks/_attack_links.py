"""Links, pipes and devices in the place of a file that is written."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from _attack_ways import Came

from usersim_opt.basics.errors import UsersimError


def in_place_of(act: Callable[[Path], object], name: str) -> Callable[[Path], Came]:
    """A way: links, pipes and devices in the place of a file."""

    def attempt(folder: Path) -> Came:
        victim = folder / "victim"
        victim.write_text("precious")

        def tries() -> Iterator[tuple[bool, str]]:
            for number, make in enumerate((_link_to(victim), os.mkfifo, _link_to("/dev/null"))):
                run = folder / str(number)
                run.mkdir()
                make(run / name)
                said = _said(lambda run=run: act(run))
                yield bool(said) and victim.read_text() == "precious", said.replace(str(run), "RUN")

        return Came.of(tries())

    return attempt


def _link_to(target: object) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(str(target))


def _said(act: Callable[[], object]) -> str:
    try:
        act()
    except UsersimError as error:
        return str(error)
    return ""
