"""Pass rates and gains without the judge's errors, by the card of the judge.

A grade has verdicts of code and verdicts of the judge, and only the latter are corrected. With c
passes by code, j passes and m verdicts by the judge, and n verdicts in all,

    corrected passes = c + (j + m (q0 - 1)) / J        rate = corrected passes / n

by cluster and in sum. Sampling errors are those of the raw figures: a rate has its t interval over
tasks, and never less than independent verdicts would have; a gain has the raw intervals over
scenarios and tasks, drawn out as the standard errors are. What the labels add comes on top
(correction.py).

Not covered: lost verdicts; error rates that differ by dimension where the mix of dimensions does.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.figures import Interval, percent
from usersim_opt.basics.levels import LEVEL, Z975, normal_quantile, t_quantile
from usersim_opt.basics.ratios import ratio, ratio_error
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.measuring.calibration.card import JudgeCard, why_too_weak
from usersim_opt.measuring.calibration.correction import Errors
from usersim_opt.measuring.outcome import Outcome, Verdict

Vector = NDArray[np.float64]
NOT_JUDGED = "no verdict here is the judge's"


@dataclass(frozen=True)
class Corrected:
    """A figure without the judge's errors, or why there is none."""

    value: Interval | None = None
    why: str = ""
    """Why it is not corrected; empty where it is."""
    apart: bool = False
    """Whether the errors were measured on the replies of each prompt apart."""

    @property
    def is_above_zero(self) -> bool:
        """Whether the interval lies above zero."""
        return self.value is not None and self.value.low is not None and self.value.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether the interval lies below zero."""
        return self.value is not None and self.value.high is not None and self.value.high < 0


@dataclass(frozen=True)
class Side:
    """The verdicts of one prompt by cluster."""

    passed: Vector
    """Passes by code."""
    judged_passed: Vector
    judged: Vector
    verdicts: Vector
    """All that are scored."""

    def corrected(self, errors: Errors) -> Vector:
        """True passes by cluster, as far as the judge tells."""
        seen = self.judged_passed + self.judged * (errors.specificity - 1)
        true: Vector = self.passed + seen / errors.strength
        return true

    def judged_rate(self, errors: Errors) -> float:
        """The corrected share of passes among the judged verdicts, 0 to 1."""
        if not self.judged.sum():
            return 0.0
        return float(np.clip(errors.corrected(ratio(self.judged_passed, self.judged)), 0, 1))

    @property
    def share_judged(self) -> float:
        """Judged verdicts / all verdicts."""
        return ratio(self.judged, self.verdicts)


# -- a rate ----------------------------------------------------------------------------------------


def corrected_rate(outcomes: Iterable[Outcome], card: JudgeCard, names: Iterable[str]) -> Corrected:
    """The pass rate of a prompt without the judge's errors, 0 to 1, with a 95 % interval.

    `names` are those by which the prompt may stand in the card, where it has errors of its own.
    """
    found = [outcome for outcome in outcomes if outcome.scored]
    side = side_of(found, lambda outcome: outcome.task_id)
    own = card.of_prompt(names)
    counts = own if own is not None and not why_too_weak(own) else card.counts
    if why := _why_not(side, why_too_weak(counts)):
        return Corrected(why=why)
    return Corrected(rate_of(side, counts.errors), apart=counts is own)


def _why_not(side: Side, too_weak: str) -> str:
    return too_weak if side.judged.sum() else NOT_JUDGED


def rate_of(side: Side, errors: Errors) -> Interval:
    """The corrected rate of verdicts by task."""
    true = side.corrected(errors)
    mean = float(np.clip(ratio(true, side.verdicts), 0, 1))
    if len(true) < 2:
        return Interval(mean, None, None)
    of_tasks = t_quantile(LEVEL, len(true) - 1) * ratio_error(true, side.verdicts)
    of_verdicts = side.share_judged * _independent(side) / float(errors.strength)
    of_labels = side.share_judged * errors.label_error(side.judged_rate(errors))
    half = float(np.hypot(max(of_tasks, of_verdicts), Z975 * of_labels))
    return Interval(mean, mean - half, mean + half).within(0.0, 1.0)


def _independent(side: Side) -> float:
    """The half width of the judged share if verdicts were independent (Agresti and Coull 1998)."""
    number = float(side.judged.sum()) + Z975**2
    share = (float(side.judged_passed.sum()) + Z975**2 / 2) / number
    return float(Z975 * np.sqrt(share * (1 - share) / number))


# -- a gain ----------------------------------------------------------------------------------------


def corrected_gain(
    old: Sequence[Outcome],
    new: Sequence[Outcome],
    raw: PairedDifference,
    *,
    card: JudgeCard,
    names: tuple[Iterable[str], Iterable[str]],
) -> Corrected:
    """The gain of new over old without the judge's errors, -1 to 1, at the level of the raw one.

    `names` are those by which each prompt may stand in the card. Where it has errors on the replies
    of both, these are taken: a judge may be kinder to the manner of one of them. Else the errors
    are taken to be the same.
    """
    pairs = _common(old, new)
    own = [card.of_prompt(each) for each in names]
    usable = [counts for counts in own if counts is not None and not why_too_weak(counts)]
    counts = usable if len(usable) == 2 else [card.counts]
    sides = [_sides(pairs, cluster) for cluster in (_scenario, _task)]
    judged = sum(float(side.judged.sum()) for side in sides[0])
    if why := NOT_JUDGED if not judged else why_too_weak(counts[0]):
        return Corrected(why=why)
    errors = (counts[0].errors, counts[-1].errors)
    is_apart = len(counts) == 2
    return Corrected(gain_of(sides[0], sides[1], raw, errors, apart=is_apart), apart=is_apart)


def gain_of(
    by_scenario: tuple[Side, Side],
    by_task: tuple[Side, Side],
    raw: PairedDifference,
    errors: tuple[Errors, Errors],
    *,
    apart: bool,
) -> Interval:
    """The corrected gain of paired verdicts, on each side with the wider half of both intervals.

    `errors` are those on the old and on the new prompt's replies; where they are not measured
    apart, both are the same and their uncertainty is shared.
    """
    mean = ratio(_difference(by_scenario, errors), by_scenario[0].verdicts)
    widths = [
        _half_widths(interval, _stretch(sides, errors))
        for interval, sides in ((raw.gain, by_scenario), (raw.by_task, by_task))
        if interval.bounds is not None
    ]
    if not widths:
        return Interval(mean, None, None)
    of_labels = normal_quantile(raw.level) * _label_error(by_scenario, errors, apart=apart)
    below, above = (float(np.hypot(max(halves), of_labels)) for halves in zip(*widths, strict=True))
    return Interval(mean, mean - below, mean + above)


def _half_widths(interval: Interval, stretch: float) -> tuple[float, float]:
    low, high = interval.bounds or (interval.mean, interval.mean)
    return stretch * (interval.mean - low), stretch * (high - interval.mean)


def _difference(sides: tuple[Side, Side], errors: tuple[Errors, Errors]) -> Vector:
    """Corrected passes by cluster, new less old."""
    old, new = sides
    return new.corrected(errors[1]) - old.corrected(errors[0])


def _stretch(sides: tuple[Side, Side], errors: tuple[Errors, Errors]) -> float:
    """How many times as large the standard error is as that of the raw gain."""
    old, new = sides
    raw = new.passed + new.judged_passed - old.passed - old.judged_passed
    most = 1 / min(float(each.strength) for each in errors)
    error = ratio_error(raw, new.verdicts) if len(raw) > 1 else 0.0
    if not error:
        return most
    return ratio_error(_difference(sides, errors), new.verdicts) / error


def _label_error(sides: tuple[Side, Side], errors: tuple[Errors, Errors], *, apart: bool) -> float:
    """What the errors of the labels add to the standard error of the gain."""
    number = float(sides[0].verdicts.sum())
    judged = [float(side.judged.sum()) / number for side in sides]
    rates = [side.judged_rate(each) for side, each in zip(sides, errors, strict=True)]
    true = [rate * share for rate, share in zip(rates, judged, strict=True)]
    if apart:
        of_old, of_new = (
            float(each.label_error(passes, of))
            for each, passes, of in zip(errors, true, judged, strict=True)
        )
        return float(np.hypot(of_old, of_new))
    return float(errors[0].label_error(true[1] - true[0], judged[1] - judged[0]))


# -- verdicts as counts ----------------------------------------------------------------------------

_Verdicts = dict[str, Verdict]
_Row = tuple[str, _Verdicts]


def side_of(outcomes: Iterable[Outcome], cluster: Callable[[Outcome], str]) -> Side:
    """The scored verdicts of some outcomes by cluster."""
    return _side(
        [(cluster(each), {v.criterion: v for v in each.scored_verdicts}) for each in outcomes]
    )


def _side(rows: Iterable[_Row]) -> Side:
    counts: dict[str, Vector] = defaultdict(lambda: np.zeros(4))
    for name, verdicts in rows:
        for verdict in verdicts.values():
            by_judge, passed = verdict.judged, verdict.passed
            counts[name] += (passed and not by_judge, passed and by_judge, by_judge, 1)
    columns = np.array(list(counts.values())).T if counts else np.zeros((4, 0))
    return Side(*columns)


@dataclass(frozen=True)
class _Pair:
    """The verdicts that both prompts have on one reply each."""

    scenario: str
    old: _Verdicts
    new: _Verdicts


def _common(old: Iterable[Outcome], new: Iterable[Outcome]) -> list[_Pair]:
    """The replies to the same jobs, with the criteria that are scored on both sides."""
    before = {(each.scenario, each.repeat): _scored(each) for each in old}
    pairs = []
    for outcome in new:
        ours, theirs = _scored(outcome), before.get((outcome.scenario, outcome.repeat), {})
        names = [name for name in ours if name in theirs]
        left = {name: theirs[name] for name in names}
        pairs.append(_Pair(outcome.scenario, left, {name: ours[name] for name in names}))
    return [pair for pair in pairs if pair.new]


def _scored(outcome: Outcome) -> _Verdicts:
    return {verdict.criterion: verdict for verdict in outcome.scored_verdicts}


def _scenario(pair: _Pair) -> str:
    return pair.scenario


def _task(pair: _Pair) -> str:
    return pair.scenario.partition(".")[0]


def _sides(pairs: Sequence[_Pair], cluster: Callable[[_Pair], str]) -> tuple[Side, Side]:
    return (
        _side([(cluster(pair), pair.old) for pair in pairs]),
        _side([(cluster(pair), pair.new) for pair in pairs]),
    )


# -- in words --------------------------------------------------------------------------------------


def rate_line(found: Corrected, raw: Interval | None) -> str:
    """A corrected rate beside the raw one, or why it is not corrected."""
    if found.value is None:
        return f"Not corrected for the judge's errors: {found.why}."
    return f"Without the judge's errors: {percent(found.value)} (as judged {percent(raw)})."


def gain_lines(found: Corrected, raw: PairedDifference) -> list[str]:
    """A corrected gain, or why it is not corrected, and whether the verdict hangs on the judge."""
    if found.value is None:
        hangs = (raw.proven or raw.worse) and found.why != NOT_JUDGED
        lines = [f"Not corrected for the judge's errors: {found.why}."]
        return [*lines, "The verdict hangs on the judge."] if hangs else lines
    how = "measured on the replies of each prompt" if found.apart else "taken to be alike for both"
    lines = [f"Without the judge's errors, {how}: gain {found.value}."]
    for side, is_told, holds in (
        ("better", raw.proven, found.is_above_zero),
        ("worse", raw.worse, found.is_below_zero),
    ):
        if is_told and not holds:
            lines.append(
                f"The verdict hangs on the judge: {side} as judged, not without its errors."
            )
    return lines
