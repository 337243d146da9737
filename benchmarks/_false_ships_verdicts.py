"""Verdicts and replies that go missing where they would speak against the draft."""

from collections.abc import Callable
from random import Random

from _bench_calls import plain_answer
from _false_ships_trial import Trial
from _false_ships_ways import Family, Way
from _false_ships_world import Asked, Customer, WordJudge
from dspy import lm15

import usersim_opt as uso

NEW = "so"
"""The word by which the draft's replies are known."""
Draw = Callable[[Random], bool]


def marked(asked: Asked) -> str:
    """The draft's replies hold one more word, which no criterion wants."""
    return f"{asked.said()} {NEW}" if asked.is_new else asked.said()


class LosingJudge(WordJudge):
    """Gives no verdict in a share of the cases, or abstains."""

    def __init__(
        self, share: float, *, of_new: bool = True, failing: bool = True, source: str = "judge"
    ) -> None:
        self.share, self.of_new, self.failing, self.source = share, of_new, failing, source
        self.name = f"losing {share} {of_new} {failing} {source}"

    def verdict(self, word: str, reply: str) -> uso.Verdict:
        """Missing for the draft alone, or for failing replies alone, if so asked."""
        right = super().verdict(word, reply)
        is_meant = (NEW in reply.split() or not self.of_new) and (
            right.outcome == "fail" or not self.failing
        )
        drawn = Random(f"{word} {reply}").random() < self.share  # noqa: S311 - reproducible
        lost = {"outcome": "unscored", "source": self.source, "evidence": "left out"}
        return right.model_copy(update=lost) if is_meant and drawn else right


class FailingCustomer(Customer):
    """Answers the draft with nothing where it would have passed little."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        """An error in the place of a poor reply."""
        answer = super().complete(request)
        text = answer.message.text or ""
        is_poor = NEW in text.split() and len(text.split()) < 4
        return plain_answer(request, "") if is_poor else answer


def losing(share: float, **fields: bool | str) -> Trial:
    """A trial with a judge that loses verdicts."""
    metric = uso.RubricMetric(LosingJudge(share, **fields))  # type: ignore[arg-type]
    return Trial(speak=marked, metric=metric)


WAYS = Family(
    "Verdicts and replies that are lost",
    [
        Way("lost on one side", "every verdict of fail on the draft is lost", losing(1.0)),
        Way("few lost on one side", "one in sixteen of them is lost", losing(1 / 16), 5),
        Way(
            "lost at random",
            "3 % of all verdicts are lost",
            losing(0.03, of_new=False, failing=False),
            5,
        ),
        Way(
            "abstained on one side",
            "the judge abstains where the draft fails",
            losing(1.0, source="nobody"),
        ),
        Way(
            "abstained now and then",
            "the same in one of eight cases",
            losing(1 / 8, source="nobody"),
            5,
        ),
        Way(
            "errors on one side",
            "the draft's model fails where its reply would be poor",
            Trial(engine=FailingCustomer(marked)),
        ),
    ],
)
