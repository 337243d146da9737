"""Does a judge of pairs look at more than length? What is asked of its choices and of the rule.

    groups      pairs of like length (numbers of words that differ by at most a fifth of the longer
                one, or by one word), and those in which the person's text is shorter or longer
    slope       b in logit P(one is chosen) = b log2(words of one / words of other), without an
                intercept, since the sides have no order; negative leans to the shorter
    held        the same beside a second column, +1 where `one` is the person's and -1 else, so that
                a judge that is right, on pairs where people are short, is not called biased
    McNemar     exact two-sided binomial test, at 1/2, of the pairs in which judge or rule alone is
                right (McNemar 1947); the rule takes the shorter text for the person's

The slopes have a small ridge penalty, so that they are finite where length decides every choice.
Their intervals are by the sandwich estimator over tasks (Liang and Zeger 1986), G / (G - 1) for G
tasks and Student's t with G - 1 degrees of freedom; too narrow where there are few tasks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.levels import t975
from usersim_opt.realism.discriminator.logistic import fit_logistic, probability
from usersim_opt.realism.pairwise.choosing import Choice
from usersim_opt.realism.pairwise.pairs import ONE, OTHER, Pair
from usersim_opt.realism.resampling import LEAST_TASKS
from usersim_opt.realism.rows import Array

LIKE = 0.2
"""The share of the longer text's words by which texts of like length differ at most."""
GROUPS = ("like length", "the person's is shorter", "the person's is longer")
_PENALTY = 0.1


@dataclass(frozen=True)
class McNemar:
    """The judge against the rule `the shorter one`, on the pairs that both decide."""

    judge_alone: int
    """Pairs in which the judge is right and the rule is not."""
    rule_alone: int
    left_out: int
    """Pairs of equal length, ties and flips: one of the two decides nothing there."""

    @property
    def p(self) -> float:
        """Two-sided p; 1 where they never differ.

        >>> McNemar(8, 1, 0).p
        0.0390625
        """
        number = self.judge_alone + self.rule_alone
        most = max(self.judge_alone, self.rule_alone)
        ways = sum(math.comb(number, k) for k in range(most, number + 1))
        return min(1.0, float(2 * ways / 2**number))


def is_alike(pair: Pair) -> bool:
    """Whether both texts are of like length."""
    one, other = pair.lengths
    return abs(one - other) <= max(1.0, LIKE * max(one, other))


def group_of(pair: Pair) -> str:
    """The group of a pair of which the person's side is known."""
    if is_alike(pair):
        return GROUPS[0]
    return GROUPS[1] if shorter(pair) == pair.right else GROUPS[2]


def shorter(pair: Pair) -> str:
    """The side with fewer words; a tie where both have as many."""
    one, other = pair.lengths
    if one == other:
        return "tie"
    return ONE if one < other else OTHER


def credit(side: str, pair: Pair) -> float:
    """1 for the person's side, 0 for the other one, half for a tie."""
    return 0.5 if side == "tie" else float(side == pair.right)


def mcnemar(choices: Sequence[Choice]) -> McNemar:
    """The judge against the rule."""
    both = [
        (credit(each.side, each.pair), credit(shorter(each.pair), each.pair)) for each in choices
    ]
    return McNemar(
        judge_alone=both.count((1.0, 0.0)),
        rule_alone=both.count((0.0, 1.0)),
        left_out=sum(0.5 in shares for shares in both),
    )


def slope(choices: Sequence[Choice], *, held: bool) -> Interval:
    """The slope of the choice on the log ratio of lengths, with an interval over tasks."""
    ratios = np.array([_log_ratio(each.pair) for each in choices])
    sides = np.array([1.0 if each.pair.right == ONE else -1.0 for each in choices])
    matrix = np.column_stack([ratios, sides] if held else [ratios])
    target = np.array([each.score for each in choices])
    penalty = np.full(matrix.shape[1], _PENALTY)
    found = fit_logistic(matrix, target, weights=np.ones(len(choices)), penalty=penalty)
    chances = probability(matrix @ found)
    curve = (matrix.T * (chances * (1 - chances))) @ matrix + np.diag(penalty)
    sums = _by_task(choices, matrix * (target - chances)[:, None])
    return _with_bounds(float(found[0]), np.linalg.solve(curve, sums.T)[0])


def _by_task(choices: Sequence[Choice], rows: Array) -> Array:
    """The sums of the rows of each task."""
    tasks = dict.fromkeys(each.pair.task for each in choices)
    place = {task: number for number, task in enumerate(tasks)}
    sums = np.zeros((len(place), rows.shape[1]))
    np.add.at(sums, [place[each.pair.task] for each in choices], rows)
    return sums


def _with_bounds(value: float, parts: Array) -> Interval:
    """An estimate with the interval of its parts by task; no bounds for one task."""
    tasks = len(parts)
    if tasks < LEAST_TASKS:
        return Interval(value, None, None)
    half = t975(tasks - 1) * math.sqrt(tasks / (tasks - 1) * float(parts @ parts))
    return Interval(value, value - half, value + half)


def _log_ratio(pair: Pair) -> float:
    one, other = (max(1, length) for length in pair.lengths)
    return math.log2(one / other)
