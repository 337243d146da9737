"""What uses of one held-out split cost and save: measure_held_out.py --help."""

from collections.abc import Sequence

import _command_line
import numpy as np

from usersim_opt.basics.layout import grid
from usersim_opt.basics.levels import LEVEL, level_of_use
from usersim_opt.basics.power import Layout, proven, smallest_gain

USES = (1, 2, 3, 5, 10, 20)
PER_TASK, CRITERIA, REPLIES = 5, 5, 7
"""Scenarios of a task, criteria of a scenario, replies to it."""


def main() -> int:
    """Print how often equal prompts in turn ship, and the smallest gain that can be proven."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--sequences", type=_command_line.count, default=2000)
    args = parser.parse_args()
    print("Sequences of equal prompts in which one ships\n")
    head = ("tasks x scenarios", "tries", "level spent", "at .05 each")
    print(grid(head, list(_false_rows(args.sequences))))
    print("\nSmallest gain that four of five runs prove, in points\n")
    head = ("tasks, first prompt passes", *(f"use {number}" for number in USES))
    print(grid(head, list(_power_rows())))
    return 0


def _false_rows(sequences: int) -> list[list[str]]:
    spent = [level_of_use(number) for number in range(1, max(USES) + 1)]
    rows = []
    for tasks, per_task in ((10, 4), (5, 5)):
        for tries in (5, 20):
            shares = (
                _share_false(levels[:tries], tasks=tasks, per_task=per_task, sequences=sequences)
                for levels in (spent, [LEVEL] * len(spent))
            )
            shown = (f"{100 * share:.2f} %" for share in shares)
            rows.append([f"{tasks} x {per_task}", str(tries), *shown])
    return rows


def _share_false(
    levels: Sequence[float], *, tasks: int, per_task: int, sequences: int, verdicts: int = 20
) -> float:
    """The share of sequences in which an equal prompt is called better at any of the levels."""
    rng = np.random.default_rng(23)
    task_of = np.repeat(np.arange(tasks), per_task)
    rates = rng.beta(7, 3, (sequences, task_of.size))
    ever = np.zeros(sequences, dtype=bool)
    for level in levels:
        drawn = rng.binomial(verdicts, rates) - rng.binomial(verdicts, rates)
        ever |= proven(drawn, np.full(task_of.size, verdicts), task_of, level=level)
    return float(ever.mean())


def _power_rows() -> list[list[str]]:
    rows = []
    for tasks in (5, 10):
        for rate in (0.7, 0.9):
            gains = (smallest_gain(_layout(tasks, rate, level_of_use(use))) for use in USES)
            shown = ("-" if gain is None else f"{100 * gain:.1f}" for gain in gains)
            rows.append([f"{tasks}, {100 * rate:.0f} %", *shown])
    return rows


def _layout(tasks: int, rate: float, level: float) -> Layout:
    scenarios = tasks * PER_TASK
    return Layout(
        rates=((rate,) * CRITERIA,) * scenarios,
        tasks=tuple(number // PER_TASK for number in range(scenarios)),
        replies=REPLIES,
        level=level,
    )


if __name__ == "__main__":
    _command_line.run(main)
