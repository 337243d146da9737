"""What looking early at the smoke split saves and costs: measure_looks.py --help."""

import math
from collections.abc import Iterator

import _command_line
import numpy as np
from numpy.typing import NDArray

from usersim_opt.basics.layout import grid
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import Spreads, logit_of, proven
from usersim_opt.tuning.looks import looks

Counts = NDArray[np.int64]
TASKS, PER_TASK, CRITERIA, REPLIES = 10, 6, (2, 3), 6
"""Of the smoke split; scenarios have two and three criteria in turn."""
WORLDS = ((0.55, (0.0, 0.05, 0.08, 0.12)), (0.9, (0.0, 0.03, 0.05)))
"""What the first prompt passes, and true mean gains."""
SPREADS = (0.0, 0.3, 0.45)
"""Of the gain from task to task and from scenario to scenario, in logits."""


def main() -> int:
    """Print how often a gain is proven at the end alone and with looks, and the share of calls."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("--comparisons", type=_command_line.count, default=2000, help="of a row")
    args = parser.parse_args()
    head = ("passes", "true gain", "spread of gains", "at the end", "with looks", "calls made")
    print(grid(head, list(_rows(args.comparisons))))
    return 0


def _rows(comparisons: int) -> Iterator[list[str]]:
    rng = np.random.default_rng(20)
    for rate, gains in WORLDS:
        for gain in gains:
            for spread in SPREADS:
                drawn = _drawn(rng, comparisons, rate=rate, gain=gain, spread=spread)
                fixed = _proven(drawn, REPLIES, LEVEL).mean()
                share, calls = _with_looks(drawn)
                figures = (f"{100 * value:.1f} %" for value in (fixed, share, calls))
                yield [f"{rate:.2f}", f"{100 * gain:g} points", f"{spread:.2f}", *figures]


def _with_looks(drawn: Counts) -> tuple[float, float]:
    """The share of comparisons that prove a gain, and the mean share of the calls."""
    is_open = np.ones(len(drawn), dtype=bool)
    ships = np.zeros(len(drawn), dtype=bool)
    calls = 0.0
    for look in looks(REPLIES, level=LEVEL):
        so_far = int(look.repeats)
        calls += is_open.sum() * (so_far - calls_before(look.number))
        found = _proven(drawn, so_far, look.level) & is_open
        ships |= found
        is_open &= ~found & (_z(drawn, so_far) >= look.least_z)
    return float(ships.mean()), calls / (len(drawn) * REPLIES)


def calls_before(number: int) -> int:
    """Replies to each scenario that were there at the look before."""
    return int(looks(REPLIES, level=LEVEL)[number - 2].repeats) if number > 1 else 0


def _proven(drawn: Counts, replies: int, level: float) -> NDArray[np.bool_]:
    verdicts = np.resize(CRITERIA, TASKS * PER_TASK) * replies
    tasks = np.repeat(np.arange(TASKS), PER_TASK)
    return proven(drawn[:, :, :replies].sum(axis=2), verdicts, tasks, level=level)


def _z(drawn: Counts, replies: int) -> NDArray[np.float64]:
    """The gain over its standard error over scenarios, the criteria of each taken as alike."""
    differences = drawn[:, :, :replies].sum(axis=2)
    scale = np.sqrt((differences**2).sum(axis=1))
    z: NDArray[np.float64] = differences.sum(axis=1) / np.maximum(scale, 1e-9)
    return z


def _drawn(
    rng: np.random.Generator, number: int, *, rate: float, gain: float, spread: float
) -> Counts:
    """New less old passes, by comparison, scenario and reply."""
    effects = Spreads()
    shape = (number, TASKS * PER_TASK)
    shared = _by_task(rng, number, effects.task) + rng.normal(0, effects.scenario, shape)
    gains = _by_task(rng, number, spread) + rng.normal(0, spread, shape)
    criteria = np.resize(CRITERIA, TASKS * PER_TASK)[None, :, None]
    total = math.hypot(effects.total, spread, spread)
    sides = []
    for mean, terms, width in ((rate, shared, effects.total), (rate + gain, shared + gains, total)):
        noise = rng.normal(0, effects.reply, (*shape, REPLIES))
        logits = logit_of(np.array([mean]), width)[0] + terms[:, :, None] + noise
        sides.append(rng.binomial(criteria, 1 / (1 + np.exp(-logits))))
    difference: Counts = sides[1] - sides[0]
    return difference


def _by_task(rng: np.random.Generator, number: int, spread: float) -> NDArray[np.float64]:
    return np.repeat(rng.normal(0, spread, (number, TASKS)), PER_TASK, axis=1)


if __name__ == "__main__":
    _command_line.run(main)
