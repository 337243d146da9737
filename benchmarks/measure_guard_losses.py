"""Measure how often a loss of guards is found, and how often one is seen where there is none.

Replies are simulated. A scenario has a hardness of its own, by which it multiplies the rates at
which guards are broken, so that repeats hang together; guards are broken independently of one
another. See --help.

Not covered: guards that are broken together, which leave fewer tests to correct for.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import _bench_page
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


SECTION = """\
## Guards

Made by `.venv/bin/python benchmarks/measure_guard_losses.py`: {runs} simulated comparisons a row of
two prompts that are alike but for one guard, which the new one breaks more often by so many points.
There are {guards} guards, which 30, 10, 10, 5, 5, 2, 2, 1 and 1 of a hundred replies break in a
scenario of mean hardness; the hardness of scenarios is drawn from an exponential distribution. A
comparison turns the new prompt down if any guard is lost significantly, or all of them together.
Rows with a loss of 0 points compare equal prompts: there at most 5 % may be turned down.

```
{table}
```

The gates of the search see ten replies of each side, or twenty, which show only a disaster; what
slips through there meets the smoke split.
"""


class Case(NamedTuple):
    """One row of the table."""

    scenarios: int
    repeats: int
    loss: float


def main() -> int:
    """Print and write, by size and loss, how many comparisons turn the new prompt down."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--runs", type=_command_line.count, default=1000, help="comparisons a row")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulation")
    page = "page whose section is written"
    parser.add_argument("--out", default=_bench_page.PAGE, type=Path, help=page)
    args = parser.parse_args()
    cases = [Case(*size, loss) for size in SIZES for loss in LOSSES]
    table = grid(COLUMNS, [_row(case, args.runs, seed=args.seed) for case in cases])
    print(table)
    figures = {"runs": f"{args.runs:,}", "guards": str(len(RATES)), "table": table}
    _bench_page.write_section(args.out, "guard losses", _bench_page.filled(SECTION, figures))
    return 0


def _row(case: Case, runs: int, *, seed: int) -> list[str]:
    rng = np.random.default_rng([seed, case.scenarios, case.repeats, int(1000 * case.loss)])
    found = sum(_is_turned_down(case, rng) for _ in range(runs))
    low, high = wilson(found, runs)
    sizes = [str(case.scenarios), str(case.repeats), f"{100 * case.loss:.0f} points"]
    share = f"{100 * found / runs:.1f} %"
    return [*sizes, f"{found:,}/{runs:,}", share, f"[{100 * low:.1f} %, {100 * high:.1f} %]"]


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
