"""How often a judge gives the same verdict when it is asked the same again.

Once more in the same words, and once with the criteria in reverse order. A verdict that changes is
a guess; with changes by the order alone, criteria that stand side by side colour each other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.calibration.asked import Answered
from usersim_opt.measuring.calibration.correction import independent
from usersim_opt.measuring.calibration.groups import Share
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.scenarios.records import Record

AGAIN, REVERSED = "asked again", "criteria reversed"


class Stability(Record):
    """How many verdicts changed when a judge was asked once more."""

    name: str
    changed: Share

    @property
    def sentence(self) -> str:
        """The share of changes, in a line."""
        bounds = f"[{100 * self.changed.low:.1f}, {100 * self.changed.high:.1f}]"
        share = f"{share_text(self.changed.share)} {bounds}"
        return f"Changed when {self.name}: {share} of {many(self.changed.of, 'verdict')}."


def stability(answers: Iterable[Answered]) -> list[Stability]:
    """The changes in the same order and in reverse order, as far as the judge was asked."""
    given = list(answers)
    found = [_changes(AGAIN, _again(given)), _changes(REVERSED, _reversed(given))]
    return [each for each in found if each.changed.of]


def changes(answer: Answered) -> int:
    """How often the judge gave another verdict on the criterion than at first."""
    others = [*answer.again, *filter(None, [answer.reversed_order])]
    return sum(_differs(answer.verdict, other) for other in others)


def _again(answers: Iterable[Answered]) -> Iterator[tuple[Answered, Verdict]]:
    for answer in answers:
        yield from ((answer, other) for other in answer.again)


def _reversed(answers: Iterable[Answered]) -> Iterator[tuple[Answered, Verdict]]:
    for answer in answers:
        if answer.reversed_order is not None:
            yield answer, answer.reversed_order


def _differs(first: Verdict, other: Verdict) -> bool:
    return first.scored and other.scored and first.outcome != other.outcome


def _changes(name: str, pairs: Iterable[tuple[Answered, Verdict]]) -> Stability:
    changed: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for answer, other in pairs:
        if answer.verdict.scored and other.scored:
            given[answer.task] += 1
            changed[answer.task] += _differs(answer.verdict, other)
    counts = np.array([float(changed[task]) for task in given])
    of = np.array([float(given[task]) for task in given])
    low, high = wilson(*independent(counts, of))
    return Stability(
        name=name,
        changed=Share(count=changed.total(), of=given.total(), low=low, high=high),
    )
