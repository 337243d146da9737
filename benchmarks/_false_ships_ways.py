"""Ways in which a false ship is tried, and what came of each: the table of docs/honesty.md."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_SAID = 120
"""Characters of an outcome in the table."""


@dataclass(frozen=True)
class Tried:
    """One try of a way."""

    is_false: bool
    """Whether a prompt was called better that is not, or a changed record was taken for true."""
    said: str
    """What the library said: the reason of its ruling, its error or its warning."""


Try = Callable[[int], Tried]
"""Tries a way by the number of the try, from which all its draws come."""


@dataclass(frozen=True)
class Way:
    """A way in which a false ship is tried."""

    name: str
    how: str
    attempt: Try
    tries: int = 1


@dataclass(frozen=True)
class Share:
    """A way that is simulated: many comparisons at once, decided as real ones are."""

    name: str
    how: str
    simulate: Callable[[], tuple[int, int]]
    """Returns how many comparisons were made and how many of them called it better."""


@dataclass(frozen=True)
class Family:
    """Ways of one kind, under one head of the page."""

    name: str
    ways: Sequence[Way | Share]


@dataclass(frozen=True)
class Outcome:
    """What came of a way."""

    name: str
    how: str
    tries: int
    false: int
    said: str

    @property
    def gets_through(self) -> bool:
        """Whether more than one try in ten shipped: chance alone gives one in twenty."""
        return self.false > max(1, self.tries / 10) or self.false == self.tries

    @property
    def row(self) -> str:
        """A line of the page's table."""
        false = f"**{self.false:,}**" if self.gets_through else f"{self.false:,}"
        cells = (self.name, self.how, f"{self.tries:,}", false, self.said)
        return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def outcome_of(way: Way | Share) -> Outcome:
    """Try a way as often as it says."""
    if isinstance(way, Share):
        tries, false = way.simulate()
        return Outcome(
            way.name, way.how, tries, false, f"{100 * false / tries:.1f} % called better"
        )
    tried = [way.attempt(number) for number in range(way.tries)]
    false = sum(each.is_false for each in tried)
    return Outcome(way.name, way.how, way.tries, false, _said(tried))


def _said(tried: Sequence[Tried]) -> str:
    """What was said most often, and how often where it was not always."""
    (most, times), *others = Counter(short(each.said) for each in tried).most_common()
    return f"{most} ({times} of {len(tried)})" if others else most


def short(reason: str) -> str:
    """The first thing that a reason says, without look and example."""
    for mark in ("; ", ", at look", ", the last "):
        reason = reason.partition(mark)[0]
    first = " ".join(reason.split())
    return first if len(first) <= MOST_SAID else f"{first[: MOST_SAID - 3]}..."


def section(outcomes: Sequence[tuple[str, Sequence[Outcome]]]) -> str:
    """The tables of all families as Markdown, with a sum."""
    every = [each for _, of_family in outcomes for each in of_family]
    through = sum(each.gets_through for each in every)
    head = "| way | how it was tried | tries | shipped falsely | what the library said |"
    told = f"{len(every)} ways; {through} of them got through, in bold."
    parts = [
        f"{told} Chance alone ships one try in forty; what ships more than one in ten is bold."
    ]
    for name, of_family in outcomes:
        rows = [each.row for each in of_family]
        parts.append("\n".join([f"### {name}", "", head, "|---|---|---|---|---|", *rows]))
    return "\n\n".join(parts)
