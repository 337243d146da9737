"""When so much of a measurement is missing that nothing may be decided on it."""

from collections.abc import Sequence

from usersim_opt.basics.errors import TooManyErrors
from usersim_opt.measuring.outcome import JudgedVerdicts, Outcome

MAX_FAILED = 0.2
"""Share of failed replies above which nothing is decided and the run stops.

What failed is owed again on resuming.
"""
MIN_FAILED = 2
"""Failures, or answers of the judge that lack verdicts, that stop no run, unless there is nothing
else: a fifth of a handful is one."""
MAX_MISSING = 0.05
"""Share of missing verdicts above which nothing is decided.

A judge that cannot be read where the replies are of one kind moves the pass rate unseen.
"""


def stop_if_hopeless(outcomes: Sequence[Outcome]) -> None:
    """TooManyErrors where so much of a measurement is missing that nothing can be decided on it.

    That is more than a fifth of the replies, which failed or could not be scored, or more than a
    twentieth of the verdicts that a judge had to give.
    """
    _stop_if_unreadable(outcomes)
    _stop_if_failing(outcomes)


def _stop_if_failing(outcomes: Sequence[Outcome]) -> None:
    failed = [outcome for outcome in outcomes if outcome.status != "scored"]
    tolerated = max(MAX_FAILED * len(outcomes), min(MIN_FAILED, len(outcomes) - 1))
    if len(failed) > tolerated:
        raise TooManyErrors(
            f"{len(failed)} of {len(outcomes)} calls failed, the last with {failed[-1].why!r}; "
            "mend the model connection and go on"
        )


def _stop_if_unreadable(outcomes: Sequence[Outcome]) -> None:
    """Verdicts are counted, not replies: checks alone make a reply a scored one."""
    verdicts = JudgedVerdicts.of(outcomes)
    answers = [outcome for outcome in outcomes if outcome.missing]
    is_few = len(answers) <= MIN_FAILED and verdicts.missing < verdicts.judged
    if verdicts.share > MAX_MISSING and not is_few:
        why = answers[-1].missing[-1].evidence
        raise TooManyErrors(
            f"{verdicts.warning}, the last because {why}; expected a pass or a fail for each "
            "criterion: ask again where that was bad luck, else take another judge model, or other "
            "options for it, such as more max_tokens, in a run folder of its own"
        )
