"""The first lines of the page: what came out, how sure that is, and how far the run got."""

from dataclasses import dataclass

from markupsafe import Markup

from usersim_opt.basics.figures import Interval, many
from usersim_opt.measuring.evaluation import replies_each
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading
from usersim_opt.results.report import svg
from usersim_opt.results.report.wording import change, changes, moment, name, share, shares, tick


@dataclass(frozen=True)
class Headline:
    """The verdict in a line, what it rests on, and its figures as (name, value, detail)."""

    state: str
    """`shipped`, `kept` or `open`."""
    title: str
    lines: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    plot: Markup | None
    """The gain on an axis."""


def headline(reading: Reading) -> Headline:
    """The verdict of a finished run; of another one how far it got."""
    plot = _gain_plot(reading.gain.gain) if reading.gain.scenarios else None
    if not reading.finished:
        return Headline(
            "open",
            "Not finished",
            (_how_far(reading), *_proof(reading)),
            tuple(_figures(reading)),
            plot,
        )
    seed, best = (
        name(version.id) if version else "nothing" for version in (reading.seed, reading.finalist)
    )
    if not reading.found_better:
        lines: tuple[str, ...] = (
            "No candidate was accepted, so nothing else faced the smoke split.",
        )
        return Headline(
            "kept", f"The seed prompt stays ({seed})", lines, tuple(_figures(reading)), plot
        )
    if reading.shipped == reading.finalist:
        title = f"Shipped: {best}"
        return Headline(
            "shipped",
            title,
            (f"It takes the place of the seed prompt, {seed}.", *_proof(reading)),
            tuple(_figures(reading)),
            plot,
        )
    return Headline(
        "kept",
        f"Not shipped: {best}. The seed prompt stays",
        (f"{reading.ruling.reason[:400] if reading.ruling else 'not decided'}.", *_proof(reading)),
        tuple(_figures(reading)),
        plot,
    )


def _reason(reading: Reading) -> str:
    """Why the finalist was not shipped."""
    return reading.ruling.reason[:400] if reading.ruling else "nothing was decided"


def _how_far(reading: Reading) -> str:
    record = reading.record
    last = f"its last line is of {moment(record.last)}"
    if record.finished:
        return f"The smoke split is measured; the decision on it is not in the log; {last}."
    if not record.versions:
        return f"The run is under way or was broken off before its first version; {last}."
    if record.ended_by:
        return f"The search was ended by {record.ended_by}; the smoke split is under way or was broken off; {last}."
    done = reading.rounds[-1].number if reading.rounds else 0
    return f"The run is under way or was broken off in round {done}; {last}. Nothing has been proven yet; figures below are of the search."


def _proof(reading: Reading) -> list[str]:
    """On what the gain was measured, and what that is worth."""
    gain = reading.gain
    if not gain.scenarios:
        return []
    on = f"Measured on {many(gain.scenarios, 'held-out scenario')} of {many(gain.tasks, 'task')}, {replies_each(reading.best_outcomes)} (as many seeds)"
    worth = gain.worth
    by_task = changes(gain.by_task.low, gain.by_task.high)
    return [
        f"{on}, which no step of the search has seen.",
        f"{worth}."
        + (f" For new tasks (t interval over tasks): {by_task} points." if by_task else ""),
    ]


def _figures(reading: Reading) -> list[tuple[str, str, str]]:
    record = reading.record
    of = "smoke split" if reading.split == SMOKE else "search"
    found = []
    for title, outcomes in (
        ("Seed", reading.base_outcomes),
        (reading.rival.capitalize(), reading.best_outcomes),
    ):
        if (passed := pass_rate(outcomes)) is not None:
            found.append((f"{title}, {of}", share(passed.mean), shares(passed)))
    if reading.gain.scenarios:
        gain = reading.gain.gain
        found.append(("Gain, points", change(gain.mean), changes(gain.low, gain.high)))
    calls = sum(record.calls.values())
    rounds = record.rounds or len(reading.rounds)
    found.append(
        (
            "Rounds",
            f"{rounds:,}",
            f"{many(len(reading.incumbents) - 1, 'new incumbent')}" if reading.incumbents else "",
        )
    )
    found.append(("Calls", f"{calls:,}", f"{record.minutes:.1f} minutes"))
    return found


def _gain_plot(gain: Interval) -> Markup:
    scale = svg.around([gain], least=0.1)
    scale = svg.Scale(
        min(-0.05, (gain.low if gain.low is not None else gain.mean) - 0.03), scale.high
    )
    marks = [
        svg.words(tick(place), scale.at(place), 50, kind="tick middle") for place in scale.ticks(4)
    ]
    marks += [svg.upright(scale.at(place), top=6, bottom=34) for place in scale.ticks(4)]
    marks += [
        svg.upright(scale.at(0), top=0, bottom=36, kind="zero"),
        svg.estimate(scale, gain, 20, shape=svg.DIAMOND, kind="best large"),
    ]
    return svg.frame(
        marks, height=56, label=f"Gain {change(gain.mean)} points {changes(gain.low, gain.high)}"
    )
