"""What a stand-in is given: the messages of one request, its temperature and seed."""

import json
from dataclasses import dataclass
from random import Random

from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import Fields


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

    @property
    def characters(self) -> int:
        """The length of all its texts."""
        return len(self.system) + sum(len(text) for _, text in self.turns)

    def random(self) -> Random:
        """A generator that depends on everything in the request."""
        request = json.dumps([self.system, self.turns, self.temperature, self.seed])
        return Random(sha256(request))  # noqa: S311 - nothing secret

    def material(self) -> Fields | None:
        """The JSON between <material> and </material> in the last turn, None if there is none."""
        try:
            data = json.loads(_enclosed(self.last))
        except ValueError:
            return None
        return data if isinstance(data, dict) else None


def _enclosed(text: str) -> str:
    """What stands between the tags, empty unless both are there."""
    _, opened, rest = text.partition("<material>")
    content, closed, _ = rest.rpartition("</material>")
    return content if opened and closed else ""
