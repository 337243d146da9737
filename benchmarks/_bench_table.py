"""The section of docs/benchmarks.md about the optimizers.

Tables, and what became of each target, all from the rows of runs.
"""

import math
import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from _bench_page import filled

from usersim_opt.basics.layout import grid
from usersim_opt.basics.levels import t975
from usersim_opt.basics.statistics import wilson

OURS = "usersim-opt (default)"
OWN = (OURS, "usersim-opt, HillClimb()")
TARGET_BUDGETS = (600, 1500)
TIMES, MOST_REPLACED, MOST_OFF, MOST_MILLISECONDS = 2.0, 0.05, 0.01, 2.0
WORLDS = ("toy", "offline")
"""Where the gain is compared with that of the peers, and the reported gain with the true one."""
EVERY_WORLD = (*WORLDS, "pairs", "contradictions", "length", "saturated", "correlated")
LEAST_HARM = 0.0005
"""A loss that would be printed: below this the prompt counts as no worse than the seed prompt."""
NOT_MEASURED = "not measured"
Row = dict[str, Any]

INTRODUCTION = """\
## Optimizers at equal calls

Made by `.venv/bin/python benchmarks/bench_optimizers.py` (after `pip install -e .[bench]`) on
{cores} cores, two runs at a time, one thread each. Every optimizer has the same student, training
and smoke scenarios, rubric, proposer and budget; every call of user, judge and proposer counts,
those that a metric makes for feedback too. How each one was set is in `benchmarks/_bench_peers.py`.

- **toy**: 8 sentences help and 4 hurt, the seed prompt is worth .400, the best possible one .800;
  the proposer is blind. Truth is computed.
- **offline**: the airline data set with the rule-based stand-ins. Truth is measured with fresh
  seeds on the test tasks. Its figures say nothing about real models.
- **pairs**, **contradictions**, **length**, **saturated**, **correlated**: the toy, but four of the
  sentences help only in pairs; four undo each other; three words are passed by short replies and
  one helpful sentence lengthens them; the seed prompt is worth .970, the best one .990; the
  verdicts on one reply correlate at .6. The most that can be gained is .400, .308, .328, .020
  and .400.
- **A/A**: the same worlds, but no prompt is better than another, so whoever replaces the seed
  prompt was fooled by noise. Every other prompt does better in some tasks and worse in others, by
  .3 logits, and gains nothing on average.

*True gain* is the true pass rate of the returned prompt minus that of the seed prompt. *Harmful
shipped* counts the runs that return a prompt which is truly worse than the seed prompt. *Reported -
true* is the gain that the optimizer reports minus the true gain on the scenarios of its report.
Means over as many runs as the row says, with 95 % t intervals; shares with Wilson intervals. *ms*
is the median of the processor time outside model calls, per call. Outside toy and offline only our
default is run.
"""

COLUMNS = (
    "optimizer", "runs", "true gain", "harmful shipped", "reported - true", "seed replaced in A/A",
    "calls", "ms",
)  # fmt: skip


def section(rows: Sequence[Row], absent: Mapping[str, str]) -> str:
    """The whole section; `absent` says why an optimizer has no row."""
    head = filled(INTRODUCTION, {"cores": str(os.cpu_count())}).strip()
    notes = [f"{name} is left out: {why}." for name, why in absent.items()]
    tables = [
        f"### {world}, {budget:,} calls\n\n```\n{table(rows, world, budget)}\n```"
        for world, budget in _places(rows)
    ]
    return "\n\n".join([head, *notes, *tables, "### Targets\n\n" + targets(rows)]) + "\n"


def _places(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """World and budget of each table, world by world."""
    places = {(row["world"], row["budget"]) for row in rows if not row["world"].endswith("-aa")}
    return sorted(places, key=lambda place: (EVERY_WORLD.index(place[0]), place[1]))


def table(rows: Sequence[Row], world: str, budget: int) -> str:
    """One line for each optimizer, the best true gain first."""
    runs = _by_optimizer(rows, world, budget)
    twins = _by_optimizer(rows, f"{world}-aa", budget)
    order = sorted(sorted(runs), key=lambda name: -_mean(runs[name], "gain"))
    return grid(COLUMNS, [_line(name, runs[name], twins.get(name, [])) for name in order])


def _by_optimizer(rows: Sequence[Row], world: str, budget: int) -> dict[str, list[Row]]:
    """The runs in a world with a budget."""
    runs: dict[str, list[Row]] = {}
    for row in rows:
        if (row["world"], row["budget"]) == (world, budget):
            runs.setdefault(row["optimizer"], []).append(row)
    return runs


def _line(name: str, runs: Sequence[Row], twins: Sequence[Row]) -> list[str]:
    calls = statistics.mean(sum(run["calls"].values()) for run in runs)
    return [
        name,
        str(len(runs)),
        interval([run["gain"] for run in runs]),
        f"{_harmful(runs)} of {len(runs)}",
        interval(_off(runs)),
        share([run["replaced"] for run in twins]),
        f"{calls:.0f}",
        f"{statistics.median(run['milliseconds'] for run in runs):.2f}",
    ]


def _harmful(runs: Sequence[Row]) -> int:
    """How many runs return a prompt that is worse than the seed prompt."""
    return sum(run["gain"] <= -LEAST_HARM for run in runs)


def _off(runs: Sequence[Row]) -> list[float]:
    """By how much each report was too high."""
    return [run["reported"] - run["gain_reported_on"] for run in runs]


def interval(values: Sequence[float]) -> str:
    """A mean with its 95 % t interval."""
    mean = statistics.mean(values)
    if len(values) < 2:
        return f"{mean:+.3f}"
    half = t975(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:+.3f} [{mean - half:+.3f}, {mean + half:+.3f}]"


def share(hits: Sequence[bool]) -> str:
    """A share in percent with its 95 % Wilson interval; a dash where there is nothing."""
    if not hits:
        return "-"
    low, high = wilson(sum(hits), len(hits))
    mean = statistics.mean(hits)
    return f"{100 * mean:.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def targets(rows: Sequence[Row]) -> str:
    """Each target with what was measured, and whether it is met."""
    lines = [
        *_gain_targets(rows),
        *_aa_targets(rows),
        *_harm_targets(rows),
        *_report_targets(rows),
        _time_target(rows),
    ]
    return "\n".join(f"- {text}: **{verdict}**" for text, verdict in lines)


def _ours(rows: Sequence[Row], world: str) -> list[Row]:
    """Our runs in a world."""
    return [row for row in rows if (row["optimizer"], row["world"]) == (OURS, world)]


def _gain_targets(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for world in WORLDS:
        for budget in TARGET_BUDGETS:
            yield _gain_target(rows, world, budget)


def _gain_target(rows: Sequence[Row], world: str, budget: int) -> tuple[str, str]:
    """Our mean true gain against that of the best peer.

    The highest gain of any single run says whether the target can be reached at all.
    """
    text = f"{world}, {budget:,} calls: true gain at least {TIMES:g} times the best peer's"
    runs = _by_optimizer(rows, world, budget)
    gains = {name: _mean(of, "gain") for name, of in runs.items()}
    ours = gains.get(OURS)
    peers = {name: gain for name, gain in gains.items() if name not in OWN}
    if ours is None or not peers:
        return text, NOT_MEASURED
    best = max(peers, key=lambda name: peers[name])
    wanted = TIMES * peers[best]
    times = f"{ours / peers[best]:.2f} times" if peers[best] > 0 else "no peer gains"
    highest = max(row["gain"] for row in rows if row["world"] == world)
    beyond = ", so the target is out of reach" if wanted > highest else ""
    measured = (
        f"{ours:+.3f} against {peers[best]:+.3f} of {best}, {times}; "
        f"no run of any optimizer gained more than {highest:+.3f}{beyond}"
    )
    return f"{text}; {measured}", _verdict(ours >= wanted)


def _aa_targets(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    most = f"{100 * MOST_REPLACED:.0f} %"
    for world in EVERY_WORLD:
        text = f"{world}, A/A: seed prompt replaced in at most {most} of the runs"
        hits = [row["replaced"] for row in _ours(rows, f"{world}-aa")]
        if hits:
            met = sum(hits) <= MOST_REPLACED * len(hits)
            yield f"{text}; {share(hits)} of {len(hits)}", _verdict(met)
        else:
            yield text, NOT_MEASURED


def _harm_targets(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    for world in EVERY_WORLD:
        text, runs = f"{world}: no harmful prompt is shipped", _ours(rows, world)
        if runs:
            harmful = _harmful(runs)
            yield f"{text}; {harmful} of {len(runs)}", _verdict(not harmful)
        else:
            yield text, NOT_MEASURED


def _report_targets(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    what = "reported minus true gain of what is shipped"
    for world in EVERY_WORLD:
        shipped = [row for row in _ours(rows, world) if row["replaced"]]
        text = f"{world}: {what} within {MOST_OFF} on average"
        budgets = sorted({row["budget"] for row in shipped})
        by_budget = [_off([row for row in shipped if row["budget"] == each]) for each in budgets]
        told = [
            f"{interval(off)} at {budget:,} calls ({len(off)} shipped)"
            for budget, off in zip(budgets, by_budget, strict=True)
        ]
        met = all(abs(statistics.mean(off)) <= MOST_OFF for off in by_budget)
        yield "; ".join([text, *told]), _verdict(met) if told else NOT_MEASURED


def _time_target(rows: Sequence[Row]) -> tuple[str, str]:
    text = f"processor time outside model calls at most {MOST_MILLISECONDS:g} ms a call"
    times = [row["milliseconds"] for row in rows if row["optimizer"] == OURS]
    if not times:
        return text, NOT_MEASURED
    median = statistics.median(times)
    return f"{text}; median {median:.2f} ms", _verdict(median <= MOST_MILLISECONDS)


def _mean(rows: Sequence[Row], name: str) -> float:
    return statistics.mean(row[name] for row in rows)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"
