"""The guards that base and finalist broke, which no pass rate counts; none in older records."""

from collections.abc import Sequence
from dataclasses import dataclass

from usersim_opt.measuring.broken_guards import BrokenGuards
from usersim_opt.measuring.guard_losses import guard_losses
from usersim_opt.measuring.guard_tables import GuardRow, GuardSides, as_sentence
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.reading import Reading

MOST_GUARDS = 40


@dataclass(frozen=True)
class GuardTable:
    """A row for each guard that was broken, and what that comes to."""

    sentence: str
    rows: Sequence[GuardRow]
    tested: bool
    """Whether the two were compared: on the smoke split both answered to the same scenarios."""


def guard_table(reading: Reading) -> GuardTable | None:
    """The guards on the split of the comparison; None where no guard was in force."""
    base, best = _broken(reading, reading.base_outcomes), _broken(reading, reading.best_outcomes)
    if not base.in_force or not reading.base_outcomes:
        return None
    tested = reading.split == SMOKE and reading.found_better
    pairs = (reading.base_outcomes, reading.best_outcomes) if tested else ((), ())
    losses = guard_losses(*pairs, reading.record.scenarios)
    sides = GuardSides(base, best, losses, ("base", reading.rival))
    sentence = sides.sentence if tested or not sides.rows else _count(sides, reading)
    return GuardTable(sentence, sides.rows[:MOST_GUARDS], tested)


def _count(sides: GuardSides, reading: Reading) -> str:
    """How many replies broke a guard, where two prompts cannot be compared."""
    return sides.line if reading.found_better else as_sentence(sides.old.sentence)


def _broken(reading: Reading, outcomes: Sequence[Outcome]) -> BrokenGuards:
    in_force = any(outcome.guards for outcome in reading.record.outcomes)
    return BrokenGuards.of(outcomes, reading.record.scenarios, in_force=in_force)
