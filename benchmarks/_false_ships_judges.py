"""Judges that would make a false ship: dead, unreadable, blind, drifting ones."""

import json
from collections.abc import Callable
from typing import Any

from _bench_calls import plain_answer
from _false_ships_trial import CALLS, Trial
from _false_ships_ways import Family, Tried, Try, Way
from _false_ships_world import model
from dspy import lm15

import usersim_opt as uso
from usersim_opt.models.offline.call import Call

Answer = Callable[[dict[str, Any], int, str], str]
"""What a judge's model answers to a material, the number of the call, and the whole message."""


class JudgeModel:
    """An engine that answers as a function says."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.calls = answer, 0

    def __deepcopy__(self, memo: dict[int, Any]) -> "JudgeModel":
        return self

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; calls are counted."""
        self.calls += 1
        turns = tuple((message.role, message.text or "") for message in request.messages)
        asked = Call("", turns, 0.0, 0).material() or {}
        return plain_answer(request, self.answer(asked, self.calls, turns[-1][1]))


def judged(answer: Answer, *, is_guarded: bool = True, **fields: Any) -> Try:
    """Tries with a judge's model that is made anew for each, as it may count its calls."""
    guards = uso.universal_guards() if is_guarded else ()

    def attempt(number: int) -> Tried:
        judge = uso.RubricJudge(model(JudgeModel(answer), "toy/judge"))
        metric = uso.RubricMetric(judge, guards=guards)
        return Trial(metric=metric, calls=2 * CALLS, **fields)(number)

    return attempt


def verdicts(asked: dict[str, Any], passes: Callable[[str, str], bool]) -> str:
    """A whole answer, by a function of the criterion's word and the reply."""
    given = [(one["id"], passes(one["id"], asked["reply"])) for one in asked["criteria"]]
    entries = [{"id": n, "evidence": "", "verdict": "pass" if y else "fail"} for n, y in given]
    return json.dumps({"verdicts": entries})


def holds(word: str, reply: str) -> bool:
    """The right verdict."""
    return word in reply.split()


def both_ways(asked: dict[str, Any], *_: Any) -> str:
    """Every criterion passed, and failed as well."""
    entries = json.loads(verdicts(asked, lambda *_: True))["verdicts"]
    return json.dumps({"verdicts": entries + [one | {"verdict": "fail"} for one in entries]})


def drifting(asked: dict[str, Any], call: int, _: str) -> str:
    """Milder with every call: what is passed beside the right ones grows to all."""
    key = sum(map(ord, asked["reply"]))
    return verdicts(asked, lambda w, r: holds(w, r) or (key + 37 * len(w)) % 200 < call)


def coin(asked: dict[str, Any], call: int, _: str) -> str:
    """Heads or tails, whatever the reply."""
    return verdicts(asked, lambda word, _: sum(map(ord, f"{word}{call * 7919}")) % 7 < 3)


def until(last: int) -> Answer:
    """Right up to a call, prose from then on."""
    return lambda asked, call, _: verdicts(asked, holds) if call < last else "Well."


def yes_and_no(asked: dict[str, Any], *_: Any) -> str:
    """The right answers in words that may mean either."""
    return verdicts(asked, holds).replace('"pass"', '"yes"').replace('"fail"', '"no"')


def cut(asked: dict[str, Any], *_: Any) -> str:
    """The first half of the right answer."""
    return verdicts(asked, holds)[:70]


def always(outcome: bool) -> Answer:
    """The same verdict on everything."""
    return lambda asked, *_: verdicts(asked, lambda *_: outcome)


WAYS = Family(
    "Judges that know nothing",
    [
        Way("dead judge", "answers in prose", judged(lambda *_: "Hm, a fine reply.")),
        Way("silent judge", "gives an empty list", judged(lambda *_: '{"verdicts": []}')),
        Way("cut JSON", "gives half of each answer", judged(cut)),
        Way("yes and no", "says yes and no, not pass and fail", judged(yes_and_no)),
        Way("contradicting judge", "gives each verdict twice, both ways", judged(both_ways)),
        Way("slow death", "gives prose from its 100th call on", judged(until(100))),
        Way("judge that always passes", "passes everything", judged(always(True))),
        Way("judge that always fails", "fails everything", judged(always(False))),
        Way("random judge", "tosses a coin", judged(coin), 8),
        Way("drifting judge", "grows milder with every call", judged(drifting), 8),
    ],
)
