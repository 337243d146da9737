"""A universal guard: its name, what it objects to, and the words of a reply that break it.

A guard holds for every reply and is written into no scenario. It is no part of the pass rate: of
the guards of this kind a grade holds only those that the reply breaks, under `universal.NAME`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.arguments import check_fields
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.scenarios.checks import Moment

PREFIX = "universal."
"""What the name of a universal guard begins with where it stands among the verdicts of a grade."""
QUOTED = 100
"""Characters of a reply that evidence quotes at the most."""

Objection = Callable[[str, Moment], str]
"""Takes a reply as the model gave it, stop tokens included, and the moment of the conversation;
gives the words of the reply that break the guard, empty if it holds."""


@dataclass(frozen=True)
class UniversalGuard:
    """One thing that no reply may do.

    `name` stands in grades behind `universal.`, `line` tells a reader what the guard objects to,
    and `objection` finds it.
    """

    name: str
    line: str
    objection: Objection = field(repr=False)

    def __post_init__(self) -> None:
        check_fields(self)

    @visibly
    def __str__(self) -> str:
        return f"{self.name}: {self.line}"

    def verdict(self, reply: str, moment: Moment) -> Verdict | None:
        """The failed verdict with the words that break the guard; None where it holds."""
        found = " ".join(self.objection(reply, moment).split())
        if not found:
            return None
        evidence = f"{self.line}: {_shortened(found)!r}"
        return Verdict(
            criterion=PREFIX + self.name, outcome="fail", evidence=evidence, source="check"
        )


Guards = Sequence[UniversalGuard]


def said_at(moment: Moment) -> str:
    """All that stands around a reply: the story and the turns so far."""
    return "\n".join([moment.story, *(text for _, text in moment.turns)])


def _shortened(quote: str) -> str:
    return quote if len(quote) <= QUOTED else quote[: QUOTED - 3] + "..."


def broken(guards: Guards, reply: str, moment: Moment) -> tuple[Verdict, ...]:
    """The failed verdicts of the guards that a reply breaks, in the order of the guards."""
    verdicts = (guard.verdict(reply, moment) for guard in guards)
    return tuple(verdict for verdict in verdicts if verdict is not None)


def check_guards(guards: object) -> None:
    """InputError unless it is a sequence of universal guards of different names."""
    if not isinstance(guards, Sequence) or isinstance(guards, str):
        raise InputError(f"the guards are a {type(guards).__name__}; {_EXPECTED}")
    for guard in guards:
        if not isinstance(guard, UniversalGuard):
            raise InputError(f"one of the guards is a {type(guard).__name__}; {_EXPECTED}")
    names = [guard.name for guard in guards]
    doubles = sorted(name for name in set(names) if names.count(name) > 1)
    if doubles:
        raise InputError(f"two guards are called {doubles[0]!r}; give each a name of its own")


_EXPECTED = (
    "expected a list of UniversalGuard, such as universal_guards(), "
    'or universal_guards(without=["markup"]), or [] for none'
)
