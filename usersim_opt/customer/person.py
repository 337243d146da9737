"""A person as the agent: shows what the customer says, and reads the answers, line by line."""

import sys
from collections.abc import Sequence

from usersim_opt.basics.text import is_blank
from usersim_opt.customer.conversation import Said
from usersim_opt.customer.simulator import GREETING


class Person:
    """Answers on standard input; the end of it ends the conversation as a failure."""

    name = "a person"

    def __call__(self, history: Sequence[dict[str, str]]) -> str:
        """The next line with something in it; EOFError where there is none."""
        while is_blank(line := self._line()):
            pass
        return line

    def see(self, turn: Said) -> None:
        """Show a turn, but for the person's own, which stand there already."""
        if turn.role == "customer" or turn.text == GREETING:
            # It goes with what is typed, so it is no business of a logger.
            print(f"\n{turn}", flush=True)  # noqa: T201

    def _line(self) -> str:
        print("\nagent     ", end="", flush=True)  # noqa: T201
        if not (line := sys.stdin.readline()):
            raise EOFError("the person left")
        return line
