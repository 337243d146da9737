"""Ways in which surroundings are unkind, and what came of each, for docs/reliability.md."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_SAID = 140
"""Characters of what was said, in the table."""


@dataclass(frozen=True)
class Came:
    """What came of the tries of a way."""

    tries: int
    bad: int
    """Tries that went through: a wrong figure, a crash, an endless wait, a file of others lost."""
    said: str
    """What the library did or said."""

    @classmethod
    def of(cls, tried: Iterable[tuple[bool, str]]) -> "Came":
        """The sum of tries, each with whether it went well and what was said; the last is told."""
        every = list(tried)
        bad = [said for went_well, said in every if not went_well]
        return cls(len(every), len(bad), (bad or [said for _, said in every])[-1])


@dataclass(frozen=True)
class Way:
    """A way to do harm, tried in a new folder of its own."""

    name: str
    attempt: Callable[[Path], Came]


@dataclass(frozen=True)
class Family:
    """Ways of one kind, under one head of the page."""

    name: str
    ways: Sequence[Way]


@dataclass(frozen=True)
class Outcome:
    """A way with what came of it."""

    name: str
    came: Came

    @property
    def row(self) -> str:
        """A line of the page's table."""
        bad = f"**{self.came.bad:,}**" if self.came.bad else "0"
        cells = (self.name, f"{self.came.tries:,}", bad, short(self.came.said))
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def short(said: str) -> str:
    """What was said in one line, without what changes from machine to machine."""
    line = " ".join(said.replace("<", "&lt;").split())
    return line if len(line) <= MOST_SAID else f"{line[: MOST_SAID - 3]}..."


def without(folder: Path, said: object) -> str:
    """A message without the folder in which a way was tried."""
    return str(said).replace(f"{folder}/", "").replace(str(folder), "FOLDER")


def section(outcomes: Sequence[tuple[str, Sequence[Outcome]]]) -> str:
    """The tables of all families as Markdown, with a sum."""
    every = [each for _, of_family in outcomes for each in of_family]
    tries = sum(each.came.tries for each in every)
    bad = sum(each.came.bad > 0 for each in every)
    parts = [f"{len(every)} ways, {tries:,} tries; {bad} ways went through, in bold."]
    head = "| what was done | tries | went through | what happened |\n|---|---|---|---|"
    for name, of_family in outcomes:
        parts.append("\n".join([f"### {name}", "", head, *(each.row for each in of_family)]))
    return "\n\n".join(parts)
