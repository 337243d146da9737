"""Several judges as one: by majority, or with a stronger one for what the others do not agree on.

    majority   every judge is asked; a verdict stands where more than half of all of them gave it
    escalate   all but the last are asked; where they agree, and more than half of them gave the
               verdict, it stands; the last judge is asked for the others, in one call

A judge whose call fails has no vote on that reply, and neither has one that abstains. With two left
of three both must agree, since one of three is no majority; what they do not agree on is a missing
verdict, and where many are missing the run stops. With `escalate` a vote that is lost counts as
little as one against: with one left of two, everything goes to the last judge. Where all calls
fail the panel fails as a single judge would.

A panel counts what its judges did (`panel.report`). Judges are asked one after the other, in the
thread of the reply: replies run side by side already.

Not covered: judges that err together, such as models of one family: their agreement is no proof.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal

import dspy

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import in_thread
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.judge import Criteria, History, Judge, Model, RubricJudge, verdicts_by
from usersim_opt.measuring.metric import check_judge
from usersim_opt.measuring.outcome import Verdict, missing_verdict, undecided_verdict

Rule = Literal["majority", "escalate"]
RULES: tuple[Rule, ...] = ("majority", "escalate")
_Given = Mapping[str, Verdict]
_ABSTAIN = "no judge of the panel decides this criterion"


@dataclass(frozen=True)
class PanelReport:
    """What the judges of a panel did so far, in this process."""

    judges: int
    replies: int = 0
    calls: int = 0
    """What the judges cost at their prices, repeats aside."""
    verdicts: int = 0
    unanimous: int = 0
    """Verdicts on which all judges that were asked at first gave the same."""
    escalated: int = 0
    """Verdicts for which the last judge was asked."""
    missing: int = 0
    """Verdicts that the panel did not give."""
    failed: Mapping[int, int] | None = None
    """Failed calls by the number of the judge, from 1."""

    @property
    def agreement(self) -> float | None:
        """Unanimous verdicts / verdicts; None without any."""
        return self.unanimous / self.verdicts if self.verdicts else None

    @property
    def price(self) -> float | None:
        """Calls for each reply; None without any."""
        return self.calls / self.replies if self.replies else None

    @visibly
    def __str__(self) -> str:
        if self.price is None:
            return f"Panel of {self.judges} judges: nothing was judged."
        parts = [
            f"unanimous on {share_text(self.agreement)} of {many(self.verdicts, 'verdict')}",
            f"{self.price:.2f} calls for each of {many(self.replies, 'reply')}",
            f"{many(self.escalated, 'verdict')} escalated" if self.escalated else "",
            f"{many(self.missing, 'verdict')} missing" if self.missing else "",
            *(
                f"judge {number} failed {many(times, 'time')}"
                for number, times in sorted((self.failed or {}).items())
            ),
        ]
        return f"Panel of {self.judges} judges: {'; '.join(filter(None, parts))}."


class JudgePanel:
    """Several judges that give one verdict each on a criterion; see the head of this file.

    JudgePanel([uso.RubricJudge(a), uso.RubricJudge(b), uso.RubricJudge(c)])
    JudgePanel([small, other_small, large], rule="escalate")  # the last one decides what is split

    `judges` are judges or models, at least two, and three for `escalate`. Raises InputError for
    others.
    """

    @checks_arguments
    def __init__(self, judges: Sequence[Judge | dspy.LM], *, rule: Rule = "majority") -> None:
        self.judges = tuple(_as_judge(judge) for judge in judges)
        self.rule: Rule = rule
        least = 3 if rule == "escalate" else 2
        if len(self.judges) < least:
            raise InputError(
                f"the panel has {many(len(self.judges), 'judge')}; "
                f"expected {least} or more for the rule {rule!r}"
            )
        self._tally = _Tally()

    @property
    def name(self) -> str:
        """What a run knows it by: the rule, and how many judges there are."""
        return f"panel of {len(self.judges)}, {self.rule}"

    @property
    def price(self) -> int:
        """The calls of all judges for one reply: at the most, with `escalate`."""
        return sum(judge.price for judge in self.judges)

    @property
    def models(self) -> tuple[Model, ...]:
        """The models of all judges, in order."""
        return tuple(model for judge in self.judges for model in judge.models)

    @property
    def report(self) -> PanelReport:
        """What its judges did so far: their agreement, their price, what failed."""
        counts = self._tally.counts
        return PanelReport(
            judges=len(self.judges),
            **{name: counts[name] for name in _COUNTED},
            failed={n: counts[f"failed.{n}"] for n in self._numbers if counts[f"failed.{n}"]},
        )

    @property
    def _numbers(self) -> range:
        return range(1, len(self.judges) + 1)

    async def acall(self, **asked: Any) -> dspy.Prediction:
        """The same as a call, for asynchronous programs."""
        return await in_thread(self, **asked)

    @property
    def sees_story(self) -> bool:
        """Whether all of its judges can be shown the private story."""
        return all(getattr(judge, "sees_story", False) is True for judge in self.judges)

    def __call__(
        self, *, history: History, reply: str, criteria: Criteria, story: str = ""
    ) -> dspy.Prediction:
        """A Prediction with `verdicts`, one for each criterion in the given order."""
        ask = _Question(self.judges, self._tally, history, reply, story=story)
        escalates = self.rule == "escalate"
        first = self.judges[:-1] if escalates else self.judges
        votes = ask.all_of(range(len(first)), criteria)
        found = {each.id: self._decided(each.id, votes, len(first)) for each in criteria}
        split = [each for each in criteria if found[each.id].missing] if escalates else []
        if split:
            last = ask.all_of([len(first)], split)
            found |= {each.id: _last_word(each.id, last) for each in split}
        self._tally.add(
            replies=1,
            verdicts=len(criteria),
            unanimous=sum(_is_unanimous(each.id, votes) for each in criteria),
            escalated=len(split),
            missing=sum(verdict.missing for verdict in found.values()),
        )
        if not any(ask.answered):
            raise ask.errors[-1]
        return dspy.Prediction(verdicts=tuple(found[each.id] for each in criteria))

    def _decided(self, criterion: str, votes: Sequence[_Given | None], seats: int) -> Verdict:
        """The verdict that stands by the votes of the first judges, or why none does."""
        given = [vote[criterion] for vote in votes if vote is not None]
        if given and all(verdict.source == "nobody" for verdict in given):
            return undecided_verdict(criterion, given[0].evidence or _ABSTAIN)
        scored = [verdict for verdict in given if verdict.scored]
        counts: Counter[str] = Counter(verdict.outcome for verdict in scored)
        is_split = len(counts) > 1 and self.rule == "escalate"
        standing = [verdict for verdict in scored if 2 * counts[verdict.outcome] > seats]
        if is_split or not standing:
            return missing_verdict(criterion, _why_split(counts, seats))
        return _with_votes(standing[0], counts[standing[0].outcome], seats)


_COUNTED = ("replies", "calls", "verdicts", "unanimous", "escalated", "missing")


def _as_judge(judge: Any) -> Judge:
    """A judge as it is, a model as a RubricJudge of it; InputError for anything else."""
    if isinstance(judge, dspy.BaseLM):
        return RubricJudge(judge)
    check_judge(judge)
    found: Judge = judge
    return found


def _with_votes(verdict: Verdict, votes: int, seats: int) -> Verdict:
    """The verdict with how many judges gave it before its evidence."""
    evidence = f"{votes} of {seats} judges: {verdict.evidence}"
    return verdict.model_copy(update={"evidence": evidence})


def _why_split(counts: Mapping[str, int], seats: int) -> str:
    votes = f"{counts.get('pass', 0)} pass, {counts.get('fail', 0)} fail"
    return f"the {seats} judges gave no verdict together: {votes}"


def _is_unanimous(criterion: str, votes: Sequence[_Given | None]) -> bool:
    """Whether every judge that was asked gave the same pass or fail."""
    outcomes = {vote[criterion].outcome if vote else "unscored" for vote in votes}
    return len(outcomes) == 1 and "unscored" not in outcomes


def _last_word(criterion: str, votes: Sequence[_Given | None]) -> Verdict:
    """What the last judge says; missing where its call failed."""
    (vote,) = votes
    if vote is None:
        return missing_verdict(criterion, "the last judge failed on what the others split on")
    verdict = vote[criterion]
    return verdict.model_copy(update={"evidence": f"the last judge: {verdict.evidence}"})


class _Question:
    """One reply put to judges; keeps which calls failed, and why."""

    def __init__(
        self,
        judges: Sequence[Judge],
        tally: "_Tally",
        history: History,
        reply: str,
        *,
        story: str,
    ) -> None:
        self._judges, self._tally = judges, tally
        self._history, self._reply, self._story = history, reply, story
        self.errors: list[Exception] = []
        self.answered: list[bool] = []

    def all_of(self, numbers: Sequence[int], criteria: Criteria) -> list[_Given | None]:
        """The verdicts of some judges by criterion; None of one whose call failed."""
        return [self._one(number, criteria) for number in numbers]

    def _one(self, number: int, criteria: Criteria) -> _Given | None:
        judge = self._judges[number]
        self._tally.add(calls=judge.price)
        try:
            given = self._verdicts(judge, criteria)
        except InputError:
            raise  # a judge that is none, which no other reply would be spared
        except Exception as error:  # noqa: BLE001 - its votes are lost, those of the others stand
            self._tally.add(**{f"failed.{number + 1}": 1})
            self.errors.append(error)
            given = None
        self.answered.append(given is not None)
        return given

    def _verdicts(self, judge: Judge, criteria: Criteria) -> _Given:
        history, story = self._history, self._story
        return verdicts_by(judge, history, self._reply, criteria=criteria, story=story)


class _Tally:
    """Counts that several threads add to; a copy in another process begins anew."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._lock = Lock()

    def add(self, **counts: int) -> None:
        """Add numbers by name."""
        with self._lock:
            self.counts.update(counts)

    def __reduce__(self) -> tuple[type["_Tally"], tuple[()]]:
        return (_Tally, ())
