"""The first lines of the page: what came out, how sure that is, and how far the run got."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from usersim_opt.basics.figures import Interval, many
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.measuring.comparison import judge_lines
from usersim_opt.measuring.evaluation import replies_each
from usersim_opt.measuring.outcome import JudgedVerdicts
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import (
    change,
    changes,
    clip,
    gain,
    moment,
    name,
    share,
    shares,
)
from usersim_opt.results.versions import Version

MOST_OF_AN_END = 200
"""Characters of what ended a search."""


class Figure(NamedTuple):
    """One large figure, with what stands above and below it."""

    name: str
    value: str
    detail: str


@dataclass(frozen=True)
class Headline:
    """The verdict in a line, what it rests on, and its figures."""

    state: str
    """`shipped`, `kept` or `open`: its class on the page."""
    title: str
    lines: tuple[str, ...]
    figures: tuple[Figure, ...]
    plot: Markup | None
    """The gain on an axis."""


@dataclass(frozen=True)
class _Verdict:
    """What came out, in words."""

    state: str
    title: str
    lines: tuple[str, ...]


def headline(reading: Reading) -> Headline:
    """The verdict of a finished run; of another one how far it got."""
    verdict = _verdict(reading)
    plot = _gain_plot(reading.gain.gain) if reading.gain.scenarios else None
    figures = tuple(_figures(reading))
    told = (*_use(reading), *_missing(reading), *_judge(reading), *_outlook(reading))
    lines = (*verdict.lines, *told)
    return Headline(verdict.state, verdict.title, lines, figures, plot)


def _use(reading: Reading) -> list[str]:
    """Which use of the smoke split it is, where that is counted."""
    use = reading.record.use
    return [use.sentence] if use else []


def _judge(reading: Reading) -> list[str]:
    """How far the judge is known, and what is left without its errors."""
    seed, finalist = reading.seed, reading.finalist
    if not reading.finished or reading.record.stopped or seed is None or finalist is None:
        return []
    if not reading.found_better:
        return reading.evaluation(seed).judge_lines
    return judge_lines(reading.evaluation(seed), reading.evaluation(finalist), reading.gain)


def _outlook(reading: Reading) -> list[str]:
    """What was told before the search, beside the verdict on it; a run that stopped tells more."""
    outlook = reading.record.outlook
    if outlook is None or reading.record.stopped:
        return []
    return [f"Before the search: {line}" for line in outlook.lines]


def _verdict(reading: Reading) -> _Verdict:
    if not reading.finished:
        return _not_finished(reading)
    if reading.record.stopped:
        return _stopped(reading)
    if not reading.found_better:
        return _seed_alone(reading)
    return _shipped(reading) if reading.shipped == reading.finalist else _not_shipped(reading)


def _not_finished(reading: Reading) -> _Verdict:
    return _Verdict("open", "Not finished", (_how_far(reading), *_proof(reading)))


def _seed_alone(reading: Reading) -> _Verdict:
    why = "No candidate was accepted, so nothing else faced the smoke split."
    return _Verdict("kept", f"The seed prompt stays ({_id(reading.seed)})", (why,))


def _stopped(reading: Reading) -> _Verdict:
    outlook = reading.record.outlook
    lines = (*outlook.lines, *outlook.advice) if outlook else ()
    return _Verdict("kept", f"Stopped at the ceiling: the seed stays ({_id(reading.seed)})", lines)


def _shipped(reading: Reading) -> _Verdict:
    place = f"It takes the place of the seed prompt, {_id(reading.seed)}."
    title = f"Shipped: {_id(reading.finalist)}"
    return _Verdict("shipped", title, (place, *_proof(reading)))


def _not_shipped(reading: Reading) -> _Verdict:
    title = f"Not shipped: {_id(reading.finalist)}. The seed prompt stays"
    return _Verdict("kept", title, (_why_not(reading), *_proof(reading)))


def _id(version: Version | None) -> str:
    return name(version.id) if version else "nothing"


def _why_not(reading: Reading) -> str:
    """Why the finalist was not shipped."""
    reason = reading.ruling.reason[:400] if reading.ruling else "not decided"
    return f"{reason}."


def _how_far(reading: Reading) -> str:
    """Where a run stands that is not finished."""
    record = reading.record
    last = f"its last line is of {moment(record.last)}"
    under_way = "is under way or was broken off"
    if record.finished:
        return f"The smoke split is measured; the decision on it is not in the log; {last}."
    if not record.versions:
        return f"The run {under_way} before its first version; {last}."
    if record.ended_by:
        ended = f"The search was ended by {clip(record.ended_by, MOST_OF_AN_END)}"
        return f"{ended}; the smoke split {under_way}; {last}."
    unproven = "Nothing has been proven yet; figures below are of the search."
    return f"The run {under_way} in round {reading.last_round}; {last}. {unproven}"


def _proof(reading: Reading) -> Iterator[str]:
    """On what the gain was measured, and what that is worth."""
    difference = reading.gain
    if not difference.scenarios:
        return
    scenarios = many(difference.scenarios, "held-out scenario")
    tasks = many(difference.tasks, "task")
    replies = f"{replies_each(reading.best_outcomes)} (as many seeds)"
    yield (f"Measured on {scenarios} of {tasks}, {replies}, which no step of the search has seen.")
    yield f"{difference.worth}.{_for_new_tasks(difference)}"


def _for_new_tasks(difference: PairedDifference) -> str:
    """What is to be expected on other tasks; empty where there are too few to say."""
    bounds = changes(difference.by_task.low, difference.by_task.high)
    return f" For new tasks ({difference.task_method}): {bounds} points." if bounds else ""


def _missing(reading: Reading) -> Iterator[str]:
    """What the judge did not decide of the replies behind the figures."""
    sides = {"Seed": reading.base_outcomes, reading.rival.capitalize(): reading.best_outcomes}
    for side, outcomes in sides.items():
        warning = JudgedVerdicts.of(outcomes).warning
        if warning:
            yield f"{side}: {warning}."


def _figures(reading: Reading) -> Iterator[Figure]:
    """Pass rates, gain, rounds and calls, as far as there are any."""
    yield from _pass_rates(reading)
    if reading.gain.scenarios:
        yield _gain(reading.gain)
    yield _rounds(reading)
    yield _calls(reading.record)


def _pass_rates(reading: Reading) -> Iterator[Figure]:
    """Of the seed and of its rival."""
    split = "smoke split" if reading.split == SMOKE else "search"
    sides = {"Seed": reading.base_outcomes, reading.rival.capitalize(): reading.best_outcomes}
    for side, outcomes in sides.items():
        rate = pass_rate(outcomes)
        if rate is not None:
            yield Figure(f"{side}, {split}", share(rate.mean), shares(rate))


def _gain(difference: PairedDifference) -> Figure:
    """What is to be expected, and what was measured; the same unless the gain is proven."""
    measured = difference.gain
    bounds = changes(measured.low, measured.high)
    if not difference.proven:
        return Figure("Gain, points", change(measured.mean), bounds)
    details = f"measured {change(measured.mean)}, {bounds}"
    return Figure("Expected gain, points", change(difference.expected), details)


def _calls(record: RunRecord) -> Figure:
    calls = sum(record.calls.values())
    return Figure("Calls", f"{calls:,}", f"{record.minutes:.1f} minutes")


def _rounds(reading: Reading) -> Figure:
    """Of an unfinished search those so far."""
    number = reading.record.rounds or len(reading.rounds)
    incumbents = many(len(reading.incumbents) - 1, "new incumbent") if reading.incumbents else ""
    return Figure("Rounds", f"{number:,}", incumbents)


def _gain_plot(difference: Interval) -> Markup:
    """The gain beside zero."""
    scale = _scale_of_gain(difference)
    lines = [svg.upright(scale.at(place), top=6, bottom=34) for place in scale.ticks(4)]
    zero = svg.upright(scale.at(0), top=0, bottom=36, kind="zero")
    mark = svg.estimate(scale, difference, 20, shape=svg.DIAMOND, kind="best large")
    marks = [*svg.ticks_of_points(scale, y=50, least=4), *lines, zero, mark]
    return svg.frame(marks, height=56, label=f"Gain {gain(difference)}")


def _scale_of_gain(difference: Interval) -> svg.Scale:
    """Most gains are above zero, so the left side reaches no further than it must."""
    lowest = difference.mean if difference.low is None else difference.low
    return svg.Scale(min(-0.05, lowest - 0.03), svg.around([difference], least=0.1).high)
