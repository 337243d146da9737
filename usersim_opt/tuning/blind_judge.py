"""A model says which of two conversations sounds more like a person's, without knowing whose it is.

It reads both in both orders, since models prefer a place: who wins in one order only has won
nothing. What it reads is evidence, never instruction (basics/asking.py).

Source: swapping the order against position bias (Zheng et al. 2023, Judging LLM-as-a-Judge,
arXiv 2306.05685).

Not covered: how far the judge agrees with people; hold it to labels of yours before you trust it.
"""

from pathlib import Path

import dspy
from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_json, strict_yaml
from usersim_opt.basics.asking import Asker, enclose
from usersim_opt.basics.errors import BadReply
from usersim_opt.basics.validation import parse
from usersim_opt.customer.conversation import Conversation

_FILE = Path(__file__).with_name("blind_judge.yaml")


class _Data(BaseModel):
    """The shape of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    instructions: str
    choices: dict[str, float]


class Choice(BaseModel):
    """The shape of an answer, for connections that can hold a model to it."""

    reason: str
    choice: str


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)


class BlindJudge(Asker):
    """Prefers one of two conversations: `judge(talk, base)` is 0 to 1, two calls.

    1 where `talk` is chosen in both orders, 0 where `base` is, .5 where neither is or the orders
    disagree. BadReply for an answer that names no choice.
    """

    price = 2
    name = "BlindJudge"

    def __init__(self, lm: dspy.LM | None = None) -> None:
        super().__init__(_DATA.instructions, lm, role="preference judge")

    def forward(self, talk: Conversation, base: Conversation) -> float:
        """How much `talk` is preferred to `base`."""
        return (self._first_wins(talk, base) + 1 - self._first_wins(base, talk)) / 2

    def _first_wins(self, first: Conversation, second: Conversation) -> float:
        block = enclose({"first": _turns(first), "second": _turns(second)})
        return _worth(self.ask(block, shape=Choice))


def _turns(talk: Conversation) -> list[dict[str, str]]:
    return [{turn.role: turn.text} for turn in talk.turns]


def _worth(answer: str) -> float:
    """What an answer is worth to the first conversation."""
    begin, end = answer.find("{"), answer.rfind("}") + 1
    try:
        choice = strict_json.loads(answer[begin:end])["choice"]
        return _DATA.choices[str(choice).strip().lower()]
    except (ValueError, KeyError, TypeError) as error:
        raise BadReply(
            f"the preference judge answered {answer!r:.80}; expected a JSON object with the "
            f"choice {', '.join(_DATA.choices)}"
        ) from error
