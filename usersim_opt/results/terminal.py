"""A run in the terminal: where it is, what it has cost, what it decided; drawn as the record grows.

    runs/airline                                                  running for 3 min
    round 12   calls 955 of 1,500  [###################-----------] 63 %   2 s ago
    ...

`screen` is a pure function of the record. All text in it that came from a model or a file is made
visible first, so none can move the cursor or colour the terminal. Nothing in the run folder is
written or locked.

Not covered: steering a run. Stop it with Ctrl-C where it runs; it can be resumed.
"""

import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import wrap
from typing import TextIO

from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, points
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import visible
from usersim_opt.measuring.broken_guards import BrokenGuards
from usersim_opt.measuring.outcome import JudgedVerdicts
from usersim_opt.measuring.pairs import pass_rate
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.attribution import Attribution, PieceWorth
from usersim_opt.results.journal import CUT_OFF, FILE
from usersim_opt.results.lock import held_by
from usersim_opt.results.log import moment
from usersim_opt.results.reading import Reading
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.results.result import OptimizationResult
from usersim_opt.results.versions import Decision

Size = Callable[[], tuple[int, int]]
"""Gives columns and lines of the terminal."""
_BLOCKS = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_BESIDE_BLOCKS = 46
"""Columns of the line of pass rates that its words take."""
_BAR = 30
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
"""Seconds of the units of time, the longest first."""
_BEST, _WORST = 3, 2
_FEWEST_DECISIONS = 3
_MOST_PROBLEMS = 3
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_CLEAR, _HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[2J", "\x1b[H", "\x1b[K", "\x1b[J"
_NEXT_LINE = f"{_REST_OF_LINE}\n"


def screen(
    record: RunRecord,
    attribution: Attribution | None,
    *,
    held: str,
    width: int,
    height: int,
    now: float,
) -> str:
    """The run as text of at most `height` lines of at most `width` columns.

    `held` says who works in the folder, empty if nobody does; `now` is in seconds.
    """
    reading = Reading(record)
    head = [
        *_state(record, held, now),
        *_costs(reading),
        "",
        *_rates(reading, width),
        _incumbent(reading),
    ]
    foot = list(_foot(reading, held, width))
    room = height - len(head) - len(foot)
    # Decisions are the news; the pieces are there only where some of those fit beside them.
    pieces = _pieces(attribution) if room >= _FEWEST_DECISIONS + 4 else []
    decisions = _decisions(record, room - len(pieces) - 2)
    lines = [*head, *decisions, *pieces, *foot]
    return "\n".join(fit(line, width) for line in lines[:height])


def _foot(reading: Reading, held: str, width: int) -> Iterator[str]:
    """What has to be read to its end, an empty line before each paragraph."""
    for paragraph in _paragraphs(reading, held):
        if paragraph:
            yield ""
            yield from _wrapped(paragraph, width)


def _paragraphs(reading: Reading, held: str) -> Iterator[list[str]]:
    """Problems, graders, missing verdicts, broken guards, verdict, the note on stand-ins."""
    yield _problems(reading.record, held)
    yield list(reading.record.graders)
    yield _missing(reading.record)
    yield _broken(reading.record)
    yield _verdict(reading)
    yield [OFFLINE_NOTE] if reading.record.offline else []


def _problems(record: RunRecord, held: str) -> list[str]:
    """What could not be read; a torn last line is none while somebody is writing it."""
    problems = [f"not readable: {p}" for p in record.problems if not (held and p == CUT_OFF)]
    return problems[:_MOST_PROBLEMS]


def _missing(record: RunRecord) -> list[str]:
    """How much of the whole run the judge did not decide; empty where it decided all."""
    warning = JudgedVerdicts.of(record.outcomes).warning
    return [f"{warning}, in the whole run"] if warning else []


def _broken(record: RunRecord) -> list[str]:
    """How many replies of the whole run broke guards, and which; empty where none did."""
    guards = BrokenGuards.of(record.outcomes, record.scenarios)
    worst = sorted(guards.names, key=lambda name: -guards.by_guard[name].broken)
    named = [f"{name} {guards.by_guard[name].broken:,}" for name in worst]
    return [f"{guards.sentence}, in the whole run: {some(named)}"] if named else []


def follow(
    folder: Path,
    *,
    every: float,
    out: TextIO,
    size: Size,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Draw the run in place every so many seconds until it is finished or Ctrl-C.

    The record is read again only when its file has changed, and the pieces are weighed anew once a
    round. JournalError for a folder without a run.
    """
    frames = _frames(folder, size)
    frame = next(frames)
    out.write(_HIDE_CURSOR + _CLEAR)
    try:
        _draw(frame.text, out)
        while not frame.finished:
            sleep(every)
            frame = next(frames)
            _draw(frame.text, out)
    except KeyboardInterrupt:
        pass
    finally:
        out.write(f"{_SHOW_CURSOR}\n")
        out.flush()


def _draw(text: str, out: TextIO) -> None:
    """Write over the screen; clearing it first would let it flicker."""
    lines = text.replace("\n", _NEXT_LINE)
    out.write(_HOME + lines + _REST_OF_LINE + _REST_OF_SCREEN)
    out.flush()


def once(folder: Path, *, size: Size) -> str:
    """The run as it is now; JournalError for a folder without a run."""
    return next(_frames(folder, size)).text


@dataclass(frozen=True)
class _Frame:
    """One look at a run."""

    text: str
    finished: bool


def _frames(folder: Path, size: Size) -> Iterator[_Frame]:
    """The run again and again, as it is at each call."""
    read_at: tuple[int, int] | None = None
    weighed_at: int | None = None
    record, attribution = None, None
    while True:
        stamp = _stamp(folder)
        if record is None or stamp != read_at:
            read_at, record = stamp, read_record(folder)
            reading = Reading(record)
            # Weighing takes a while; what a few more replies say of a piece can wait for the round.
            if record.finished or weighed_at != reading.last_round:
                weighed_at, attribution = reading.last_round, reading.worths
        width, height = size()
        text = screen(
            record, attribution, held=held_by(folder), width=width, height=height, now=time.time()
        )
        yield _Frame(text, record.finished)


def _stamp(folder: Path) -> tuple[int, int] | None:
    """Size and time of the log, which change when it grows."""
    try:
        state = (folder / FILE).stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def fit(line: str, width: int) -> str:
    """One line that a terminal shows as it stands, cut to its columns.

    Wide characters count twice, combining ones not at all.
    """
    line = visible(line, keep="")
    if sum(map(_columns, line)) <= width:
        return line
    taken, cut = 0, ""
    for character in line:
        taken += _columns(character)
        if taken > width - 1:
            break
        cut += character
    return f"{cut}\u2026"[: max(0, width)]


def _wrapped(lines: Sequence[str], width: int) -> list[str]:
    """Lines that are to be read to their end, over as many lines as it takes."""
    return [part for line in lines for part in _parts(line, width)]


def _parts(line: str, width: int) -> list[str]:
    return wrap(visible(line, keep=""), max(1, width), break_on_hyphens=False) or [""]


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _state(record: RunRecord, held: str, now: float) -> list[str]:
    """The folder, and whether somebody works in it."""
    worked, last = _span(60 * record.minutes), f"last line {_since(record, now)}"
    if record.finished:
        state = f"finished after {worked} of work"
    elif held:
        state = f"running, {worked} of work so far, {last}, {held}"
    else:
        go_on = "the command that began it goes on with --resume"
        state = f"broken off after {worked} of work, {last}; {go_on}"
    return [str(record.folder), state, ""]


def _costs(reading: Reading) -> list[str]:
    """Round, calls against the budget, what they were spent on."""
    record = reading.record
    statuses = Counter(outcome.status for outcome in record.outcomes)
    roles = "   ".join(f"{role} {n:,}" for role, n in record.calls.items())
    failures = f"errors {statuses['error']}   unscored {statuses['unscored']}"
    return [
        f"round {reading.last_round}   {_budget(record)}",
        f"{roles}   {failures}",
        *_tokens(record),
    ]


def _tokens(record: RunRecord) -> list[str]:
    """Tokens by role and the money that they cost."""
    spent = {role: number for role, number in record.tokens.items() if number}
    by_role = [f"{role} {_parted(n, record.written.get(role))}" for role, n in spent.items()]
    together = f"tokens {sum(spent.values()):,}   {record.money}"
    return [together, f"read + written: {'   '.join(by_role)}"] if spent else ["tokens 0"]


def _parted(tokens: int, written: int | None) -> str:
    """`137k + 14k`, or the tokens together where they are not told apart."""
    parts = [tokens] if written is None else [tokens - written, written]
    return " + ".join(f"{part / 1000:,.0f}k" if part >= 10_000 else f"{part:,}" for part in parts)


def _budget(record: RunRecord) -> str:
    calls, most = sum(record.calls.values()), record.inputs.get("max_calls")
    if not isinstance(most, int) or most <= 0:
        return f"calls {calls:,}"
    full = min(_BAR, _BAR * calls // most)
    bar = "#" * full + "-" * (_BAR - full)
    return f"calls {calls:,} of {most:,}  [{bar}] {100 * calls / most:.0f} %"


def _since(record: RunRecord, now: float) -> str:
    """How long ago the last line of the log was written."""
    last = moment(record.last)
    if last is None:
        return "at an unknown time"
    # Clocks of two hosts differ: a line of the future was written just now.
    return f"{_span(max(0.0, now - last))} ago"


def _span(seconds: float) -> str:
    """A time as a person says it."""
    for size, unit in _UNITS:
        if seconds >= size:
            digits = 1 if seconds < 10 * size else 0
            return f"{seconds / size:.{digits}f} {unit}"
    return f"{seconds:.0f} s"


def _rates(reading: Reading, width: int) -> list[str]:
    """A line of blocks, one per round, from the lowest to the highest pass rate of the line."""
    by_round = [pass_rate(step.outcomes) for step in reading.rounds]
    rates = [rate.mean for rate in by_round if rate is not None]
    last = rates[-max(1, width - _BESIDE_BLOCKS) :]
    if not last:
        return ["pass rate by round: nothing has been scored yet"]
    low, high = min(last), max(last)
    blocks = "".join(_block(rate, low, high) for rate in last)
    span = f"{100 * low:.0f} to {100 * high:.0f} %"
    return [f"pass rate by round  {blocks}  {span}, last {100 * last[-1]:.0f} %"]


def _block(rate: float, low: float, high: float) -> str:
    height = (rate - low) / (high - low or 1.0)
    return _BLOCKS[round(height * (len(_BLOCKS) - 1))]


def _incumbent(reading: Reading) -> str:
    if not reading.promotions:
        return "no version has been made yet"
    last = reading.promotions[-1]
    version = reading.record.versions[last.version]
    head = f"incumbent {version.id}, {len(version.text):,} characters"
    if last.decision is None:
        return f"{head}, the seed"
    return f"{head}, since round {last.round}: {last.decision.reason}"


def _decisions(record: RunRecord, most: int) -> list[str]:
    """The last rulings, the newest first, under their head; empty where there is no room."""
    if most < 1 or not record.decisions:
        return []
    newest = record.decisions[: -most - 1 : -1]
    head = f"decisions, the last of {len(record.decisions)} first"
    return ["", head, *map(_decision, newest)]


def _decision(decision: Decision) -> str:
    ruling = "yes" if decision.accepted else "no"
    return f"  {decision.stage:<16} {decision.candidate:<6} {ruling:<4} {decision.reason}"


def _pieces(attribution: Attribution | None) -> list[str]:
    """The pieces that are worth most and least so far, in points with their intervals."""
    pieces = attribution.pieces if attribution else ()
    if not pieces:
        return []
    chosen = [*pieces[:_BEST], *pieces[_BEST:][-_WORST:]]
    head = f"worth in points: the best and the least of {len(pieces)} pieces"
    return ["", head, *map(_piece, chosen)]


def _piece(piece: PieceWorth) -> str:
    return f"  {points(piece.effect.mean):>5} {_bounds(piece.effect)}  {piece.words}"


def _bounds(effect: Interval) -> str:
    if effect.low is None or effect.high is None:
        return ""
    return f"[{points(effect.low):>5}, {points(effect.high):>5}]"


def _outlook(record: RunRecord) -> list[str]:
    """What is left to gain and what can be proven of it, once that is told."""
    return record.outlook.lines if record.outlook else []


def _verdict(reading: Reading) -> list[str]:
    """What the smoke split said, as far as it can be read."""
    record = reading.record
    if not record.finished:
        ended = f"the search was ended by {record.ended_by}; the smoke split is being measured"
        return [ended] if record.ended_by else _outlook(record)
    if record.stopped:
        return OptimizationResult(record).verdict.split("\n")
    result = OptimizationResult(replace(record, outcomes=reading.readable))
    if reading.seed is None or not result.record.of_stage(SMOKE):
        return ["the smoke split is measured, but its replies cannot be read"]
    if result.reading.found_better and result.reading.ruling is None:
        return ["the smoke split is measured; the ruling is not recorded yet"]
    return result.verdict.split("\n")
