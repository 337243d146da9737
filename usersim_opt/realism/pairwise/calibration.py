"""How far a judge of pairs can be trusted, on pairs of which the person's side is known.

    accuracy   share of pairs in which it names the person's side; ties and flips are half
    kappa      Cohen's, of all answers by place (first, second, tie) with where the person's text
               was shown: 0 for a judge that goes by the place or by chance
    length     accuracy by length, slope on length, and whether it is more than a word counter

People tend to write shorter than models, so the rule `the shorter one` is right on most pairs, and
a judge that counts words looks good. It is more than that if it is right significantly more often
than the rule on the same pairs: by McNemar's exact test over pairs, and by sign flips over tasks,
which count ties as half and heed that pairs of one task are not independent.

Not covered: other short cuts than length, such as capitals.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval, many, percent, share_text
from usersim_opt.basics.layout import grid
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.sign_flips import exact_p
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.card import CARD
from usersim_opt.realism.latent.confusion import Confusion, Naming, kappa_text
from usersim_opt.realism.pairwise.choosing import (
    Choice,
    Chooser,
    choices_of,
    right_place,
)
from usersim_opt.realism.pairwise.length import (
    GROUPS,
    McNemar,
    credit,
    group_of,
    mcnemar,
    shorter,
    slope,
)
from usersim_opt.realism.pairwise.pairs import Pairs
from usersim_opt.realism.pairwise.win_rate import Orders, mean_score, readable_of

_RARE, _COIN = 0.05, 0.5
_PLACES = ("first", "second", "tie")


@dataclass(frozen=True)
class Group:
    """Pairs of one kind of length, and how often judge and rule are right on them."""

    pairs: int
    judge: Interval
    rule: Interval


@dataclass(frozen=True)
class PairCalibration:
    """What is known of a judge of pairs."""

    by: str
    pairs: int
    tasks: int
    lost: int
    """Pairs of which an answer could not be read; in no other figure."""
    accuracy: Interval
    rule: Interval
    """The accuracy of the rule `the shorter one` on the same pairs."""
    kappa: Interval | None
    groups: Mapping[str, Group]
    slope: Interval
    """Of the choice on the length, in logits for each doubling."""
    held: Interval
    """The same with the right side held."""
    against_rule: McNemar
    p_by_task: float
    """Two-sided p of judge against rule by sign flips over tasks."""
    orders: Orders
    notes: Sequence[str]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say anything for sure."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def beats_rule(self) -> bool:
        """Whether it is right more often than the rule by both tests."""
        is_ahead = self.accuracy.mean > self.rule.mean
        return is_ahead and max(self.against_rule.p, self.p_by_task) <= _RARE

    @property
    def verdict(self) -> str:
        """Whether it is more than a word counter, in words."""
        shares = f"right in {share_text(self.accuracy.mean)}, the rule `the shorter one` in "
        shares += share_text(self.rule.mean)
        if self.beats_rule:
            return f"More than a word counter: {shares}."
        return (
            f"Not shown to be more than a word counter: {shares}. More pairs of like length, and "
            "pairs in which the person's text is the longer one, would tell."
        )

    @property
    def alike_verdict(self) -> str:
        """Whether it is right more often than a coin where length says little; empty if not."""
        alike = self.groups.get(GROUPS[0])
        if alike is None or alike.judge.low is None or alike.judge.low <= _COIN:
            return ""
        return "At like length it is right more often than a coin."

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        plain = asdict(self)
        plain["against_rule"]["p"] = self.against_rule.p
        return {**plain, "beats_rule": self.beats_rule, "verdict": self.verdict}

    @visibly
    def __str__(self) -> str:
        head = (
            f"{self.by}: right in {percent(self.accuracy)} of {many(self.pairs, 'pair')}, "
            f"{many(self.tasks, 'task')}; kappa {kappa_text(self.kappa)}; {self.lost} lost"
        )
        parts = [
            head,
            str(self.orders),
            grid(["pairs", "number", "judge right", "shorter right"], self._rows()),
            self._length(),
            self.verdict,
            self.alike_verdict,
            self.orders.fault,
            *(f"note: {note}" for note in self.notes),
        ]
        if self.is_descriptive:
            parts.append(f"note: {many(self.tasks, 'task')}: descriptive only")
        return "\n".join(filter(None, parts))

    def _rows(self) -> list[list[str]]:
        return [
            [name, str(group.pairs), percent(group.judge), percent(group.rule)]
            for name, group in self.groups.items()
        ]

    def _length(self) -> str:
        test = self.against_rule
        return (
            f"choice on length: {_logits(self.slope)} logits a doubling, "
            f"{_logits(self.held)} with the right side held\n"
            f"right where the other is not: judge {test.judge_alone}, rule {test.rule_alone}, "
            f"{test.left_out} undecided (exact McNemar p = {test.p:.3f}; over tasks, undecided as "
            f"half, p = {self.p_by_task:.3f})"
        )


@checks_arguments
def calibrate_pairwise(
    judge: Chooser, pairs: Pairs, *, workers: Count = DEFAULT_WORKERS
) -> PairCalibration:
    """Ask a judge about pairs of which the person's side is known, in each of its orders.

    InputError where a side is not known, there is no pair, or no answer can be read; ModelError
    where a call fails.
    """
    _check(pairs)
    return calibrate_choices(pairs, choices_of(pairs, judge, workers=workers), by=judge.name)


def calibrate_choices(pairs: Pairs, choices: Sequence[Choice], *, by: str) -> PairCalibration:
    """The calibration by choices that were made; errors as above, but for calls."""
    _check(pairs)
    readable = readable_of(choices)
    return PairCalibration(
        by=by,
        pairs=len(readable),
        tasks=len({each.pair.task for each in readable}),
        lost=len(choices) - len(readable),
        accuracy=mean_score(readable, _judge_credits(readable)),
        rule=mean_score(readable, _rule_credits(readable)),
        kappa=_kappa(readable),
        groups=_groups(readable),
        slope=slope(readable, held=False),
        held=slope(readable, held=True),
        against_rule=mcnemar(readable),
        p_by_task=_p_by_task(readable),
        orders=Orders.of(readable),
        notes=list(pairs.notes),
    )


def _check(pairs: Pairs) -> None:
    unknown = [pair.name for pair in pairs.pairs if pair.right is None]
    if unknown:
        raise InputError(
            f"{unknown[0]}: nobody says which side is the person's ({many(len(unknown), 'pair')}); "
            "expected `right` in each pair, such as by conversation_pairs(..., person='one')"
        )


def _judge_credits(choices: Sequence[Choice]) -> list[float]:
    return [credit(each.side, each.pair) for each in choices]


def _rule_credits(choices: Sequence[Choice]) -> list[float]:
    return [credit(shorter(each.pair), each.pair) for each in choices]


def _kappa(choices: Sequence[Choice]) -> Interval | None:
    namings = [
        Naming(each.pair.task, right_place(each.pair, swapped=swapped), place)
        for each in choices
        for swapped, place in zip(each.orders, each.places, strict=True)
    ]
    table = Confusion.of("place", namings, _PLACES)
    return table.kappa if table else None


def _groups(choices: Sequence[Choice]) -> dict[str, Group]:
    sorted_in = {name: [each for each in choices if group_of(each.pair) == name] for name in GROUPS}
    return {
        name: Group(
            len(found),
            mean_score(found, _judge_credits(found)),
            mean_score(found, _rule_credits(found)),
        )
        for name, found in sorted_in.items()
        if found
    }


def _p_by_task(choices: Sequence[Choice]) -> float:
    """Sign flips over the sums of (judge - rule) of the tasks, in halves, on both sides."""
    halves: defaultdict[str, int] = defaultdict(int)
    for each, ours, theirs in zip(
        choices, _judge_credits(choices), _rule_credits(choices), strict=True
    ):
        halves[each.pair.task] += round(2 * (ours - theirs))
    sums = list(halves.values())
    return min(1.0, 2 * min(exact_p(sums), exact_p([-each for each in sums])))


def _logits(value: Interval) -> str:
    if value.bounds is None:
        return f"{value.mean:+.2f}"
    low, high = value.bounds
    return f"{value.mean:+.2f} [{low:+.2f}, {high:+.2f}]"
