"""The share of a budget that is kept for what comes after the search: smoke split, conversations.

Calls are kept for one to ten replies per smoke scenario and prompt, and for the conversations of
realism terms, where a run has some. What the search leaves goes to more replies.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.metric import Metric, price
from usersim_opt.results.realism_terms import TermsPlan
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.tuning.budget import Budget, Spent
from usersim_opt.tuning.piece_search import FIRST_PROPOSALS
from usersim_opt.tuning.splits import Splits


@dataclass(frozen=True)
class SmokeShare:
    """What is kept, and what it buys."""

    budget: Budget
    metric: Metric
    splits: Splits
    minibatch_size: int
    terms: TermsPlan | None = None
    """The realism terms of the run."""

    @cached_property
    def once(self) -> int:
        """Calls that one reply of two prompts to each smoke scenario costs."""
        return 2 * price(self.metric, self.splits.smoke.scenarios.values())

    @cached_property
    def most_repeats(self) -> int:
        """Replies per smoke scenario and prompt that calls are kept for.

        InputError if not one round is affordable beside one.
        """
        round_calls = self._dearest_round
        beside = round_calls + self.for_terms
        most = self.budget.most_repeats(once=self.once, round_calls=beside)
        if not most:
            terms = f", {self.terms}, {self.for_terms} in all" if self.terms else ""
            raise InputError(
                f"max_calls is {self.budget.calls}; one round costs up to {round_calls} calls and "
                f"the smoke split at least {self.once}{terms}: give {self.once + beside} or more"
            )
        return most

    @property
    def for_terms(self) -> int:
        """Calls that the realism terms cost at the most."""
        return self.terms.total if self.terms else 0

    @property
    def reserve(self) -> int:
        """Calls that the search must leave."""
        return self.most_repeats * self.once + self.for_terms

    def repeats(self, spent: Spent) -> float:
        """Replies per smoke scenario and prompt that are affordable.

        A part of a repeat is possible where all scenarios cost the same, so that a share of them
        costs that share.
        """
        kept = self.terms.on_smoke if self.terms else 0
        repeats = self.budget.repeats(replace(spent, calls=spent.calls + kept), once=self.once)
        rounded = round(repeats, 6)
        return rounded if len(set(_prices(self.metric, self.splits.smoke))) == 1 else int(rounded)

    @cached_property
    def _dearest_round(self) -> int:
        """Calls of a first round at the most: three prompts on a minibatch, and proposals."""
        train = self.splits.train
        batch = min(self.minibatch_size, len(train.tasks))
        return 3 * max(_prices(self.metric, train)) * batch + FIRST_PROPOSALS


def _prices(metric: Metric, data: ScenarioSet) -> list[int]:
    """Calls that one reply to each scenario costs."""
    return [price(metric, [scenario]) for scenario in data.scenarios.values()]
