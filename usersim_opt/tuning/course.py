"""The course that a search typically takes: how often who is asked, and how long texts get.

Prompts grow in a search, and a proposal is many times as long as a reply; what a run costs follows
from both. What is assumed stands in course.yaml.

Not covered: a search that ends early, and searches of the user's own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.figures import many
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.metric import Metric, price
from usersim_opt.scenarios.records import Scenario
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.guard import MAX_CHARACTERS
from usersim_opt.tuning.piece_search import FIRST_PROPOSALS, REPLIES_A_PROPOSAL


class _Assumed(BaseModel):
    """The shape of course.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    growth: int
    growth_replies: int
    proposed_growth: float
    fruitful_replies: int
    rare_proposal: int
    left_out: int
    failing: float
    prompt_copies: float
    looks: float


_FILE = Path(__file__).with_name("course.yaml")
ASSUMED = parse(strict_yaml.load(_FILE), _Assumed, where=_FILE.name)


@dataclass(frozen=True)
class Course:
    """What a run of so many calls does."""

    calls: int
    """The most that it may make."""
    each: float
    """Calls that a reply of the search costs, its grading included."""
    smoke_once: int
    """Calls of one reply of both prompts to each smoke scenario."""
    smoke_scenarios: int
    seed_characters: int
    """Length of the first prompt."""
    batch: int = 10
    """Replies of a round."""

    @property
    def smoke_replies(self) -> float:
        """Replies on the smoke split, up to the look that typically decides."""
        most = self._repeats * 2 * self.smoke_scenarios
        return most if self._repeats < 3 else ASSUMED.looks * most

    @cached_property
    def _repeats(self) -> int:
        round_calls = 3 * math.ceil(self.each) * self.batch + FIRST_PROPOSALS
        return Budget(self.calls).most_repeats(once=self.smoke_once, round_calls=round_calls)

    @cached_property
    def replies(self) -> float:
        """Replies of the search, which makes all calls that the smoke split leaves it."""
        left = max(0.0, self.calls - self._repeats * self.smoke_once - FIRST_PROPOSALS)
        early = left / (self.each + 1 / self._replies_a_proposal)
        if early <= ASSUMED.fruitful_replies:
            return early
        left -= ASSUMED.fruitful_replies * (self.each + 1 / self._replies_a_proposal)
        return ASSUMED.fruitful_replies + left / (self.each + 1 / ASSUMED.rare_proposal)

    @property
    def proposals(self) -> float:
        """Proposals; they become rare once no new pieces come."""
        early = min(self.replies, ASSUMED.fruitful_replies)
        late = self.replies - early
        return FIRST_PROPOSALS + early / self._replies_a_proposal + late / ASSUMED.rare_proposal

    @property
    def _replies_a_proposal(self) -> int:
        """Replies from one proposal to the next, which comes at the end of a round."""
        return self.batch * math.ceil(REPLIES_A_PROPOSAL / self.batch)

    @property
    def prompt_characters(self) -> float:
        """Length of a prompt, the mean over the replies of search and smoke split."""
        finalist = self._grown_by(self._grown_at(self.replies))
        smoke = self.smoke_replies * (self.seed_characters + finalist) / 2
        search = self.replies * self._grown_by(self._mean_grown)
        return (search + smoke) / max(1.0, self.replies + self.smoke_replies)

    @property
    def proposed_characters(self) -> float:
        """Length of a prompt that a proposer is shown or writes, the mean over the proposals."""
        return self._grown_by(ASSUMED.proposed_growth * self._mean_grown)

    def _grown_by(self, share: float) -> float:
        grown = self.seed_characters + share * ASSUMED.growth
        return max(self.seed_characters, min(MAX_CHARACTERS, grown))

    def _grown_at(self, replies: float) -> float:
        """How much of the growth has come after so many replies, from 0 to 1."""
        return 1 - math.exp(-replies / ASSUMED.growth_replies)

    @property
    def _mean_grown(self) -> float:
        """The mean of the same over the replies of the search."""
        scale = self.replies / ASSUMED.growth_replies
        return 1 + math.expm1(-scale) / scale if scale else 0.0


def course_of(
    metric: Metric,
    train: Sequence[Scenario],
    smoke: Sequence[Scenario],
    *,
    calls: int,
    seed_characters: int,
    batch: int,
) -> Course:
    """The course of a run on two splits that starts from a prompt of a length."""
    return Course(
        calls=calls,
        each=price(metric, train) / len(train),
        smoke_once=2 * price(metric, smoke),
        smoke_scenarios=len(smoke),
        seed_characters=seed_characters,
        batch=batch,
    )


@dataclass(frozen=True)
class RoleCost:
    """What one role is expected to take."""

    calls: int
    read: int
    """Tokens."""
    written: int

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.read + self.written

    @visibly
    def __str__(self) -> str:
        counted = f": {self.read:,} tokens read, {self.written:,} written" if self.tokens else ""
        return f"{many(self.calls, 'call')}{counted}"


def role_cost(calls: float, read: float, written: float) -> RoleCost:
    """The cost of so many calls, from the tokens of one."""
    return RoleCost(round(calls), round(calls * read), round(calls * written))
