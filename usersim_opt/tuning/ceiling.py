"""Is a search worth its calls? Asked once, after the seed was run on the first minibatch.

From what the seed fails on train it is told what is left to gain; from the shape of the smoke split
and the replies that the calls pay for, which gain could be proven there (measuring/headroom.py).
The run stops where all three hold:

    1  by the estimate, the largest possible gain is below the smallest provable one
    2  at the upper bound of the estimate, more than half of all that fails would have to be mended
    3  ten points or more to gain are excluded, at 2.8 standard errors

It stops as well, whatever is left, where the split is too small: where four of five comparisons
would not even prove a prompt without a fault, by the estimate and were half of everything failing.

Else it goes on at once where mending half of what fails could be proven, or where ten points are
left. Between the two the seed is run on further minibatches, whose scenarios are all new, up to six
in all or a twentieth of the calls; then the search goes on. One minibatch has some fifty verdicts:
too few to tell a prompt at the ceiling from one that leaves seven points.

How often it stops at what is truly left: benchmarks/measure_ceiling.py, docs/benchmarks.md.

Not covered: gates of one's own, and metrics whose criteria are not those of the rubric. What those
can prove is not known, so their runs never stop here.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from usersim_opt.basics.figures import many, rounded
from usersim_opt.basics.levels import LEVEL
from usersim_opt.basics.power import (
    POWER,
    Layout,
    Spreads,
    correlation,
    share_proven,
    smallest_gain,
)
from usersim_opt.measuring.headroom import MOST_TIMES, Headroom, Left, headroom, layout, plan
from usersim_opt.measuring.metric import Metric, RubricMetric
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.outlook import Outlook, size
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.records import Scenarios
from usersim_opt.tuning.budget import CONFIRMATION_SHARE
from usersim_opt.tuning.run import Run

MENDED = 0.5
"""Share of what fails that a search is trusted to mend."""
REAL_HEADROOM = 0.1
"""A run that may have so much to gain is never stopped."""
MUCH_FAILS = 0.5
"""Share that may fail on the smoke split where train says less; the more fails, the larger a gain
there can be."""
_SURE = 2.8
"""Standard errors at which it is excluded. Up to six looks are taken, so they are many."""
MOST_LOOKS = 6
"""Minibatches that the seed is run on at the most, the first one included."""
_SHARE_OF_CALLS = 0.05
"""Share of the calls that further looks may take."""

Answer = Literal["stop", "go on", "look again"]
AFTER_FIRST_LOOK = 2
"""The round before which the question is asked."""
Draw = Callable[[], Sequence[str]]
"""Gives the scenario ids of the next minibatch."""
Say = Callable[[str], object]
"""Shows a few lines while the run is under way."""


@dataclass(frozen=True)
class SmokePlan:
    """What the smoke split will be measured on."""

    scenarios: Scenarios
    replies: int
    """Per scenario and prompt that the calls pay for."""
    once: int
    """Calls of one reply of both prompts to each scenario."""
    level: float = LEVEL
    """At which the gain will be decided, two-sided."""


def answer(found: Headroom, smoke: SmokePlan) -> Answer:
    """Whether the search is worth its calls, as far as can be told; see the head of this file."""
    if _is_too_small(found, smoke):
        return "stop"
    left = found.all.share.mean
    if left >= REAL_HEADROOM:
        return "go on"
    split = _split(found, smoke)
    if _is_proven(split, MENDED * left):
        return "go on"
    is_reached = not _is_proven(split, split.left)
    if is_reached and _holds_at_bound(found.all, smoke) and _excludes_real_headroom(found.all):
        return "stop"
    return "look again"


def _is_too_small(found: Headroom, smoke: SmokePlan) -> bool:
    """Whether not even a prompt without a fault could be proven, though there is much to gain.

    Where there is little, it is the rubric and not the split; then the other rules decide.
    """
    if found.all.share.mean < REAL_HEADROOM:
        return False
    at_estimate = _split(found, smoke)
    at_most = _with_left(max(MUCH_FAILS, found.all.bound), smoke)
    return not any(_is_proven(split, split.left) for split in (at_estimate, at_most))


def _split(found: Headroom, smoke: SmokePlan) -> Layout:
    return layout(smoke.scenarios, found, replies=smoke.replies, level=smoke.level)


def _holds_at_bound(left: Left, smoke: SmokePlan) -> bool:
    """Whether mending half of the most that may be left could still not be proven."""
    split = _with_left(left.bound, smoke)
    return not _is_proven(split, MENDED * split.left)


def _with_left(share: float, smoke: SmokePlan) -> Layout:
    """The smoke split, were that share left on it."""
    # Three digits, so that bounds which hardly differ are simulated once.
    rate = 1 - round(share, 3)
    return layout(smoke.scenarios, rate, replies=smoke.replies, level=smoke.level)


def _is_proven(split: Layout, gain: float) -> bool:
    """Whether four of five comparisons prove such a gain; what is smaller they prove less often."""
    return gain > 0 and share_proven(split, gain) >= POWER


def _excludes_real_headroom(left: Left) -> bool:
    """Whether ten points to gain would fail far more than did; a score test."""
    each = left.scored / left.replies - 1
    effect = 1 + max(0.0, each) * correlation(1 - REAL_HEADROOM, Spreads().total)
    error = math.sqrt(REAL_HEADROOM * (1 - REAL_HEADROOM) * effect / left.scored)
    return REAL_HEADROOM - left.share.mean >= _SURE * error


@dataclass(frozen=True)
class Ceiling:
    """The question whether a gain can be proven at all, with all that its answer depends on."""

    train: Scenarios
    smoke: SmokePlan
    calls: int
    """The budget."""
    is_known: bool
    """Whether it is known what the gate of the smoke split proves."""
    despite: bool
    """Whether to go on whatever the answer is."""
    say: Say

    def stops(self, run: Run, seed: Version, *, draw: Draw, is_over: bool) -> bool:
        """Ask it, record the answer, and say whether the run ends here.

        `draw` gives minibatches for further looks. Where the search `is_over` anyhow nothing is
        asked, unless it was before: a resumed run looks as often as it did.
        """
        if is_over and run.outlook is None:
            return False
        outlook = self._outlook(run, seed, draw)
        if outlook is None:
            return False
        outlook = run.tell(outlook)
        self.say("\n".join(outlook.lines))
        return outlook.stops and not run.goes_on(despite_ceiling=self.despite)

    def _outlook(self, run: Run, seed: Version, draw: Draw) -> Outlook | None:
        if not self.is_known:
            return None
        return take_outlook(run, seed, self.train, self.smoke, draw=draw, calls=self.calls)


# -- looking -------------------------------------------------------------------------------------


def take_outlook(
    run: Run, seed: Version, train: Scenarios, smoke: SmokePlan, *, draw: Draw, calls: int
) -> Outlook | None:
    """Look at the seed until the answer is clear; None where nothing can be told.

    `train` are the scenarios of the search, `calls` the budget. The first look is what the search
    has measured of the seed in its first round.
    """
    looked = [outcome for outcome in run.outcomes.values() if outcome.version == seed.id]
    found = headroom(looked, train)
    if not _is_told(found):
        return None
    replies = _further_looks(run, seed, looked, draw=draw, calls=calls)
    while (told := answer(found, smoke)) == "look again":
        more = next(replies, None)
        if more is None:
            break
        looked += more
        found = headroom(looked, train)
    return _outlook(found, smoke, stops=told == "stop")


def _is_told(found: Headroom) -> bool:
    """Whether there are verdicts, all of them on criteria that the rubric has."""
    known = sum(left.scored for left in found.by_dimension.values())
    return known > 0 and known == found.all.scored


def _further_looks(
    run: Run, seed: Version, looked: Sequence[Outcome], *, draw: Draw, calls: int
) -> Iterator[list[Outcome]]:
    """The seed's replies to minibatch after minibatch, while it is affordable and all are new."""
    seen = {outcome.scenario for outcome in looked}
    left = _SHARE_OF_CALLS * calls
    for number in range(2, MOST_LOOKS + 1):
        batch = draw()
        left -= run.price(batch)
        if left < 0 or seen & set(batch):
            return
        seen |= set(batch)
        (replies,) = run.measure([seed], batch, stage=f"001.ceiling{number}")
        yield replies


def _outlook(found: Headroom, smoke: SmokePlan, *, stops: bool) -> Outlook:
    split = _split(found, smoke)
    smallest = smallest_gain(split)
    return Outlook(
        failed=found.all.failed,
        scored=found.all.scored,
        replies=found.all.replies,
        scenarios=len(smoke.scenarios),
        tasks=len(set(split.tasks)),
        smoke_replies=smoke.replies,
        assumed=rounded(split.left),
        smallest=rounded(smallest),
        at_ceiling=tuple(found.at_ceiling),
        open=tuple(found.open),
        helps=_helps(split, smallest, smoke),
        level=smoke.level,
        stops=stops,
    )


def _helps(split: Layout, smallest: float | None, smoke: SmokePlan) -> str:
    """What would prove half of the smallest provable gain, or else half of what is left."""
    gain = MENDED * min(split.left, smallest or split.left)
    found = plan(gain, split)
    half = f"a gain of {size(gain)}"
    if found is None:
        return f"Neither more replies nor {MOST_TIMES} times the tasks would prove {half}."
    calls = math.ceil(found.replies * found.times * smoke.once / CONFIRMATION_SHARE)
    if found.times == 1:
        return f"{many(found.replies, 'reply')} each would prove {half}: --max-calls {calls}."
    tasks = found.times * len(set(split.tasks))
    how = f"usersim-opt build-dataset --smoke {tasks}, then --max-calls {calls}"
    return f"{many(tasks, 'smoke task')} would prove {half}: {how}."


def scorable(scenarios: Scenarios, metric: Metric) -> Scenarios:
    """The scenarios with the criteria that a metric decides; without a judge, those of code."""
    if not isinstance(metric, RubricMetric) or metric.judge is not None:
        return scenarios
    return {
        name: scenario.model_copy(
            update={"criteria": tuple(each for each in scenario.criteria if each.check)}
        )
        for name, scenario in scenarios.items()
    }
