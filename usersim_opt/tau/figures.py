"""The figures of one side of an evaluation in tau2: what the agent scored, and how customers were.

Everything about the customers is counted over runs that were not lost.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import Interval
from usersim_opt.basics.text import spoken, words
from usersim_opt.customer.conversation import Conversation
from usersim_opt.tau.scores import Simulations, Texts, passes, success


@dataclass(frozen=True)
class Figures:
    """One side; what cannot be told is None."""

    success: Interval | None
    others: Interval | None
    """Success on tasks that an idle agent fails."""
    passes: Sequence[float]
    """pass^1, pass^2, ..."""
    runs: int
    lost: int
    premature: int
    turns: float | None
    """The customer's texts in a run."""
    words: float | None
    """Words in such a text."""
    broken: float | None
    """Universal guards that the customer's texts break, in a run."""


def figures_of(runs: Simulations, texts: Texts, trivial: Collection[str]) -> Figures:
    """The figures of a prompt's runs."""
    talks = talks_of(runs)
    turns = [turn for talk in talks for turn in talk.customer]
    return Figures(
        success=success(runs, texts),
        others=success([run for run in runs if run.talk.task not in trivial], texts),
        passes=passes(runs),
        runs=len(runs),
        lost=sum(run.is_lost for run in runs),
        premature=sum(run.premature for run in runs),
        turns=_mean(len(turns), talks),
        words=_mean(sum(len(words(spoken(turn.text))) for turn in turns), turns),
        broken=_mean(sum(len(turn.broken) for turn in turns), talks),
    )


def talks_of(runs: Simulations) -> list[Conversation]:
    """The conversations that were not lost."""
    return [run.talk for run in runs if not run.is_lost]


def ends(runs: Simulations) -> Counter[str]:
    """tau2's reasons of the ends, with the customer's stop tokens, and how often."""
    return Counter(" ".join(filter(None, [run.termination, run.talk.token])) for run in runs)


def losses(runs: Simulations) -> Counter[tuple[str, str]]:
    """Fault and reason of the lost runs, and how often."""
    return Counter((str(run.talk.fault), run.talk.why) for run in runs if run.is_lost)


def guards(runs: Simulations) -> Counter[str]:
    """By universal guard, the runs in which a text of the customer breaks it."""
    return Counter(guard for talk in talks_of(runs) for guard in {b.guard for b in talk.broken})


def _mean(total: int, of: Sequence[object]) -> float | None:
    return total / len(of) if of else None
