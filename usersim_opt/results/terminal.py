"""A run in the terminal: where it is, what it has cost, what it decided; drawn anew as the record grows.

    runs/airline                                                  running for 3 min
    round 12   calls 955 of 1,500  [###################-----------] 63 %   2 s ago
    ...

`screen` is a pure function of the record; everything in it that came from a model or a file is made visible first, so no
text can move the cursor or colour the terminal. Nothing in the run folder is written or locked.

Not covered: steering a run. Stop it with Ctrl-C where it runs; it can be resumed.
"""

import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import TextIO

from usersim_opt.basics.figures import OFFLINE_NOTE, points
from usersim_opt.basics.text import visible
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.attribution import Attribution
from usersim_opt.results.journal import FILE
from usersim_opt.results.lock import held_by
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.results.result import OptimizationResult

Size = Callable[[], tuple[int, int]]
_BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_BAR = 30
_BEST, _WORST = 3, 2
_FEWEST_DECISIONS = 3
_CUT_OFF = "the last line was cut off"


def screen(
    record: RunRecord,
    attribution: Attribution | None,
    *,
    held: str,
    width: int,
    height: int,
    now: float,
) -> str:
    """What is shown: at most `height` lines of at most `width` columns; `held` says who works in the folder, `now` is in seconds."""
    head = [
        *_state(record, held, now),
        *_costs(record),
        "",
        *_rates(record, width),
        *_incumbent(record),
    ]
    verdict = _verdict(record)
    problems = [
        f"not readable: {problem}"
        for problem in record.problems
        if not (held and problem.startswith(_CUT_OFF))
    ][:3]
    foot = [
        line
        for part in (problems, verdict, [OFFLINE_NOTE] if record.offline else [])
        if part
        for line in ("", *_wrapped(part, width))
    ]
    room = height - len(head) - len(foot)
    pieces = _pieces(attribution) if room >= _FEWEST_DECISIONS + 4 else []
    decisions = _decisions(record, room - len(pieces) - 2)
    return "\n".join(fit(line, width) for line in [*head, *decisions, *pieces, *foot][:height])


def follow(
    folder: Path,
    *,
    every: float,
    out: TextIO,
    size: Size,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Draw the run in place every so many seconds until it is finished or Ctrl-C; JournalError for a folder without a run.

    The record is read again only when its file has changed, and the pieces are weighed anew once a round.
    """
    shown = _views(folder, size)
    frame = next(shown)
    out.write("\x1b[?25l\x1b[2J")
    try:
        while True:
            done, text = frame
            out.write("\x1b[H" + text.replace("\n", "\x1b[K\n") + "\x1b[K\x1b[J")
            out.flush()
            if done:
                break
            sleep(every)
            frame = next(shown)
    except KeyboardInterrupt:
        pass
    finally:
        out.write("\x1b[?25h\n")
        out.flush()


def once(folder: Path, *, size: Size) -> str:
    """The run as it is now; JournalError for a folder without a run."""
    return next(_views(folder, size))[1]


def _views(folder: Path, size: Size) -> Iterator[tuple[bool, str]]:
    """The run again and again: whether it is finished, and its screen."""
    read_at: tuple[int, int] | None = None
    weighed_at = -1
    record, attribution = None, None
    while True:
        stamp = _stamp(folder)
        if record is None or stamp != read_at:
            read_at, record = stamp, read_record(folder)
            if record.finished or weighed_at != Reading(record).last_round:
                weighed_at, attribution = Reading(record).last_round, Reading(record).worths
        width, height = size()
        yield (
            record.finished,
            screen(
                record,
                attribution,
                held=held_by(folder),
                width=width,
                height=height,
                now=time.time(),
            ),
        )


def _stamp(folder: Path) -> tuple[int, int] | None:
    """What changes when the record grows."""
    try:
        told = (folder / FILE).stat()
    except OSError:
        return None
    return told.st_size, told.st_mtime_ns


def fit(line: str, width: int) -> str:
    """One line that a terminal shows as it stands, cut to its columns; wide characters count twice, combining ones not at all."""
    shown = visible(line, keep="")
    if sum(map(_columns, shown)) <= width:
        return shown
    taken, kept = 0, ""
    for character in shown:
        taken += _columns(character)
        if taken > width - 1:
            break
        kept += character
    return (kept + "\u2026")[: max(0, width)]


def _wrapped(lines: Sequence[str], width: int) -> list[str]:
    """Lines that are to be read to their end, over as many lines as it takes."""
    return [
        part
        for line in lines
        for part in wrap(visible(line, keep=""), max(1, width), break_on_hyphens=False) or [""]
    ]


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _state(record: RunRecord, held: str, now: float) -> list[str]:
    worked = _span(60 * record.minutes)
    if record.finished:
        state = f"finished after {worked} of work"
    elif held:
        state = f"running, {worked} of work so far, last line {_since(record, now)}, {held}"
    else:
        state = f"broken off after {worked} of work, last line {_since(record, now)}; the command that began it goes on with --resume"
    return [str(record.folder), state, ""]


def _costs(record: RunRecord) -> list[str]:
    """Round, calls against the budget, what they were spent on."""
    calls, most = sum(record.calls.values()), record.inputs.get("max_calls")
    spent = f"calls {calls:,}"
    if isinstance(most, int) and most > 0:
        full = min(_BAR, _BAR * calls // most)
        spent = f"calls {calls:,} of {most:,}  [{'#' * full}{'-' * (_BAR - full)}] {100 * calls / most:.0f} %"
    roles = "   ".join(f"{role} {n:,}" for role, n in record.calls.items())
    errors = sum(outcome.status == "error" for outcome in record.outcomes)
    unscored = sum(outcome.status == "unscored" for outcome in record.outcomes)
    return [
        f"round {Reading(record).last_round}   {spent}",
        f"{roles}   tokens {sum(record.tokens.values()):,}   errors {errors}   unscored {unscored}",
    ]


def _since(record: RunRecord, now: float) -> str:
    try:
        return f"{_span(max(0.0, now - datetime.fromisoformat(record.last).timestamp()))} ago"
    except (ValueError, OverflowError):
        return "at an unknown time"


def _span(seconds: float) -> str:
    """A time as a person says it."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return (
                f"{seconds / size:.1f} {unit}"
                if seconds < 10 * size
                else f"{seconds / size:.0f} {unit}"
            )
    return f"{seconds:.0f} s"


def _rates(record: RunRecord, width: int) -> list[str]:
    """A line of blocks, one per round, from the lowest to the highest pass rate shown."""
    found = [rate.mean for step in Reading(record).rounds if (rate := pass_rate(step.outcomes))]
    kept = found[-max(1, width - 46) :]
    if not kept:
        return ["pass rate by round: nothing has been scored yet"]
    low, high = min(kept), max(kept)
    blocks = "".join(
        _BLOCKS[round((rate - low) / (high - low or 1.0) * (len(_BLOCKS) - 1))] for rate in kept
    )
    return [
        f"pass rate by round  {blocks}  {100 * low:.0f} to {100 * high:.0f} %, last {100 * kept[-1]:.0f} %"
    ]


def _incumbent(record: RunRecord) -> list[str]:
    steps = Reading(record).promotions
    if not steps:
        return ["no version has been made yet"]
    held = record.versions[steps[-1].version]
    since = (
        f", since round {steps[-1].round}: {steps[-1].decision.reason}"
        if steps[-1].decision
        else ", the seed"
    )
    return [f"incumbent {held.id}, {len(held.text):,} characters{since}"]


def _decisions(record: RunRecord, most: int) -> list[str]:
    """The last rulings, the newest first, under their head; empty where there is no room."""
    if most < 1 or not record.decisions:
        return []
    last = list(record.decisions)[: -most - 1 : -1]
    rows = [
        f"  {d.stage:<16} {d.candidate:<6} {'yes' if d.accepted else 'no ':<4} {d.reason}"
        for d in last
    ]
    return ["", f"decisions, the last of {len(record.decisions)} first", *rows]


def _pieces(attribution: Attribution | None) -> list[str]:
    """The pieces that are worth most and least so far, in points with their intervals."""
    found = attribution.pieces if attribution else ()
    if not found:
        return []
    chosen = [*found[:_BEST], *found[_BEST:][-_WORST:]]
    rows = []
    for piece in chosen:
        low, high = piece.effect.low, piece.effect.high
        bounds = (
            f"[{points(low):>5}, {points(high):>5}]" if low is not None and high is not None else ""
        )
        rows.append(f"  {points(piece.effect.mean):>5} {bounds}  {piece.words}")
    return ["", f"worth in points: the best and the least of {len(found)} pieces", *rows]


def _verdict(record: RunRecord) -> Sequence[str]:
    """What the smoke split said, as far as it can be read."""
    if not record.finished:
        return (
            [f"the search was ended by {record.ended_by}; the smoke split is being measured"]
            if record.ended_by
            else []
        )
    result = OptimizationResult(replace(record, outcomes=Reading(record).readable))
    if record.seed is None or not result.record.of_stage(SMOKE):
        return ["the smoke split is measured, but its replies cannot be read"]
    if result.finalist.id != result.seed.id and not any(
        decision.stage == SMOKE for decision in record.decisions
    ):
        return ["the smoke split is measured; the ruling is not recorded yet"]
    return result.verdict.split("\n")
