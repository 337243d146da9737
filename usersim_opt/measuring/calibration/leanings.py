"""Whether a judge passes longer or politer replies more often where the right verdict is one.

Replies to one criterion with the same label form a stratum. In each the longer half is compared
with the shorter one, or the replies with courtesies with those without; strata are pooled by
Mantel and Haenszel's weights,

    difference = sum w_s (pass rate of the longer - of the shorter) / sum w_s,  w_s = n1 n0 / n

(Greenland and Robins 1985, Biometrics 41:55), with an interval over tasks. Above zero the judge
leans to long, or to polite, replies. What counts as a courtesy is data, rules.yaml.

Not covered: other leanings; which one it is where the polite replies are the long ones; strata
of one sort alone, which say nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median

import numpy as np

from usersim_opt.basics.figures import points
from usersim_opt.basics.text import words
from usersim_opt.measuring.calibration.asked import Answered
from usersim_opt.measuring.calibration.groups import Truth
from usersim_opt.measuring.calibration.jackknife import Table, jackknife
from usersim_opt.measuring.calibration.simple_rules import LIMITS
from usersim_opt.scenarios import checks
from usersim_opt.scenarios.records import Record

Stratum = Sequence[Answered]
Marks = Callable[[Stratum], Sequence[bool | None]]
"""Which answers of a stratum are about a marked reply; None for one that is left out."""


class Leaning(Record):
    """How much more often the judge passes a sort of reply at equal labels, -1 to 1."""

    name: str
    difference: float | None
    """None where no stratum has replies of both sorts."""
    low: float | None = None
    high: float | None = None
    verdicts: int
    """Those in strata with both sorts."""

    @property
    def is_shown(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    @property
    def sentence(self) -> str:
        """What was found, in a line."""
        if self.difference is None:
            return f"Leaning to {self.name}: not known, no label has replies of both sorts."
        bounds = "too few tasks for an interval"
        if self.low is not None and self.high is not None:
            bounds = f"[{points(self.low)}, {points(self.high)}]"
        figure = f"{points(self.difference)} points {bounds}"
        return f"Leaning to {self.name}: {figure} on {self.verdicts:,} verdicts."


def leanings(answers: Iterable[Answered], truth: Truth) -> list[Leaning]:
    """The leanings to longer and to politer replies."""
    strata: dict[tuple[str, str, str], list[Answered]] = defaultdict(list)
    for answer in answers:
        if answer.verdict.scored and truth(answer):
            key = answer.example.scenario.id, answer.criterion.id, truth(answer)
            strata[key].append(answer)
    return [_leaning(name, strata.values(), marks) for name, marks in MARKS.items()]


def _longer(stratum: Stratum) -> list[bool | None]:
    """Longer or shorter than the median of the stratum; what is as long is left out."""
    lengths = [len(words(answer.example.reply)) for answer in stratum]
    middle = median(lengths)
    return [None if length == middle else length > middle for length in lengths]


def _polite(stratum: Stratum) -> list[bool | None]:
    return [_is_polite(answer) for answer in stratum]


def _is_polite(answer: Answered) -> bool:
    moment = answer.example.scenario.moment
    return checks.run(LIMITS.courtesy, answer.example.reply, moment).holds


MARKS: Mapping[str, Marks] = {"longer replies": _longer, "politer replies": _polite}


def _leaning(name: str, strata: Iterable[Stratum], marks: Marks) -> Leaning:
    by_task: dict[str, Table] = defaultdict(lambda: np.zeros(3))
    for stratum in strata:
        by_task[stratum[0].task] += _weighed(stratum, marks(stratum))
    counts = np.array(list(by_task.values())) if by_task else np.zeros((0, 3))
    found = jackknife(counts, _pooled)
    verdicts = int(counts[:, 2].sum())
    if found is None:
        return Leaning(name=name, difference=None, verdicts=verdicts)
    return Leaning(
        name=name, difference=found.mean, low=found.low, high=found.high, verdicts=verdicts
    )


def _pooled(counts: Table) -> float | None:
    difference, weight, _ = counts
    return float(difference / weight) if weight else None


def _weighed(stratum: Stratum, marks: Sequence[bool | None]) -> Table:
    """Weight times difference, weight, and number of verdicts; zeros without both sorts."""
    marked, others = (
        [answer.verdict.passed for answer, mark in zip(stratum, marks, strict=True) if mark is sort]
        for sort in (True, False)
    )
    number = len(marked) + len(others)
    if not marked or not others:
        return np.zeros(3)
    weight = len(marked) * len(others) / number
    difference = float(np.mean(marked) - np.mean(others))
    return np.array([weight * difference, weight, number])
