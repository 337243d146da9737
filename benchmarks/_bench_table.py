"""The section of docs/benchmarks.md about the optimizers: tables, and what became of each target, all from the rows of runs."""

import math
import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import t975, wilson

OURS = "usersim-opt (default)"
OWN = (OURS, "usersim-opt, HillClimb()")
TARGET_BUDGETS = (600, 1500)
TIMES, MOST_REPLACED, MOST_OFF, MOST_MILLISECONDS = 2.0, 0.05, 0.01, 2.0
Row = dict[str, Any]

INTRODUCTION = """\
## Optimizers at equal calls

Made by `.venv/bin/python benchmarks/bench_optimizers.py` (after `pip install -e .[bench]`) on {cores} cores, two runs at a time, one thread each.
Every optimizer has the same student, training and smoke scenarios, rubric, proposer and budget; every call of user, judge and
proposer counts, those that a metric makes for feedback too. How each one was set is in `benchmarks/_bench_peers.py`.

- **toy**: 8 sentences help and 4 hurt, the seed prompt is worth .400, the best possible one .800; the proposer is blind. Truth is computed.
- **offline**: the airline data set with the rule-based stand-ins. Truth is measured with fresh seeds on the test tasks. Its figures say nothing about real models.
- **A/A**: the same worlds, but no prompt is better than another, so whoever replaces the seed prompt was fooled by noise.

*True gain* is the true pass rate of the returned prompt minus that of the seed prompt. *Reported - true* is the gain that the
optimizer reports minus the true gain on the scenarios of its report. Means over {seeds} runs with 95 % t intervals; shares with
Wilson intervals. *ms* is the median of the time outside model calls, per call; other work shares the cores.
"""


def section(rows: Sequence[Row], absent: Mapping[str, str], *, seeds: int) -> str:
    """The whole section; `absent` says why an optimizer has no row."""
    real = sorted(
        {(row["world"], row["budget"]) for row in rows if not row["world"].endswith("-aa")},
        key=lambda p: (p[0] != "toy", p[1]),
    )
    tables = [
        f"### {world}, {budget:,} calls\n\n```\n{table(rows, world, budget)}\n```"
        for world, budget in real
    ]
    notes = [f"{name} is left out: {why}." for name, why in absent.items()]
    head = INTRODUCTION.replace("{cores}", str(os.cpu_count())).replace("{seeds}", str(seeds))
    return "\n\n".join([head.strip(), *notes, *tables, "### Targets\n\n" + targets(rows)]) + "\n"


def table(rows: Sequence[Row], world: str, budget: int) -> str:
    """One line for each optimizer, the best true gain first."""
    names = {row["optimizer"] for row in rows}
    groups = {
        name: [
            r for r in rows if (r["optimizer"], r["world"], r["budget"]) == (name, world, budget)
        ]
        for name in names
    }
    twins = {
        name: [
            r
            for r in rows
            if (r["optimizer"], r["world"], r["budget"]) == (name, f"{world}-aa", budget)
        ]
        for name in names
    }
    order = sorted(
        (name for name in names if groups[name]), key=lambda name: -_mean(groups[name], "gain")
    )
    lines = [
        [
            name,
            str(len(groups[name])),
            interval([r["gain"] for r in groups[name]]),
            interval([r["reported"] - r["gain_reported_on"] for r in groups[name]]),
            share([r["replaced"] for r in twins[name]]),
            f"{statistics.mean(sum(r['calls'].values()) for r in groups[name]):.0f}",
            f"{statistics.median(r['milliseconds'] for r in groups[name]):.2f}",
        ]
        for name in order
    ]
    return grid(
        [
            "optimizer",
            "runs",
            "true gain",
            "reported - true",
            "seed replaced in A/A",
            "calls",
            "ms",
        ],
        lines,
    )


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
    return f"{100 * sum(hits) / len(hits):.0f} % [{100 * low:.0f}, {100 * high:.0f}]"


def targets(rows: Sequence[Row]) -> str:
    """Each target with what was measured, and whether it is met."""
    lines = [*_gain_targets(rows), *_aa_targets(rows), *_report_targets(rows), *_time_target(rows)]
    return "\n".join(f"- {text}: **{verdict}**" for text, verdict in lines)


def _of(rows: Sequence[Row], world: str, budget: int | None = None) -> list[Row]:
    """Our runs in a world."""
    return [
        r
        for r in rows
        if r["optimizer"] == OURS and r["world"] == world and budget in (None, r["budget"])
    ]


def _gain_targets(rows: Sequence[Row]) -> list[tuple[str, str]]:
    found = []
    for world in ("toy", "offline"):
        for budget in TARGET_BUDGETS:
            peers: dict[str, list[Row]] = {}
            for row in rows:
                if row["optimizer"] not in OWN and (row["world"], row["budget"]) == (world, budget):
                    peers.setdefault(row["optimizer"], []).append(row)
            text = f"{world}, {budget:,} calls: true gain at least {TIMES:g} times the best peer's"
            mine = _of(rows, world, budget)
            if not mine or not peers:
                found.append((text, "not measured"))
                continue
            best = max(peers, key=lambda name: _mean(peers[name], "gain"))
            ours, theirs = _mean(mine, "gain"), _mean(peers[best], "gain")
            times = f"{ours / theirs:.2f} times" if theirs > 0 else "no peer gains"
            highest = max(row["gain"] for row in rows if row["world"] == world)
            beyond = ", so the target is out of reach" if TIMES * theirs > highest else ""
            found.append(
                (
                    f"{text}; {ours:+.3f} against {theirs:+.3f} of {best}, {times}; no run of any optimizer gained more than {highest:+.3f}{beyond}",
                    _verdict(ours >= TIMES * theirs),
                )
            )
    return found


def _aa_targets(rows: Sequence[Row]) -> list[tuple[str, str]]:
    found = []
    for world in ("toy", "offline"):
        hits = [r["replaced"] for r in _of(rows, f"{world}-aa")]
        text = (
            f"{world}, A/A: seed prompt replaced in at most {100 * MOST_REPLACED:.0f} % of the runs"
        )
        found.append(
            (
                f"{text}; {share(hits)} of {len(hits)}",
                _verdict(sum(hits) <= MOST_REPLACED * len(hits)),
            )
            if hits
            else (text, "not measured")
        )
    return found


def _report_targets(rows: Sequence[Row]) -> list[tuple[str, str]]:
    found = []
    for world in ("toy", "offline"):
        off = [r["reported"] - r["gain_reported_on"] for r in _of(rows, world) if r["replaced"]]
        text = (
            f"{world}: reported minus true gain of the shipped prompt within {MOST_OFF} on average"
        )
        if not off:
            found.append((text, "not measured"))
            continue
        spread = statistics.mean(abs(value) for value in off)
        found.append(
            (
                f"{text}; {interval(off)}, in a single run off by {spread:.3f}",
                _verdict(abs(statistics.mean(off)) <= MOST_OFF),
            )
        )
    return found


def _time_target(rows: Sequence[Row]) -> list[tuple[str, str]]:
    text = f"time outside model calls at most {MOST_MILLISECONDS:g} ms a call"
    times = [r["milliseconds"] for r in rows if r["optimizer"] == OURS]
    if not times:
        return [(text, "not measured")]
    return [
        (
            f"{text}; median {statistics.median(times):.2f} ms",
            _verdict(statistics.median(times) <= MOST_MILLISECONDS),
        )
    ]


def _mean(rows: Sequence[Row], name: str) -> float:
    return statistics.mean(row[name] for row in rows)


def _verdict(met: bool) -> str:
    return "met" if met else "missed"
