"""What a stand-in is given: the messages of one request, its temperature and seed."""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from usersim_opt.basics.text import sha256


@dataclass(frozen=True)
class Call:
    """One request; `turns` are (role, text) without the system message."""

    system: str
    turns: tuple[tuple[str, str], ...]
    temperature: float
    seed: int

    @property
    def last(self) -> str:
        """The text of the last turn, empty if there is none."""
        return self.turns[-1][1] if self.turns else ""

    def random(self) -> Random:
        """A generator that depends on everything in the request."""
        request = json.dumps([self.system, self.turns, self.temperature, self.seed])
        return Random(sha256(request))  # noqa: S311 - nothing secret

    def material(self) -> dict[str, Any] | None:
        """The JSON between <material> and </material> in the last turn, None if there is none."""
        _, opened, rest = self.last.partition("<material>")
        text, closed, _ = rest.rpartition("</material>")
        try:
            data = json.loads(text) if opened and closed else None
        except ValueError:
            return None
        return data if isinstance(data, dict) else None
