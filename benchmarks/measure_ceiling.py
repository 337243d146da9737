"""How often a run stops at the ceiling, by what its seed leaves: measure_ceiling.py --help."""

from pathlib import Path

import _command_line
import numpy as np
from numpy.typing import NDArray

import usersim_opt as uso
from usersim_opt.basics.layout import grid
from usersim_opt.basics.power import Spreads, logit_of
from usersim_opt.measuring.headroom import Headroom, Left
from usersim_opt.tuning.ceiling import MOST_LOOKS, Answer, SmokePlan, answer

LEFT = (0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.005)
REPLIES = (2, 4, 6, 8, 10)
SCENARIOS, CRITERIA = 10, 5
"""Of a minibatch, and of each of its scenarios."""


def main() -> int:
    """Simulate the looks at many seeds and print how many of their runs stop."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--dataset", type=Path, default=Path("datasets/airline"), help="its smoke")
    parser.add_argument("--runs", type=_command_line.count, default=20_000, help="simulated runs")
    args = parser.parse_args()
    smoke = {scenario.id: scenario for scenario in uso.load_dataset(args.dataset).of("smoke")}
    head = ["replies each", *[f"{100 * left:g} points left" for left in LEFT]]
    rows = []
    for replies in REPLIES:
        known: dict[tuple[int, int], Answer] = {}
        plan = SmokePlan(smoke, replies, once=1)
        shares = [_share_stopped(_failed(left, args.runs), plan, known) for left in LEFT]
        rows.append([str(replies), *[f"{100 * share:.2f} %" for share in shares]])
    print(grid(head, rows))
    return 0


def _failed(left: float, runs: int) -> NDArray[np.int64]:
    """Failed verdicts after each look, by run; every scenario is of another task."""
    rng = np.random.default_rng(1)
    spread = Spreads().total
    logit = logit_of(np.array([1 - left]), spread)[0]
    effects = rng.normal(0, spread, (runs, MOST_LOOKS, SCENARIOS, 1))
    chance = 1 / (1 + np.exp(-(logit + effects)))
    fails = rng.random((runs, MOST_LOOKS, SCENARIOS, CRITERIA)) >= chance
    counted: NDArray[np.int64] = fails.sum(axis=(2, 3)).cumsum(axis=1)
    return counted


def _share_stopped(
    failed: NDArray[np.int64], plan: SmokePlan, known: dict[tuple[int, int], Answer]
) -> float:
    stopped = 0
    for run in failed.tolist():
        for look, number in enumerate(run, start=1):
            key = (look, number)
            if key not in known:
                left = Left(number, look * SCENARIOS * CRITERIA, look * SCENARIOS)
                known[key] = answer(Headroom(left, {}), plan)
            if known[key] != "look again":
                stopped += known[key] == "stop"
                break
    return stopped / len(failed)


if __name__ == "__main__":
    _command_line.run(main)
