"""What the model that is to be measured answers to a conversation, before its rubric is written."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import dspy

from usersim_opt.basics.asking import tokens_of, written_of
from usersim_opt.basics.errors import BadReply
from usersim_opt.scenarios.authoring.drafts import History

REPLIES = 2
"""To each conversation; each is a call."""

Observed = Callable[..., Any]
"""What is observed, called as a UserSimulator is: with `scenario`, `history` and `config`. It
gives an object with `reply`."""


@dataclass(frozen=True)
class Observation:
    """The replies that can be used, and the tokens that all calls read and wrote."""

    replies: tuple[str, ...]
    tokens: int
    written: int
    """Of the tokens those that were written."""


@dataclass(frozen=True)
class Observer:
    """Has a simulator answer conversations.

    It is no dspy.Module, so that an author that holds one hands its own model to nobody.
    """

    simulator: Observed

    def look(self, story: str, history: History) -> Observation:
        """REPLIES answers with seeds from 0; an answer that cannot be used is left out."""
        turns = [{"role": role, "content": text} for turn in history for role, text in turn.items()]
        replies = []
        with dspy.track_usage() as usage:
            for seed in range(REPLIES):
                config = {"seed": seed, "cache": False}
                with suppress(BadReply):
                    answer = self.simulator(scenario=story, history=turns, config=config)
                    replies.append(str(answer.reply))
        return Observation(tuple(replies), tokens_of(usage), written_of(usage))
