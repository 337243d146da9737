"""Which columns of an item analysis are empty, and why: a line each."""

from collections.abc import Iterator, Sequence

from usersim_opt.basics.figures import many
from usersim_opt.measuring.items.records import Item
from usersim_opt.measuring.items.responses import PEOPLE, Responses
from usersim_opt.measuring.items.shares import Shares
from usersim_opt.measuring.items.thresholds import THRESHOLDS


def empty_columns(items: Sequence[Item], responses: Responses, shares: Shares) -> list[str]:
    """What is missing, why, and what would fill it."""
    return [
        *_verdicts(items),
        *_people(responses),
        *_gains(items, shares),
        *_ties(items, responses),
    ]


def _verdicts(items: Sequence[Item]) -> Iterator[str]:
    undecided = sum(not item.scored for item in items)
    if undecided == len(items):
        yield "no item has a scored verdict: every column of verdicts is empty"
    elif undecided:
        yield (
            f"{many(undecided, 'item')} of {len(items):,} have no verdict: no judge was given for "
            "criteria without a check, or it gave none"
        )


def _people(responses: Responses) -> Iterator[str]:
    if not responses.of(PEOPLE):
        yield "people: no replies of people were given, so no item can be called unfair"


def _gains(items: Sequence[Item], shares: Shares) -> Iterator[str]:
    empty = sum(item.discrimination is None for item in items if item.scored)
    if not empty:
        return
    if not shares.best and all(item.people is None for item in items):
        yield "D and information: there is one version and nobody to compare it with"
    else:
        yield (
            f"D and information: empty on {many(empty, 'item')} that the seed, or people and the "
            "best version, did not answer"
        )


def _ties(items: Sequence[Item], responses: Responses) -> Iterator[str]:
    replies = {name: len(each) for name, each in responses.by_scenario().items()}
    most = max(replies.values(), default=0)
    least = THRESHOLDS.correlation.replies
    if most < least:
        yield (f"rest: no scenario has {least} replies (at most {most}), too few for a correlation")
    if most < THRESHOLDS.twins.replies:
        yield f"implied, twins: at most {many(most, 'reply')} to a scenario, too few for any pair"
    constant = sum(not item.variance for item in items if item.scored)
    if constant:
        yield f"{many(constant, 'item')} without variance: every verdict of a version is the same"
    if all(item.flips is None for item in items):
        yield (
            "flips: no reply was judged twice; judge_twice(evaluation, judge) judges some again, "
            "for item_analysis(..., twice=...)"
        )
