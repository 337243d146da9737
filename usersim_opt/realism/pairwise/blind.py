"""The pairwise judge as a preference between two conversations, without knowing whose they are.

It reads both in both orders, since models prefer a place: who wins in one order only has won
nothing (Zheng et al. 2023, Judging LLM-as-a-Judge, arXiv 2306.05685).

Not covered: how far it agrees with people; calibrate it before you trust it.
"""

import dspy

from usersim_opt.basics.errors import BadReply
from usersim_opt.customer.conversation import Conversation
from usersim_opt.realism.pairwise.choosing import Choice
from usersim_opt.realism.pairwise.judge import PairwiseJudge
from usersim_opt.realism.pairwise.pairs import Pair
from usersim_opt.realism.recordings import Line, lines_of, talk_of


class BlindJudge:
    """Prefers one of two conversations: `judge(talk, base)` is 0 to 1, two calls.

    1 where `talk` is taken for a person's in both orders, 0 where `base` is, .5 where neither is or
    the orders disagree. An answer that cannot be read is asked for once more; then BadReply.
    """

    price = PairwiseJudge.price
    name = "BlindJudge"

    def __init__(self, lm: dspy.LM | None = None) -> None:
        self._judge = PairwiseJudge(lm)

    @property
    def lm(self) -> dspy.LM | None:
        """The model that is asked; None means DSPy's configured one."""
        return self._judge.lm

    def __call__(self, talk: Conversation, base: Conversation) -> float:
        """How much `talk` is preferred to `base`."""
        pair = Pair(task=talk.task, name=f"task {talk.task}", one=_lines(talk), other=_lines(base))
        orders = self._judge.orders
        answers = tuple(self._judge.choose(pair, swapped=swapped) for swapped in orders)
        choice = Choice(pair, orders, answers)
        if choice.is_lost:
            raise BadReply(
                f"the judge's answer on the conversations of task {talk.task} cannot be read; "
                'expected a JSON object that names "A", "B" or "tie"'
            )
        return choice.score


def _lines(talk: Conversation) -> tuple[Line, ...]:
    return lines_of(talk_of(talk).messages)
