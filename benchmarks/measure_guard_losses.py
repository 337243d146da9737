"""Measure how often a loss of guards is found, and how often one is seen where there is none.

Replies are simulated. A scenario has a hardness of its own, by which it multiplies the rates at
which guards are broken, so that repeats hang together; guards are broken independently of one
another. See --help.

Not covered: guards that are broken together, which leave fewer tests to correct for.
"""

from collections.abc import Sequence
from typing import NamedTuple

import _command_line
import numpy as np

from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.guard_losses import guard_losses
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict

RATES = (0.3, 0.1, 0.1, 0.05, 0.05, 0.02, 0.02, 0.01, 0.01)
"""Share of the replies that break each guard, in a scenario of mean hardness."""
WORSE = len(RATES) - 4
"""The guard that gets worse, one of those that two replies in a hundred break."""
SIZES = ((10, 1), (25, 1), (25, 3), (25, 7), (50, 3))
"""Scenarios and replies to each."""
LOSSES = (0.0, 0.05, 0.1, 0.15, 0.3)
"""By how much the one guard is broken more often."""
COLUMNS = ("scenarios", "replies each", "guard worse by", "turned down", "share", "95 % interval")


class Case(NamedTuple):
    """One row of the table."""

    scenarios: int
    repeats: int
    loss: float


def main() -> int:
    """Print, for each size and loss, the share of comparisons that turn the new prompt down."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--runs", type=_command_line.count, default=1000, help="comparisons a row")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulation")
    args = parser.parse_args()
    cases = [Case(*size, loss) for size in SIZES for loss in LOSSES]
    print(grid(COLUMNS, [_row(case, args.runs, seed=args.seed) for case in cases]))
    return 0


def _row(case: Case, runs: int, *, seed: int) -> list[str]:
    rng = np.random.default_rng([seed, case.scenarios, case.repeats, int(1000 * case.loss)])
    found = sum(_is_turned_down(case, rng) for _ in range(runs))
    low, high = wilson(found, runs)
    interval = f"[{100 * low:.1f} %, {100 * high:.1f} %]"
    return [
        str(case.scenarios),
        str(case.repeats),
        f"{100 * case.loss:.0f} points",
        f"{found:,}/{runs:,}",
        f"{100 * found / runs:.1f} %",
        interval,
    ]


def _is_turned_down(case: Case, rng: np.random.Generator) -> bool:
    hardness = rng.gamma(1.0, 1.0, case.scenarios)
    rates = np.minimum(1.0, hardness[:, None] * np.array(RATES))
    worse = rates.copy()
    worse[:, WORSE] = np.minimum(1.0, worse[:, WORSE] + case.loss)
    old, new = _replies(rates, case.repeats, rng), _replies(worse, case.repeats, rng)
    return bool(guard_losses(old, new, {}).objection)


def _replies(rates: np.ndarray, repeats: int, rng: np.random.Generator) -> list[Outcome]:
    """Replies to each scenario; `rates` are of shape scenarios x guards."""
    broken = rng.random((repeats, *rates.shape)) < rates
    return [
        _reply(f"{scenario:03}.1", repeat, np.flatnonzero(broken[repeat, scenario]))
        for repeat in range(repeats)
        for scenario in range(len(rates))
    ]


def _reply(scenario: str, repeat: int, guards: Sequence[int]) -> Outcome:
    grade = Grade(scenario=scenario, verdicts=(), guards=tuple(map(_broken, guards)))
    return Outcome(
        scenario=scenario, version="-", stage="-", repeat=repeat, status="scored", grade=grade
    )


def _broken(guard: int) -> Verdict:
    return Verdict(criterion=f"universal.{guard}", outcome="fail", evidence="", source="check")


if __name__ == "__main__":
    _command_line.run(main)
