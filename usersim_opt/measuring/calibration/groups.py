"""How often a judge agrees with what is right: agreement, kappa, false passes and false fails.

A false pass is a verdict of pass on what should fail, as a share of what should fail; a false fail
the reverse. Their intervals are Wilson's, of as many verdicts as the clustered ones are worth
(Rao and Scott, see correction.py). Cohen's kappa is agreement beyond what two such sequences of
verdicts would have by chance,

    kappa = (p_o - p_e) / (1 - p_e)

(Cohen 1960, Educational and Psychological Measurement 20:37), with an interval over tasks. Of a
judge that gives one verdict to everything it says nothing, whatever the labels: it is not given.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from usersim_opt.basics.figures import Interval, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.calibration.asked import Answered
from usersim_opt.measuring.calibration.correction import Errors, independent
from usersim_opt.measuring.calibration.jackknife import Table, jackknife
from usersim_opt.scenarios.records import Record

Truth = Callable[[Answered], str]
"""What is taken for right of a criterion: `pass`, `fail`, or empty where nothing is known."""
OUTCOMES = ("pass", "fail")
HEAD = (
    "verdicts", "agreement", "95 %", "kappa", "95 %", "false passes", "95 %", "false fails", "95 %",
    "unscored",
)  # fmt: skip


class Share(Record):
    """A count, of how many, and the 95 % interval of the share."""

    count: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """Count / of; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def cells(self) -> list[str]:
        """The share and its interval as texts."""
        bounds = f"[{100 * self.low:.0f}, {100 * self.high:.0f}]" if self.of else ""
        return [share_text(self.share), bounds]


class Kappa(Record):
    """Cohen's kappa with its interval, or why there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @classmethod
    def of(cls, interval: Interval | None, *, why: str) -> "Kappa":
        """Of an interval; `why` says why there is none."""
        if interval is None:
            return cls(value=None, why=why)
        low, high = interval.low, interval.high
        return cls(value=interval.mean, low=_within(low), high=_within(high))

    @property
    def cells(self) -> list[str]:
        """The value and its interval as texts."""
        value = "-" if self.value is None else f"{self.value:.2f}"
        bounds = "" if self.low is None else f"[{self.low:.2f}, {self.high:.2f}]"
        return [value, bounds]


def _within(bound: float | None) -> float | None:
    return None if bound is None else min(1.0, max(-1.0, bound))


class Group(Record):
    """A judge's verdicts on some labelled criteria beside what is right."""

    name: str
    unscored: int
    """Verdicts that the judge did not give; they are in no other figure."""
    agreement: Share
    kappa: Kappa
    false_pass: Share
    false_fail: Share

    @property
    def row(self) -> list[str]:
        """The name and all figures as texts."""
        shares = [*self.false_pass.cells, *self.false_fail.cells]
        told = [*self.agreement.cells, *self.kappa.cells, *shares]
        return [self.name, str(self.agreement.of), *told, str(self.unscored)]


def group(name: str, answers: Iterable[Answered], truth: Truth) -> Group:
    """The figures of the answers of which the truth is known."""
    known = [answer for answer in answers if truth(answer)]
    counts = _counts(known, truth)
    total = counts.sum(axis=0)
    return Group(
        name=name,
        unscored=sum(not answer.verdict.scored for answer in known),
        agreement=_share(counts[:, 0, 0] + counts[:, 1, 1], counts.sum(axis=(1, 2))),
        kappa=Kappa.of(jackknife(counts, kappa_of), why=_why_no_kappa(total)),
        false_pass=_share(counts[:, 1, 0], counts[:, 1].sum(axis=1)),
        false_fail=_share(counts[:, 0, 1], counts[:, 0].sum(axis=1)),
    )


def table(head: str, groups: Sequence[Group]) -> str:
    """The groups as a table, and below it why a kappa is missing."""
    missing = {each.name: each.kappa.why for each in groups if each.kappa.why}
    notes = [f"No kappa for {name}: {why}." for name, why in missing.items()]
    return "\n".join([grid([head, *HEAD], [each.row for each in groups]), *notes])


def _counts(answers: Sequence[Answered], truth: Truth) -> Table:
    """Scored verdicts by task, right one and given one."""
    by_task: dict[str, Table] = defaultdict(lambda: np.zeros((2, 2)))
    for answer in answers:
        if answer.verdict.scored:
            place = OUTCOMES.index(truth(answer)), OUTCOMES.index(answer.verdict.outcome)
            by_task[answer.task][place] += 1
    return np.array(list(by_task.values())) if by_task else np.zeros((0, 2, 2))


def _share(counts: Table, of: Table) -> Share:
    low, high = wilson(*independent(counts, of))
    return Share(count=int(counts.sum()), of=int(of.sum()), low=low, high=high)


def kappa_of(counts: Table) -> float | None:
    """Cohen's kappa of counts by right and given verdict; None where either is always the same."""
    if 0 in counts.sum(axis=0) or 0 in counts.sum(axis=1):
        return None
    number = counts.sum()
    observed = float(np.trace(counts)) / number
    by_chance = float(counts.sum(axis=0) @ counts.sum(axis=1)) / number**2
    return float((observed - by_chance) / (1 - by_chance))


def _why_no_kappa(counts: Table) -> str:
    """Why kappa is not known, in words."""
    given, right = counts.sum(axis=0), counts.sum(axis=1)
    if not counts.any():
        return "there is no verdict"
    if 0 in given:
        return f"the judge calls everything a {OUTCOMES[int(given.argmax())]}"
    return f"everything is labelled a {OUTCOMES[int(right.argmax())]}" if 0 in right else ""


class ErrorCounts(Record):
    """What the labels tell of a judge's errors, in counts, for correction.py."""

    right_passes: int
    passes: int
    right_fails: int
    fails: int
    worth_of_passes: float
    """How many independent labels the passes are worth: those of one task hang together."""
    worth_of_fails: float

    @property
    def errors(self) -> Errors:
        """The errors as the correction takes them."""
        of_passes = self.worth_of_passes / self.passes if self.passes else 0.0
        of_fails = self.worth_of_fails / self.fails if self.fails else 0.0
        return Errors(
            right_passes=self.right_passes * of_passes,
            passes=self.worth_of_passes,
            right_fails=self.right_fails * of_fails,
            fails=self.worth_of_fails,
        )

    @property
    def labels(self) -> int:
        """The number of labels that a verdict stands against."""
        return self.passes + self.fails


def error_counts(answers: Iterable[Answered], truth: Truth) -> ErrorCounts:
    """The counts of a judge's errors where the truth is known."""
    counts = _counts([answer for answer in answers if truth(answer)], truth)
    right_passes, passes = counts[:, 0, 0], counts[:, 0].sum(axis=1)
    right_fails, fails = counts[:, 1, 1], counts[:, 1].sum(axis=1)
    return ErrorCounts(
        right_passes=int(right_passes.sum()),
        passes=int(passes.sum()),
        right_fails=int(right_fails.sum()),
        fails=int(fails.sum()),
        worth_of_passes=independent(right_passes, passes)[1],
        worth_of_fails=independent(right_fails, fails)[1],
    )


def by(
    name: Callable[[Answered], str], answers: Iterable[Answered]
) -> Mapping[str, list[Answered]]:
    """The answers by a name, in the order of their first ones."""
    groups: dict[str, list[Answered]] = defaultdict(list)
    for answer in answers:
        groups[name(answer)].append(answer)
    return groups
